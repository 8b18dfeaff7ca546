# SPDX-License-Identifier: Apache-2.0
"""exec, port-forward, health and run against a real control plane: bytes, ends, sizes, and what goes wrong."""

import hashlib
import os
import re
import signal
import socket
import subprocess
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest

from harness.kforge import environment
from harness.paths import kforge_binary
from harness.wait import until

pytestmark = pytest.mark.control_plane

MIB = 1 << 20
PATTERN = bytes(range(256)) * 256


@pytest.fixture
def web(project):
    """A project of one service, `web`, that runs with two pods."""
    project.write_service(replicas=2)
    project.run("up").expect(0)
    return project


def piped(project, *arguments: str, stdin: bytes = b"", timeout: float = 120) -> subprocess.CompletedProcess:
    """Runs kforge with bytes on stdin; what it prints stays bytes."""
    return subprocess.run([kforge_binary(), *arguments], cwd=project.folder, env=environment(project.folder, project.kubeconfig),
                          input=stdin, capture_output=True, timeout=timeout)


@contextmanager
def forwarded(project, *arguments: str):
    """A port-forward that listens; gives its port."""
    running = project.start("port-forward", *(arguments or ("web", ":8000")))
    try:
        running.wait_for(lambda text: re.search(r"localhost:\d+ -> ", text))
        yield int(re.search(r"localhost:(\d+) -> ", running.text)[1])
    finally:
        running.signal(signal.SIGINT)
        running.finish(20).expect(130)


def talk(port: int, request: bytes) -> bytes:
    """Everything that comes back, after our side was closed."""
    with socket.create_connection(("localhost", port), 90) as connection:
        connection.sendall(request)
        connection.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: connection.recv(MIB), b""))


# --- exec

# Its simulated nodes tell of every failed command as of an error of their own: exit codes are tested in tests/e2e.

def test_exec_keeps_both_outputs_apart(web):
    result = web.run("exec", "web", "--", "sh", "-c", "echo out; echo err >&2").expect(0)
    assert (result.stdout, result.stderr) == ("out\n", "err\n")


# Nor do they hear of the end of the input (kubectl's `exec -i … cat` does not end there either): input is tested in tests/e2e and tests/node.

def test_exec_without_i_passes_no_input(web):
    assert piped(web, "exec", "web", "--", "cat", stdin=b"not passed on").stdout == b""


def test_exec_at_a_terminal_sees_the_window_and_its_changes(web):
    terminal = web.terminal("exec", "-it", "web", "--", "sh", size=(30, 90))
    try:
        terminal.type("stty size\r")
        terminal.wait_for("30 90")
        terminal.resize(41, 133)
        terminal.type("stty size\r")
        terminal.wait_for("41 133")
        terminal.type("exit\r")
        assert terminal.finish(20) == 0
        assert terminal.settings == terminal.settings_before
    finally:
        terminal.close()


def test_exec_in_one_pod_by_name(web):
    pod = sorted(web.names("backend", "pods"))[0]
    web.run("exec", pod, "--", "true").expect(0)


def test_exec_of_what_is_not_there(web):
    assert "did you mean 'web'?" in web.run("exec", "wbe", "--", "true").expect(15).stderr
    assert "has no container 'sidecar'" in web.run("exec", "-c", "sidecar", "web", "--", "true").expect(15).stderr
    assert web.run("exec", "web", "--", "no-such-program").code != 0
    web.run("scale", "web=0", "--yes").expect(0)
    assert "it has no pods" in web.run("exec", "web", "--", "true").expect(15).stderr


def test_exec_and_port_forward_without_the_right_name_it(web, tmp_path):
    reader = web.cluster.service_account(web.namespaces["backend"], "reader",
                                         [{"apiGroups": ["", "discovery.k8s.io"], "resources": ["pods", "services"], "verbs": ["get", "list"]}])
    kubeconfig = web.cluster.kubeconfig_with(tmp_path / "reader", reader)
    assert "pods/exec" in web.run("exec", "web", "--", "true", kubeconfig=kubeconfig).expect(12).stderr
    web.run("restart", "web", "--no-lock", kubeconfig=kubeconfig).expect(12)


