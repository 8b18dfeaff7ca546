# SPDX-License-Identifier: Apache-2.0
"""Rollouts that cannot work end in seconds with their cause; faults that pass do not stop a run."""

from dataclasses import dataclass

import pytest

from harness.events import check_events
from harness.wait import until

INIT = [{"kind": "Deployment", "name": "web",
         "patch": {"spec": {"template": {"spec": {"initContainers": [
             {"name": "prepare", "image": "shop/prepare:v1", "securityContext": {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}}}]}}}}}]


@dataclass(frozen=True)
class Case:
    """A fault of the simulated nodes and what kforge has to say about it."""

    name: str
    code: str             # of the cause
    text: str             # evidence that the output quotes
    seconds: float        # the whole run takes less
    image: str = "shop/web:v1"
    fault: str = ""
    document: dict | None = None


HOPELESS = [
    Case("image-not-found", "KF2003", "shop/web:missing", 30, image="shop/web:missing"),
    Case("image-access-denied", "KF2004", "pull access denied", 45, image="shop/web:denied"),
    Case("invalid-image-name", "KF2002", "shop/web", 20, fault="invalid-image"),
    Case("crash-loop", "KF2014", "exiting with code 1", 45, fault="crash"),
    Case("out-of-memory", "KF2015", "512Mi", 45, fault="oom"),
    Case("program-ends", "KF2016", "", 45, fault="exit-0"),
    Case("bad-init", "KF2017", "prepare", 45, fault="init-crash", document={"patches": INIT}),
    Case("missing-secret-env", "KF2010", 'secret "absent" not found', 30, fault="config-error"),
    Case("bad-command", "KF2013", "executable file not found in $PATH", 30, fault="bad-command"),
    Case("no-matching-node", "KF2022", "didn't match Pod's node affinity/selector", 60,
         document={"patches": [{"kind": "Deployment", "name": "web", "patch": {"spec": {"template": {"spec": {"nodeSelector": {"disk": "none"}}}}}}]}),
]


def write(project, case):
    annotations = project.failing(case.fault) if case.fault else {}
    service = {"image": case.image, "port": 8000, "replicas": 1, "annotations": annotations}
    return project.write({"services": {"web": {k: v for k, v in service.items() if v != {}}}} | (case.document or {}))


# kforge check refuses such a name, so only kwok can play it.
ONLY_KWOK = {"invalid-image-name": pytest.mark.control_plane}


@pytest.mark.parametrize("case", [pytest.param(case, id=case.name, marks=ONLY_KWOK.get(case.name, ())) for case in HOPELESS])
def test_a_hopeless_rollout_ends_with_its_cause(project, case):
    write(project, case)
    result = project.run("up", "-o", "json", "--events", "events.ndjson").expect(20)
    assert result.seconds < case.seconds
    document = result.json()
    assert document["exitCode"] == 20 and document["error"]["kind"] == "rollout_failed" and document["status"] == "failed"
    [failure] = document["failures"]
    assert failure["resource"] == {"kind": "Deployment", "ns": project.namespaces["backend"], "name": "web"}
    assert failure["cause"]["code"] == case.code and failure["reason"] and failure["message"]
    # People read the same on stderr: the code, the service and what the node said.
    assert case.code in result.stderr and "web" in result.stderr
    assert case.text in " ".join(result.stderr.split())
    events = check_events((project.folder / "events.ndjson").read_text())
    assert events[-1]["exitCode"] == 20 and any(event["type"] == "diagnosis" for event in events)


def test_a_broken_image_points_into_the_project_file(project):
    path = write(project, HOPELESS[0])
    line = next(number for number, text in enumerate(path.read_text().splitlines(), 1) if "missing" in text)
    result = project.run("up").expect(20)
    assert f"kforge.yaml:{line}:" in result.stderr
    assert "shop/web:missing" in result.stderr and "image not found" in result.stderr


@pytest.mark.control_plane  # the words are kwok's
def test_logs_of_the_crash_are_shown(project):
    """crash-loop: the previous run's log"""
    write(project, next(case for case in HOPELESS if case.name == "crash-loop"))
    [failure] = project.run("up", "-o", "json").expect(20).json()["failures"]
    assert "Error: connect ECONNREFUSED 10.96.0.17:5432" in "\n".join(failure["log"]["lines"])
    assert "previous" in failure["log"]["source"]


