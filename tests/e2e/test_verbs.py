# SPDX-License-Identifier: Apache-2.0
"""Commands that change what runs, checked with the real kubectl."""

import signal

import pytest

from harness.wait import until

PROJECT = """# two services
apiVersion: kforge.dev/v1
project: small
defaults: {rollout: {minReadySeconds: 0}}
services:
  web: {image: "web:v1", port: 8000, replicas: 2}   # of a fixed size
  api: {image: "api:v1", port: 8001, scale: {min: 2, max: 4}}
"""


@pytest.fixture
def small(sandbox):
    """A project of two services that runs: `web` of a fixed size, `api` with an autoscaler."""
    sandbox.name = "small"
    sandbox.write(PROJECT)
    sandbox.start("--speed", "10")
    sandbox.kforge("up", "--sandbox").expect(0)
    return sandbox


def run(sandbox, *arguments: str, code: int = 0):
    return sandbox.kforge(*arguments, "--sandbox").expect(code)


def deployment(sandbox, name: str) -> dict:
    return sandbox.get("deployment", name, "-n", "backend")


def pods(sandbox, name: str) -> set[str]:
    return {item["metadata"]["uid"] for item in sandbox.get("pods", "-n", "backend", "-l", f"kforge.dev/service={name}")["items"]
            if "deletionTimestamp" not in item["metadata"]}


def managers(sandbox, kind: str, name: str) -> set[str]:
    live = sandbox.get(kind, name, "-n", "backend", "--show-managed-fields")
    return {entry["manager"] for entry in live["metadata"]["managedFields"]}


def test_scale_waits_until_the_pods_work_and_the_next_up_is_told(small):
    text = run(small, "scale", "web=3").stderr
    live = deployment(small, "web")
    assert live["spec"]["replicas"] == live["status"]["readyReplicas"] == 3
    assert "kforge-scale" in managers(small, "deployment", "web")
    assert "the next `kforge up` sets web back to 2 pods (kforge.yaml:6)" in text
    run(small, "scale", "web=-1", "api=+1")
    assert deployment(small, "web")["spec"]["replicas"] == 2 and deployment(small, "api")["spec"]["replicas"] == 3
    run(small, "up")
    assert small.get("hpa", "api", "-n", "backend")["spec"]["minReplicas"] == 2


def test_scale_agrees_with_the_autoscaler(small):
    run(small, "scale", "api=6")
    spec = small.get("hpa", "api", "-n", "backend")["spec"]
    assert (spec["minReplicas"], spec["maxReplicas"]) == (6, 6)
    assert deployment(small, "api")["status"]["readyReplicas"] == 6
    run(small, "scale", "api=1")
    assert deployment(small, "api")["spec"]["replicas"] == 1


def test_save_keeps_what_was_scaled(small):
    run(small, "scale", "web=4", "--save")
    assert (small.folder / "kforge.yaml").read_text() == PROJECT.replace("replicas: 2}", "replicas: 4}")
    before = pods(small, "web")
    run(small, "up")
    assert deployment(small, "web")["spec"]["replicas"] == 4 and pods(small, "web") == before


def test_scale_to_nothing_needs_a_yes(small):
    assert "--yes" in run(small, "scale", "web=0", code=40).stderr
    run(small, "scale", "web=0", "--yes")
    assert not pods(small, "web")


def test_restart_replaces_every_pod_and_up_has_nothing_to_do(small):
    before = pods(small, "web") | pods(small, "api")
    run(small, "restart", "--one-by-one")
    after = pods(small, "web") | pods(small, "api")
    assert len(after) == len(before) and not before & after
    assert "kforge-restart" in managers(small, "deployment", "web")
    assert "nothing to do" in run(small, "up").stderr
    assert pods(small, "web") | pods(small, "api") == after


def test_set_image_waits_and_explains_what_does_not_work(small):
    run(small, "set", "image", "web=web:v2")
    containers = deployment(small, "web")["spec"]["template"]["spec"]["containers"]
    assert [container["image"] for container in containers] == ["web:v2"]
    broken = run(small, "set", "image", "web=web:missing", code=20)
    assert "web:missing" in broken.stderr and "image not found" in broken.stderr


