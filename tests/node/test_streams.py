# SPDX-License-Identifier: Apache-2.0
"""Logs, commands and connections through a real kubelet and a real runtime."""

import re
import signal
import subprocess
import urllib.error
import urllib.request

import pytest

from harness.kforge import environment
from harness.paths import kforge_binary
from harness.wait import until

LINES = 8000  # more than the kubelet lets one file have


@pytest.fixture
def web(project):
    """A project of one service of one pod, which runs."""
    project.write_service("web:v1.0.0", drain={"sleep": "2s"})
    project.run("up", timeout=240).expect(0)
    return project


def the_pod(project) -> dict:
    [pod] = [pod for pod in project.items("backend", "pods") if "deletionTimestamp" not in pod["metadata"]]
    return pod


# --- logs

def test_a_follower_sees_every_line_once_although_the_kubelet_rotates_the_log(node, web):
    pod = the_pod(web)
    log = node.log_file(pod, "web")
    following = web.start("logs", "web", "-f", "-o", "raw", "--tail", "all")
    try:
        for first in range(1, 4 * LINES, LINES):
            file = log.stat().st_ino
            words = f"seq {first} {first + LINES - 1} > /proc/1/fd/1"
            web.cluster.kubectl("exec", "-n", web.namespaces["backend"], pod["metadata"]["name"], "--", "sh", "-c", words)
            until(lambda: log.exists() and log.stat().st_ino != file, timeout=60)
        following.wait_for(f"\n{4 * LINES}\n")
    finally:
        following.signal(signal.SIGINT)
    assert [int(line) for line in following.finish(30).expect(0).stdout.splitlines() if line.isdigit()] == list(range(1, 4 * LINES + 1))


def test_a_follower_sees_every_run_of_a_crashing_container_and_previous_its_last_words(project):
    project.write_service("web:v1.0.0", env={"CRASH_AFTER_MS": "1500"})
    project.run("up", "--no-wait").expect(0)
    following = project.start("logs", "web", "-f", "--tail", "all")
    try:
        following.wait_for(lambda text: text.count("told to crash") == 2 and "restarted (exit code 1)" in text, timeout=90)
    finally:
        following.signal(signal.SIGINT)
    following.finish(30).expect(0)
    # Just after an end the node still calls the run before it the previous one, and has thrown its log away.
    until(lambda: "waiting" in the_pod(project)["status"]["containerStatuses"][0]["state"], timeout=60)
    previous = project.run("logs", "web", "--previous", "-o", "raw").expect(0)
    assert "listening" in previous.stdout and "told to crash" in previous.stdout.splitlines()[-1]


# --- commands

def test_a_command_has_its_streams_and_its_exit_code(web):
    def run(*words: str, typed: bytes = b""):
        return subprocess.run([kforge_binary(), "exec", "web", *words], cwd=web.folder, input=typed, capture_output=True, timeout=60,
                              env=environment(web.folder, web.kubeconfig))
    done = run("--", "sh", "-c", "id -u; echo wrong >&2; exit 7")
    assert (done.returncode, done.stdout, done.stderr) == (7, b"10001\n", b"wrong\n")
    everything = bytes(range(256)) * 8192
    assert run("-i", "--", "cat", typed=everything).stdout == everything
    absent = run("--", "absent")
    assert absent.returncode == 14 and b"executable file not found" in absent.stderr


def test_a_shell_at_a_terminal_knows_its_size(web):
    terminal = web.terminal("exec", "-it", "web", "--", "sh", size=(40, 120))
    try:
        terminal.wait_for("$")
        terminal.type("stty size\n")
        terminal.wait_for("40 120")
        terminal.resize(30, 100)
        terminal.type("stty size\n")
        terminal.wait_for("30 100")
        terminal.type("exit 3\n")
        assert terminal.finish(20) == 3
        assert terminal.settings == terminal.settings_before
    finally:
        terminal.close()


# --- connections

def test_a_forwarded_port_goes_to_the_pod_of_the_hour(web):
    forwarding = web.start("port-forward", "web", ":8000")
    try:
        forwarding.wait_for(lambda text: re.search(r":(\d+) ", text))
        port = re.search(r":(\d+) ", forwarding.text)[1]

        def answer() -> bytes | None:
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=10) as got:
                    return got.read()
            except (urllib.error.URLError, ConnectionError):
                return None
        assert answer() == b'{"hello":"world"}\n'
        web.cluster.kubectl("delete", "pod", "-n", web.namespaces["backend"], the_pod(web)["metadata"]["name"])
        assert until(answer, timeout=60) == b'{"hello":"world"}\n'
    finally:
        forwarding.signal(signal.SIGINT)
    forwarding.finish(20).expect(130)
