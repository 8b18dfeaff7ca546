# SPDX-License-Identifier: Apache-2.0
"""The life of a sandbox: start, stop, kill, reset."""

import os
import stat

from harness.wait import until

CONFIG = ("create", "configmap", "kept", "--from-literal=a=b")


def test_start_says_where_it_is_and_a_second_start_changes_nothing(sandbox):
    first = sandbox.start()
    assert first["state"] == "running" and first["server"].startswith("https://127.0.0.1:")
    assert sandbox.start()["pid"] == first["pid"]
    assert "is running already" in sandbox.kforge("sandbox", "start").expect(0).stdout


def test_nothing_is_written_outside_of_the_state_folder(sandbox):
    sandbox.start()
    assert not (sandbox.folder / ".kube").exists()
    assert stat.S_IMODE(sandbox.home.stat().st_mode) == 0o700
    for name in ("kubeconfig", "ca.key", "admin.key"):
        assert stat.S_IMODE((sandbox.home / name).stat().st_mode) == 0o600, name


def test_state_and_address_survive_a_stop(sandbox):
    server = sandbox.start()["server"]
    sandbox.kubectl(*CONFIG)
    sandbox.kforge("sandbox", "stop").expect(0)
    assert sandbox.status()["state"] == "stopped"
    assert sandbox.start()["server"] == server
    assert sandbox.get("configmap", "kept")["data"] == {"a": "b"}


def test_state_survives_kill_9(sandbox):
    sandbox.start()
    sandbox.kubectl(*CONFIG)
    sandbox.kill()
    until(lambda: sandbox.status()["state"] == "stopped")
    sandbox.start()
    assert sandbox.get("configmap", "kept")["data"] == {"a": "b"}


def test_reset_empties_it_and_goes_on(sandbox):
    sandbox.start()
    sandbox.kubectl(*CONFIG)
    sandbox.kforge("sandbox", "reset").expect(0)
    assert sandbox.status()["state"] == "running"
    assert sandbox.try_kubectl("get", "configmap", "kept").code == 1
    sandbox.kforge("sandbox", "stop").expect(0)
    sandbox.kforge("sandbox", "reset").expect(0)
    assert sandbox.status()["state"] == "absent" and not sandbox.home.exists()


def test_two_sandboxes_are_two_clusters(sandbox):
    sandbox.start()
    other = sandbox.start("--name", "other")
    try:
        assert other["server"] != sandbox.status()["server"]
        sandbox.kubectl(*CONFIG)
        sandbox.name = "other"
        assert sandbox.try_kubectl("get", "configmap", "kept").code == 1
    finally:
        sandbox.kforge("sandbox", "stop", "--name", "other").expect(0)
        sandbox.name = "default"


def test_starts_at_the_same_time_end_in_one_process(sandbox):
    runs = [sandbox.start_kforge("sandbox", "start", "-o", "json") for _ in range(5)]
    documents = [run.finish().expect(0).json() for run in runs]
    assert len({document["pid"] for document in documents}) == 1


def test_an_idle_sandbox_takes_no_processor_time(sandbox):
    pid = sandbox.start()["pid"]
    spent = lambda: sum(int(field) for field in open(f"/proc/{pid}/stat").read().rsplit(")", 1)[1].split()[11:13])
    switches = lambda: int(next(line.split()[1] for line in open(f"/proc/{pid}/status") if line.startswith("voluntary_ctxt_switches")))
    quiet = []

    def is_quiet():
        quiet.append((spent(), switches()))
        return len(quiet) > 20 and quiet[-1] == quiet[-20]

    until(is_quiet, timeout=30)


def test_kubeconfig_names_a_file_that_exists(sandbox):
    assert "does not exist" in sandbox.kforge("sandbox", "kubeconfig").expect(15).stderr
    sandbox.start()
    path = sandbox.kforge("sandbox", "kubeconfig").expect(0).stdout.strip()
    assert path == str(sandbox.home / "kubeconfig") and os.path.exists(path)


def test_a_name_cannot_leave_the_folder(sandbox):
    result = sandbox.kforge("sandbox", "start", "--name", "../../x").expect(64)
    assert "is not a name for a sandbox" in result.stderr