def test_a_used_up_quota_ends_the_run(project):
    """quota-exceeded"""
    project.cluster.make_namespaces(project.namespaces["backend"])
    quota = {"apiVersion": "v1", "kind": "ResourceQuota", "metadata": {"name": "small"}, "spec": {"hard": {"pods": "0"}}}
    project.cluster.apply(quota, arguments=("-n", project.namespaces["backend"]))
    project.write({"namespaces": {"create": False}, "services": {"web": {"image": "shop/web:v1", "port": 8000, "replicas": 1}}})
    result = project.run("up").expect(20)
    assert "exceeded quota: small" in " ".join(result.stderr.split()) and result.seconds < 60


@pytest.mark.parametrize("fault", ["flaky-pull", "sync-cache", "crash-once"])
def test_a_fault_that_passes_does_not_stop_the_run(project, fault):
    """image-flaky-registry, config-sync-cache, crash-then-recover"""
    project.write_service(f"shop/web:{fault}")
    project.run("up").expect(0)
    assert project.deployment()["status"]["availableReplicas"] == 1


@pytest.mark.control_plane  # the sandbox has no fault "evicted"
def test_an_evicted_pod_is_replaced_and_the_run_goes_on(project):
    """evicted-managed"""
    project.write_service(annotations=project.slow("4s"))
    running = project.start("up")
    pod = until(lambda: project.items("backend", "pods"))[0]["metadata"]["name"]
    project.patch("backend", f"pod/{pod}", {"metadata": {"annotations": {"kforge.dev/test-fault": "evicted"}}})
    running.finish().expect(0)
    assert project.get("backend", "pod", pod)["status"]["reason"] == "Evicted"
    assert project.deployment()["status"]["availableReplicas"] == 1


def test_crashing_old_pods_do_not_stop_the_deploy_that_mends_them(project):
    """old-pods-crashing"""
    project.write_service("shop/web:crash")
    project.run("up").expect(20)
    project.change({"services": {"web": {"image": "shop/web:v2"}}})
    project.run("up").expect(0)
    assert project.image_of().endswith("shop/web:v2")


def test_the_tiers_after_a_failed_one_are_not_touched(project):
    """dependency-failed-skips"""
    project.write({"database": {"kind": "postgres", "image": "postgres:17"}, "auth": {"kind": "keycloak", "replicas": 1},
                   "services": {"web": {"image": "shop/web:v1", "port": 8000, "replicas": 1}},
                   "patches": [{"kind": "StatefulSet", "name": "postgres", "patch": {"spec": {"template": {"metadata": {"annotations": project.failing("missing")}}}}}]})
    result = project.run("up", "-o", "json").expect(20)
    document = result.json()
    assert document["notReached"] == ["auth", "backend"]
    assert document["failures"][0]["resource"]["kind"] == "StatefulSet" and document["failures"][0]["cause"]["code"] == "KF2003"
    assert "auth" in result.stderr and "backend" in result.stderr
    assert project.items("auth", "deployments") == [] and project.items("backend", "deployments") == []


def test_all_failures_of_a_stage_are_reported(project):
    """mixed-result-report"""
    images = {"good": "shop/good:v1", "lost": "shop/lost:missing", "broken": "shop/broken:bad-command"}
    project.write({"services": {name: {"image": image, "port": 8000, "replicas": 1} for name, image in images.items()}})
    result = project.run("up", "-o", "json").expect(20)
    document = result.json()
    causes = {failure["service"]: failure["cause"] and failure["cause"]["code"] for failure in document["failures"]}
    assert "good" not in causes and {"KF2003", "KF2013"} & set(causes.values())
    assert project.deployment("good")["status"]["availableReplicas"] == 1


def test_a_rollout_that_never_gets_ready_times_out(project):
    project.write_service("shop/web:never-ready")
    result = project.run("up", "-o", "json", "--timeout", "8s", "--events", "events.ndjson").expect(21)
    assert 7 < result.seconds < 25
    document = result.json()
    assert document["error"]["kind"] == "timed_out" and document["exitCode"] == 21 and document["status"] == "timed out"
    [failure] = document["failures"]
    assert failure["status"] == "timed out" and failure["resource"]["name"] == "web"
    assert "statuscode: 503" in " ".join(result.stderr.split()), "the failing probe is the probable cause"
    assert check_events((project.folder / "events.ndjson").read_text())[-1]["exitCode"] == 21


def test_a_pod_that_no_node_has_room_for_is_named_when_time_is_up(project):
    project.write_service(resources={"requests": {"cpu": "1000"}, "limits": {"cpu": "1000"}})
    result = project.run("up", "--timeout", "20s")
    assert result.code in (20, 21), result
    assert "Insufficient cpu" in " ".join(result.stderr.split())