def test_set_image_goes_back_when_told_to(small):
    failed = run(small, "set", "image", "api=api:missing", "--on-failure", "rollback", code=22)
    assert "what ran before runs again" in failed.stderr
    live = deployment(small, "api")
    assert live["spec"]["template"]["spec"]["containers"][0]["image"] == "api:v1"
    assert live["status"]["updatedReplicas"] == live["status"]["readyReplicas"] == 2


def test_stop_and_start(small):
    run(small, "scale", "web=3")
    run(small, "stop", "all")
    assert not pods(small, "web") and not pods(small, "api")
    run(small, "start", "all")
    assert deployment(small, "web")["status"]["readyReplicas"] == 3
    assert deployment(small, "api")["status"]["readyReplicas"] == 2
    assert "kforge.dev/stopped-replicas" not in deployment(small, "web")["metadata"]["annotations"]


def test_autoscale_makes_and_changes_autoscalers(small):
    run(small, "autoscale", "web", "--min", "3", "--max", "6", "--cpu", "70", "--save")
    spec = small.get("hpa", "web", "-n", "backend")["spec"]
    assert (spec["minReplicas"], spec["maxReplicas"], spec["metrics"][0]["resource"]["target"]["averageUtilization"]) == (3, 6, 70)
    assert deployment(small, "web")["status"]["readyReplicas"] == 3
    assert 'web: {image: "web:v1", port: 8000, scale: {min: 3, max: 6, cpu: 70}}   # of a fixed size' in (small.folder / "kforge.yaml").read_text()
    run(small, "up")
    assert small.get("hpa", "web", "-n", "backend")["spec"]["maxReplicas"] == 6


def test_a_paused_rollout_stands_still_until_it_is_resumed(small):
    run(small, "pause", "web")
    assert deployment(small, "web")["spec"]["paused"] is True
    before = pods(small, "web")
    assert "resume web" in run(small, "set", "image", "web=web:v2", code=40).stderr
    small.kubectl("set", "image", "deployment/web", "web=web:v2", "-n", "backend")
    run(small, "resume", "web")
    assert not before & pods(small, "web")


def releases(sandbox) -> list[tuple[int, str, str]]:
    """Number, status and what was done, newest first."""
    documents = run(sandbox, "history", "-o", "json").json()["releases"]
    return [(each["release"], each["status"], " ".join([each["action"], *filter(None, [each.get("message")])])) for each in documents]


def image(sandbox, name: str) -> str:
    return deployment(sandbox, name)["spec"]["template"]["spec"]["containers"][0]["image"]


def test_set_image_is_a_release_and_a_rollback_brings_the_old_image_back(small):
    text = run(small, "set", "image", "web=web:v2").stderr
    assert "the next `kforge up` sets web back to the image of kforge.yaml:6" in text
    assert releases(small) == [(2, "deployed", "set image web=web:v2"), (1, "superseded", "up")]
    newest = run(small, "history", "-o", "json").json()["releases"][0]
    assert newest["by"] and newest["started"] and newest["changes"][0]["detail"] == "image v1 -> v2"
    assert "image   v1 → v2" in run(small, "history", "diff", "1", "2").stdout
    assert "kforge r2: set image web=web:v2" in small.kubectl("rollout", "history", "deployment/web", "-n", "backend")

    assert "rollback from r2 to r1" in run(small, "rollback", "--dry-run").stdout
    run(small, "rollback", "--yes")
    assert image(small, "web") == "web:v1" and "nothing to do" in run(small, "up").stderr
    run(small, "rollback", "2", "--yes")
    assert image(small, "web") == "web:v2"
    run(small, "up")
    assert image(small, "web") == "web:v1", "as it was said"


def test_every_verb_that_changes_something_is_in_the_history(small):
    run(small, "scale", "web=4", "api=+1")
    run(small, "scale", "web=4")  # as it is: no release
    run(small, "restart", "web")
    run(small, "pause", "web"), run(small, "resume", "web")
    run(small, "stop", "web"), run(small, "start", "web")
    run(small, "autoscale", "api", "--min", "2", "--max", "3")
    assert [row[1:] for row in releases(small)] == [
        ("deployed", "autoscale api 2..3 at 80 % CPU"), ("superseded", "start web"), ("superseded", "stop web"), ("superseded", "resume web"),
        ("superseded", "pause web"), ("superseded", "restart web"), ("superseded", "scale api=+1 web=4"), ("superseded", "up")]
    assert "scale api=+1 web=4" in run(small, "history").stdout
    assert small.get("hpa", "api", "-n", "backend")["spec"]["maxReplicas"] == 3
    run(small, "scale", "web=1")
    run(small, "rollback", "2", "--yes")
    assert deployment(small, "web")["spec"]["replicas"] == 4, "as scale made it"
    assert small.get("hpa", "api", "-n", "backend")["spec"]["maxReplicas"] == 4


