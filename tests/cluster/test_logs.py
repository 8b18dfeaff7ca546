# SPDX-License-Identifier: Apache-2.0
"""`kforge logs` on the real control plane, with kubectl beside it, and on a server of millions of numbered lines that breaks connections."""

import os
import subprocess

import pytest

from harness.kforge import environment
from harness.log_server import NAMESPACE, LogServer, Pod, missing_or_repeated
from harness.paths import kforge_binary
from harness.wait import until

pytestmark = pytest.mark.control_plane


@pytest.fixture
def running(project):
    """A project of one service of two pods, which have logs."""
    project.write_service(replicas=2)
    project.run("up").expect(0)
    return project


def pods(project):
    return sorted(project.names("backend", "pods"))


def kubectl_logs(project, *arguments):
    return project.cluster.kubectl("logs", "-n", project.namespaces["backend"], *arguments)


@pytest.mark.parametrize("flags", [[], ["--timestamps"], ["--tail=1"], ["--previous"], ["--previous", "--timestamps", "--tail=2"]],
                         ids=lambda flags: " ".join(flags) or "all")
def test_raw_logs_are_what_kubectl_shows(running, flags):
    pod = pods(running)[0]
    tail = [] if any("tail" in flag for flag in flags) else ["--tail=all"]
    ours = running.run("logs", f"pod/{pod}", "-o", "raw", *tail, *flags).expect(0)
    assert ours.stdout == kubectl_logs(running, pod, *flags)
    assert ours.stdout and ours.stderr == ""


def test_every_target_reaches_its_pods_and_nothing_is_written(running):
    names, namespace = pods(running), running.namespaces["backend"]
    trail = running.audit()
    for target in (["web"], ["we"], ["backend"], [], ["deployment/web"], ["service/web"], ["-l", "tier=backend", "-n", namespace]):
        shown = running.run("logs", "-o", "json", "--tail", "1", *target).expect(0)
        assert sorted(line.split('"pod":"')[1].split('"')[0] for line in shown.stdout.splitlines()) == names, target
    assert trail.writes() == []


def test_the_columns_name_service_and_pod(running):
    lines = running.run("logs", "web", "--tail", "1").expect(0).stdout.splitlines()
    assert sorted(line.split(" │ ")[0].split() for line in lines) == [["web", name.rsplit("-", 1)[1]] for name in pods(running)]


def test_wrong_targets(running):
    result = running.run("logs", "wep").expect(15)
    assert "did you mean 'web'?" in result.stderr
    assert "no deployment 'wen'" in running.run("logs", "deployment/wen").expect(15).stderr
    assert "no pod has a container 'sidecar'" in running.run("logs", "-c", "sidecar").expect(15).stderr


def test_a_service_without_pods(running):
    running.cluster.kubectl("scale", "-n", running.namespaces["backend"], "deployment/web", "--replicas=0")
    until(lambda: not pods(running))
    assert "no pods of service 'web'" in running.run("logs", "web").expect(15).stderr


def test_a_missing_right_is_named(running):
    namespace = running.namespaces["backend"]
    account = running.cluster.service_account(namespace, "reader", [{"apiGroups": [""], "resources": ["pods"], "verbs": ["get", "list", "watch"]}])
    kubeconfig = running.cluster.kubeconfig_with(running.folder / "reader", account)
    result = running.run("logs", "web", kubeconfig=kubeconfig).expect(12)
    assert "pods/log" in result.stderr and namespace in result.stderr


def test_at_a_terminal_new_pods_join_and_ctrl_c_ends_with_0(running):
    terminal = running.terminal("logs", "web", "--tail", "1")
    try:
        terminal.wait_for(lambda screen: all(name.rsplit("-", 1)[1] + " │" in screen for name in pods(running)))
        running.cluster.kubectl("scale", "-n", running.namespaces["backend"], "deployment/web", "--replicas=3")
        terminal.wait_for("a new pod")
        third = until(lambda: len(names := pods(running)) == 3 and names)
        terminal.wait_for(lambda screen: all(name.rsplit("-", 1)[1] + " │" in screen for name in third))
        terminal.type("\x03")
        assert terminal.finish(10) == 0
        assert not terminal.cursor_hidden and terminal.settings == terminal.settings_before
    finally:
        terminal.close()


def test_a_container_that_crashes_shows_how_each_run_ended(project):
    project.write_service(annotations={"kforge.dev/test-fault": "crash"})
    project.run("up", "--no-wait").expect(0)
    until(lambda: "CrashLoopBackOff" in project.cluster.kubectl("get", "pods", "-n", project.namespaces["backend"]))
    following = project.start("logs", "web", "-f", "-o", "raw")
    try:
        following.wait_for("restarted (exit code 1)")
    finally:
        following.signal(2)
        assert following.finish(10).code == 0


def test_a_reader_that_has_seen_enough_ends_it_quietly(running):
    for flags in (["--no-follow"], ["--follow"]):
        process = subprocess.Popen([kforge_binary(), "logs", "--tail=all", *flags], cwd=running.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                   env=environment(running.folder, running.kubeconfig))
        assert process.stdout.readline()
        process.stdout.close()
        assert process.wait(20) == 0
        assert process.stderr.read() == b""


def test_a_closed_stdout_is_an_error(running):
    result = subprocess.run(["sh", "-c", 'exec "$0" logs --no-follow >&-', str(kforge_binary())], cwd=running.folder, capture_output=True, text=True,
                            env=environment(running.folder, running.kubeconfig), timeout=60)
    assert result.returncode == 1 and "cannot write to stdout" in result.stderr


def run_on(server, folder, *arguments, timeout=300):
    kubeconfig = folder / "numbers.kubeconfig"
    kubeconfig.write_text(server.kubeconfig())
    kubeconfig.chmod(0o600)
    output = folder / "output"
    with output.open("wb") as out:
        done = subprocess.run([kforge_binary(), "logs", "-n", NAMESPACE, *arguments], cwd=folder, stdout=out, stderr=subprocess.PIPE, timeout=timeout,
                              env=environment(folder, kubeconfig))
    assert done.returncode == 0, done.stderr
    return output, done.stderr.decode()


@pytest.mark.parametrize("seed", range(1, 7))
def test_no_line_is_lost_or_repeated_over_restarts_cuts_and_rotation(tmp_path, seed):
    numbers = [Pod(f"numbers-{name}", 33_000, runs=[14_000, 25_000], rate=1000) for name in "abc"]
    with LogServer(numbers, cut_after=(150_000, 900_000), rotate=True, seed=seed) as server:
        output, notes = run_on(server, tmp_path, "-f", "--tail=all", "-o", "raw", *(f"pod/{pod.name}" for pod in numbers))
        with output.open("rb") as shown:
            assert missing_or_repeated(shown, numbers) == []
        assert server.cuts > 3 and notes.count("restarted (exit code 1)") == 6


def test_many_logs_come_in_the_order_of_their_times(tmp_path):
    numbers = [Pod(f"numbers-{i}", 20_000) for i in range(5)]
    with LogServer(numbers) as server:
        output, _ = run_on(server, tmp_path, "-l", "any=label", "--tail=all", "-o", "raw", "--timestamps")
        times = [line[:30] for line in output.read_bytes().splitlines()]
        assert len(times) == 100_000 and times == sorted(times)