def test_exec_survives_a_closed_stdout(web):
    command = subprocess.Popen([kforge_binary(), "exec", "web", "--", "sh", "-c", "yes | head -c 50000000"], cwd=web.folder,
                               env=environment(web.folder, web.kubeconfig), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    command.stdout.read(1000)
    command.stdout.close()
    error = command.stderr.read().decode()
    assert command.wait(30) != -signal.SIGSEGV
    assert "terminate" not in error and "internal" not in error, error


# --- port-forward

def test_port_forward_carries_every_byte_both_ways(web):
    size = int(os.environ.get("KFORGE_TEST_STREAM_MIB", 64)) * MIB
    expected = hashlib.sha256(PATTERN * (size // len(PATTERN))).hexdigest()
    with forwarded(web) as port:
        assert hashlib.sha256(talk(port, b"source %d\n" % size)).hexdigest() == expected
        answer = talk(port, b"sink %d\n" % size + PATTERN * (size // len(PATTERN)))
        assert answer.decode().strip() == expected


def test_port_forward_ends_one_direction_at_a_time(web):
    # Nothing tells a pod that our side has ended, so its last words are waited for: a minute, for both at once.
    with forwarded(web) as port, ThreadPoolExecutor(2) as pool:
        echoed, closed = pool.map(lambda request: talk(port, request), (b"echo\nhello", b"close\n"))
    assert echoed == b"hello", "what was sent comes back after our side has ended"
    assert closed == b""


def test_port_forward_carries_a_hundred_connections(web):
    with forwarded(web) as port, ThreadPoolExecutor(100) as pool:
        texts = [b"echo\n" + bytes(f"connection {i} ", "ascii") * 1000 for i in range(100)]
        answers = list(pool.map(lambda text: talk(port, text), texts))
    assert answers == [text.removeprefix(b"echo\n") for text in texts]


def test_port_forward_goes_to_another_pod_when_its_own_is_gone(web):
    with forwarded(web) as port:
        assert talk(port, b"echo\n1") == b"1"
        web.cluster.kubectl("delete", "pods", "--all", "-n", web.namespaces["backend"], "--wait=true")
        until(lambda: web.deployment()["status"].get("readyReplicas") == 2)
        assert talk(port, b"echo\n2") == b"2"


def test_port_forward_says_when_a_port_is_taken(web):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert str(port) in web.run("port-forward", "web", f"{port}:8000").expect(64).stderr


# --- health and run

def test_health_asks_every_pod(web):
    document = web.run("health", "-o", "json").expect(0).json()
    (service,) = document["services"]
    assert service["healthy"] and [pod["answer"]["status"] for pod in service["pods"]] == [200, 200]
    assert service["url"] == ":8000/health?probe=ready"
    assert "healthy" in web.run("health").expect(0).stdout


def test_health_finds_pods_that_are_ready_and_answer_badly(web):
    web.change({"services": {"web": {"health": "/status/503"}}})
    web.run("up").expect(0)
    result = web.run("health").expect(20)
    assert "503" in result.stdout and "2 pods do not answer well" in result.stdout


def test_health_without_a_deployment(project):
    project.write_service()
    assert "is not deployed" in project.run("health").expect(20).stderr


def test_run_gives_a_pod_that_goes_with_its_command(web):
    result = web.run("run", "--image", "shop/tools:v1", "--", "sh", "-c", "echo inside").expect(0)
    assert result.stdout == "inside\n"
    until(lambda: not [name for name in web.names("backend", "pods") if name.startswith("debug-")])


def test_run_obeys_the_policies_and_says_why_it_does_not_start(web):
    result = web.run("run", "--image", "shop/tools:missing", "--timeout", "20s", "--", "true")
    assert result.code in (20, 21) and "image not found" in result.stderr
    until(lambda: not [name for name in web.names("backend", "pods") if name.startswith("debug-")])


# --- verbs

def test_scale_restart_and_set_image_with_the_real_controllers(web):
    web.run("scale", "web=3").expect(0)
    assert web.deployment()["status"]["readyReplicas"] == 3
    before = web.names("backend", "pods")
    web.run("restart", "web").expect(0)
    assert not before & {item["metadata"]["name"] for item in web.items("backend", "pods") if "deletionTimestamp" not in item["metadata"]}
    web.run("set", "image", "web=shop/web:v2").expect(0)
    assert web.image_of() == "shop/web:v2"
    failed = web.run("set", "image", "web=shop/web:missing", "--on-failure", "rollback").expect(22)
    assert "image not found" in failed.stderr and web.image_of() == "shop/web:v2"
    web.run("stop", "web").expect(0)
    until(lambda: not web.names("backend", "pods"))
    web.run("start", "web").expect(0)
    assert web.deployment()["status"]["readyReplicas"] == 3


def test_autoscale_and_pause_with_the_real_controllers(web):
    web.run("autoscale", "web", "--min", "3", "--max", "5").expect(0)
    assert web.deployment()["status"]["readyReplicas"] == 3
    assert web.get("backend", "hpa", "web")["spec"]["maxReplicas"] == 5
    web.run("pause", "web").expect(0)
    assert "kforge resume web" in web.run("restart", "web").expect(40).stderr
    web.run("resume", "web").expect(0)
    web.run("restart", "web").expect(0)