def test_a_verb_that_fails_is_a_failed_release_and_not_one_to_go_back_to(small):
    run(small, "set", "image", "web=web:missing", code=20)
    assert releases(small)[0] == (2, "failed", "set image web=web:missing")
    assert "rollback from r2 to r1" in run(small, "rollback", "--dry-run").stdout
    run(small, "up")
    assert image(small, "web") == "web:v1"
    run(small, "set", "image", "web=web:missing", "--on-failure", "rollback", code=22)
    assert [row[1:] for row in releases(small)[:2]] == [("deployed", "rollback automatic, as r4 failed"), ("rolled-back", "set image web=web:missing")]
    before = pods(small, "web")
    run(small, "up")
    assert image(small, "web") == "web:v1" and pods(small, "web") == before


def test_a_verb_that_is_interrupted_is_recorded_as_such(small):
    running = small.start_kforge("set", "image", "web=web:never-ready", "--sandbox")
    until(lambda: image(small, "web") == "web:never-ready")
    running.signal(signal.SIGTERM)
    running.finish(30).expect(143)
    assert releases(small)[0] == (2, "interrupted", "set image web=web:never-ready")
    run(small, "up")
    assert [row[1:] for row in releases(small)[:2]] == [("deployed", "up"), ("interrupted", "set image web=web:never-ready")]


def test_a_held_lock_keeps_every_verb_out_and_names_its_holder(small):
    def refused(*verbs: list[str]) -> None:
        for verb in verbs:
            result = run(small, *verb, code=30)
            assert "is locked" in result.stderr and "freeze for the audit" in result.stderr, result
    run(small, "lock", "-m", "freeze for the audit")
    before = deployment(small, "web")["metadata"]["generation"]
    refused(["scale", "web=3"], ["autoscale", "api", "--min", "3"], ["restart", "web"], ["stop", "web"], ["set", "image", "web=web:v2"], ["pause", "web"])
    run(small, "scale", "web=2")  # as it is: nothing to keep out
    run(small, "unlock")
    assert deployment(small, "web")["metadata"]["generation"] == before
    run(small, "stop", "web"), run(small, "pause", "api"), run(small, "lock", "-m", "freeze for the audit")
    refused(["start", "web"], ["resume", "api"])
    assert len(releases(small)) == 3, "who is kept out leaves no release"
    run(small, "resume", "api", "--no-lock")


def test_a_verb_waits_for_the_lock_when_it_is_told_to(small):
    slow = small.start_kforge("set", "image", "web=web:slow-start", "--sandbox")
    until(lambda: run(small, "lock", "--show", "-o", "json").json()["locked"])
    refused = run(small, "scale", "web=3", code=30)
    assert "runs `set image`" in refused.stderr
    waited = run(small, "scale", "web=+1", "--lock-wait", "2m")
    assert "waiting for the deploy lock" in waited.stderr
    slow.finish().expect(0)
    assert deployment(small, "web")["status"]["readyReplicas"] == 3
    assert [row[2] for row in releases(small)[:2]] == ["scale web=+1", "set image web=web:slow-start"]


def test_a_verb_says_which_pods_it_replaces(small):
    assert "restarts: web (2 pods)" in run(small, "restart", "web").stderr
    assert "restarts: api (2 pods)" in run(small, "set", "image", "api=api:v2").stderr
    assert "restarts:" not in run(small, "scale", "web=3").stderr


def test_wrong_names_are_answered_with_the_right_ones(small):
    assert "did you mean 'web'?" in run(small, "restart", "wbe", code=15).stderr
    assert "SERVICE=IMAGE" in run(small, "set", "image", "web", code=64).stderr
