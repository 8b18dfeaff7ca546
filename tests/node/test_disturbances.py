# SPDX-License-Identifier: Apache-2.0
"""The node's programs end and come back, and people delete pods, while `kforge up` runs: it still ends right."""

import signal

import pytest

from harness.wait import until
from rig.node import NAME
from rig.observed import Watch, record


def ready(cluster) -> str:
    conditions = cluster.get("node", NAME)["status"]["conditions"]
    return next(condition["status"] for condition in conditions if condition["type"] == "Ready")


def pods(project) -> list[dict]:
    return [pod for pod in project.items("backend", "pods") if "deletionTimestamp" not in pod["metadata"]]


@pytest.mark.alone
def test_a_failure_of_the_only_node_is_named_and_is_none_when_it_comes_back_during_up(cluster, node, project):
    project.write_service("web:v1.0.0", replicas=2)
    node.signal("kubelet", signal.SIGSTOP)
    try:
        until(lambda: ready(cluster) == "Unknown", timeout=90)
        with Watch(project) as watch:
            result = project.run("up", "-o", "json", "--timeout", "20s").expect(21)
        running = project.start("up")
        running.wait_for("namespaces ready")
    finally:
        node.signal("kubelet", signal.SIGCONT)
    running.finish(240).expect(0)
    assert project.deployment()["status"]["availableReplicas"] == 2 and ready(cluster) == "True"
    [failure] = result.json()["failures"]
    assert failure["cause"]["code"] == "KF2029" and "no node is ready" in result.stderr
    record("node that does not answer", f"exit code 21, {failure['cause']['code']} ({failure['cause']['text']})", result.seconds,
           watch.of("Unschedulable", "FailedScheduling"))


@pytest.mark.alone
@pytest.mark.parametrize("program", ["kubelet", "containerd"])
def test_a_program_of_the_node_that_is_killed_during_up_and_started_again_is_no_failure(node, project, program):
    project.write_service("web:v1.0.0", replicas=2, rollout={"minReadySeconds": 10})
    running = project.start("up")
    until(lambda: pods(project), timeout=60)
    node.kill(program)
    node.start(program)
    running.finish(240).expect(0)
    assert project.deployment()["status"]["availableReplicas"] == 2
    assert sum(pod["status"]["containerStatuses"][0]["restartCount"] for pod in pods(project)) == 0, "containers outlive both"


def test_pods_that_are_deleted_by_hand_during_up_are_replaced(project):
    project.write_service("web:v1.0.0", replicas=2, rollout={"minReadySeconds": 10}, drain={"sleep": "2s"})
    running = project.start("up")
    first = until(lambda: [pod["metadata"]["name"] for pod in pods(project)], timeout=60)
    project.cluster.kubectl("delete", "pod", "-n", project.namespaces["backend"], "--wait=false", *first)
    running.finish(240).expect(0)
    assert project.deployment()["status"]["availableReplicas"] == 2
    assert not {pod["metadata"]["name"] for pod in pods(project)} & set(first)
