# SPDX-License-Identifier: Apache-2.0
"""`kforge up` of small projects: what it applies, in which order, and when it writes nothing."""

import base64
import json

import pytest

from harness.events import check_events
from harness.wait import until


def workload_writes(trail):
    return [request for request in trail.writes() if request.resource in ("deployments", "statefulsets", "jobs")]


def test_a_normal_rollout_ends_ready(project):
    """deploy-ready"""
    project.write_service(replicas=2)
    result = project.run("up").expect(0)
    live = project.deployment()["status"]
    assert live["availableReplicas"] == live["updatedReplicas"] == 2
    assert "backend ready" in result.stderr and result.stdout == ""


def test_the_result_is_one_document(project):
    project.write_service()
    document = project.run("up", "-o", "json").expect(0).json()
    assert document["status"] == "done" and document["exitCode"] == 0 and document["error"] is None
    assert document["project"] == project.name and document["failures"] == []
    row = next(row for row in document["objects"] if row["kind"] == "Deployment")
    assert (row["namespace"], row["name"], row["action"], row["verdict"]) == (project.namespaces["backend"], "web", "create", "ready")


def test_events_are_lines_of_json_that_end_with_a_summary(project):
    project.write_service()
    project.run("up", "--events", "events.ndjson").expect(0)
    events = check_events((project.folder / "events.ndjson").read_text())
    assert events[-1]["status"] == "done" and events[-1]["exitCode"] == 0
    assert [event["stage"] for event in events if event["type"] == "stage_ended"] == ["namespaces", "backend"]


def test_events_on_stdout_leave_nothing_else_there(project):
    project.write_service()
    check_events(project.run("up", "--events", "-").expect(0).stdout)


@pytest.mark.control_plane
def test_namespaces_come_before_what_is_in_them(project):
    """ns-before-members"""
    project.write_service()
    trail = project.audit()
    project.run("up").expect(0)
    writes = trail.writes()
    first_member = next(i for i, request in enumerate(writes) if request.namespace and request.resource != "namespaces")
    namespaces = [i for i, request in enumerate(writes) if request.resource == "namespaces"]
    assert namespaces and max(namespaces) < first_member
    assert all(request.code in (200, 201) for request in writes), [str(request) for request in writes]


@pytest.mark.control_plane
def test_a_second_up_has_nothing_to_do_and_writes_nothing(project):
    """apply-idempotent"""
    project.write_service(env={"LOG_LEVEL": "debug"}, scale={"min": 1, "max": 3}, replicas=None)
    project.run("up").expect(0)
    until(lambda: project.items("backend", "hpa")[0].get("status", {}).get("conditions"))
    before = project.deployment()["metadata"]
    trail = project.audit()
    result = project.run("up").expect(0)
    assert trail.writes() == []
    assert "nothing to do" in result.stderr
    assert project.deployment()["metadata"]["generation"] == before["generation"]
    assert [request for request in trail.requests() if request.is_dry_run] == [], "an unchanged project needs no dry run"


@pytest.mark.control_plane
def test_a_dry_run_of_a_new_project_writes_nothing(project):
    """dry-run-writes-nothing"""
    project.write_service()
    trail = project.audit()
    result = project.run("up", "--dry-run", "-o", "json").expect(0)
    assert trail.writes() == [], [str(request) for request in trail.writes()]
    assert result.json()["counts"]["create"] > 0
    assert project.cluster.try_kubectl("get", "namespace", project.namespaces["backend"]).code == 1


@pytest.mark.control_plane
def test_a_dry_run_of_a_change_asks_the_server_and_writes_nothing(project):
    project.write_service()
    project.run("up").expect(0)
    project.change({"services": {"web": {"image": "shop/web:v2"}}})
    trail = project.audit()
    result = project.run("up", "--dry-run", "-o", "json").expect(0)
    assert trail.writes() == []
    assert any(request.is_dry_run for request in trail.requests())
    assert result.json()["counts"]["update"] == 1
    assert project.image_of().endswith("shop/web:v1")


@pytest.mark.control_plane
def test_a_new_image_changes_one_object_and_rolls_its_pods(project):
    project.write({"services": {name: {"image": f"shop/{name}:v1", "port": 8000, "replicas": 1} for name in ("web", "worker")}})
    project.run("up").expect(0)
    worker = project.deployment("worker")["metadata"]
    project.change({"services": {"web": {"image": "shop/web:v2"}}})
    trail = project.audit()
    result = project.run("up").expect(0)
    # The change, and its cause for `kubectl rollout history`.
    assert [(request.name, request.manager) for request in workload_writes(trail)] == [("web", "kforge"), ("web", "kforge-cause")]
    assert "v1 -> v2" in result.stderr
    assert project.image_of() .endswith("shop/web:v2") and project.deployment()["status"]["updatedReplicas"] == 1
    assert project.deployment("worker")["metadata"]["generation"] == worker["generation"]


def test_a_changed_variable_rolls_the_pods(project):
    project.write_service(env={"LOG_LEVEL": "info"})
    project.run("up").expect(0)
    pods = project.names("backend", "pods")
    project.change({"services": {"web": {"env": {"LOG_LEVEL": "debug"}}}})
    project.run("up").expect(0)
    until(lambda: not pods & project.names("backend", "pods"))


def test_one_service_of_many_by_a_prefix(project):
    project.write({"services": {name: {"image": f"shop/{name}:v1", "port": 8000, "replicas": 1} for name in ("web", "worker")}})
    project.run("up").expect(0)
    project.change({"services": {"web": {"image": "shop/web:v2"}, "worker": {"image": "shop/worker:v2"}}})
    project.run("up", "wo").expect(0)
    assert project.image_of("worker").endswith("v2") and project.image_of("web").endswith("v1")
    ambiguous = project.run("up", "w").expect(15)
    assert "web" in ambiguous.stderr and "worker" in ambiguous.stderr


def test_a_service_of_zero_pods_is_ready(project):
    """zero-replicas"""
    project.write_service(replicas=0)
    assert project.run("up", "--timeout", "20s").expect(0).seconds < 15
    assert project.deployment()["spec"]["replicas"] == 0


def test_scaling_to_zero_waits_until_the_pods_are_gone(project):
    """scale-to-zero"""
    project.write_service(replicas=2)
    project.run("up").expect(0)
    project.change({"services": {"web": {"replicas": 0}}})
    project.run("up").expect(0)
    assert project.deployment()["status"].get("replicas", 0) == 0


def test_no_wait_returns_before_the_pods_are_ready(project):
    project.write_service(annotations=project.slow("1h"))
    assert project.run("up", "--no-wait").expect(0).seconds < 15
    assert not project.deployment()["status"].get("readyReplicas")


@pytest.mark.control_plane
def test_a_paused_deployment_stops_the_run_before_it_writes(project):
    """paused-live"""
    project.write_service()
    project.run("up").expect(0)
    project.patch("backend", "deployment/web", {"spec": {"paused": True}})
    project.change({"services": {"web": {"image": "shop/web:v2"}}})
    trail = project.audit()
    result = project.run("up").expect(40)
    assert trail.writes() == []
    assert "paused" in result.stderr and "web" in result.stderr


@pytest.mark.control_plane
def test_a_field_that_another_manager_took_stops_the_run_until_it_is_forced(project):
    project.write_service()
    project.run("up").expect(0)
    name = project.deployment()["spec"]["template"]["spec"]["containers"][0]["name"]
    theirs = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web"},
              "spec": {"template": {"spec": {"containers": [{"name": name, "image": "shop/web:theirs"}]}}}}
    project.cluster.apply(theirs, arguments=("-n", project.namespaces["backend"], "--field-manager=somebody", "--force-conflicts", "--validate=false"))
    trail = project.audit()
    result = project.run("up").expect(31)
    assert trail.writes() == []
    assert "somebody" in result.stderr and "image" in result.stderr
    project.run("up", "--force-conflicts").expect(0)
    assert project.image_of().endswith("shop/web:v1")


@pytest.mark.control_plane
def test_an_object_of_somebody_else_is_not_taken(project):
    project.cluster.make_namespaces(project.namespaces["backend"])
    theirs = {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "web", "labels": {"app.kubernetes.io/managed-by": "Helm"}},
              "spec": {"ports": [{"port": 1}]}}
    project.cluster.apply(theirs, arguments=("-n", project.namespaces["backend"]))
    project.write({"namespaces": {"create": False}, "services": {"web": {"image": "shop/web:v1", "port": 8000, "replicas": 1}}})
    trail = project.audit()
    result = project.run("up").expect(40)
    assert trail.writes() == [] and "Helm" in result.stderr


def test_a_partitioned_stateful_set_of_the_users_own_is_ready_with_its_new_pods(project):
    """sts-partition"""
    labels = {"app": "cache"}

    def manifest(image):
        return json.dumps({
            "apiVersion": "apps/v1", "kind": "StatefulSet", "metadata": {"name": "cache"},
            "spec": {"replicas": 3, "serviceName": "cache", "selector": {"matchLabels": labels},
                     "updateStrategy": {"type": "RollingUpdate", "rollingUpdate": {"partition": 2}},
                     "template": {"metadata": {"labels": labels}, "spec": {
                         "automountServiceAccountToken": False,
                         "securityContext": {"runAsNonRoot": True, "runAsUser": 10001, "seccompProfile": {"type": "RuntimeDefault"}},
                         "containers": [{"name": "cache", "image": image, "securityContext": {
                             "allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}}}]}}}})

    project.write_text(manifest("shop/cache:v1"), "cache.yaml")
    project.write({"services": {"web": {"image": "shop/web:v1", "port": 8000, "replicas": 1}},
                   "manifests": [{"file": "cache.yaml", "stage": "backend"}]})
    project.run("up").expect(0)
    project.write_text(manifest("shop/cache:v2"), "cache.yaml")
    project.run("up").expect(0)
    images = {pod["metadata"]["name"]: pod["spec"]["containers"][0]["image"] for pod in project.items("backend", "pods", "-l", "app=cache")}
    assert images == {"cache-0": "shop/cache:v1", "cache-1": "shop/cache:v1", "cache-2": "shop/cache:v2"}


def test_generated_secrets_are_made_once_and_never_shown(project):
    project.write({"services": {"web": {"image": "shop/web:v1", "port": 8000, "replicas": 1, "secretEnv": {"TOKEN": "partner.token"}}},
                   "secrets": {"partner": {"token": {"generate": {"length": 40}}}}})

    def values():
        return {item["metadata"]["name"]: item["data"] for item in project.items("backend", "secrets") if item.get("data")}

    first = project.run("up", "-v", "--events", "events.ndjson").expect(0)
    made = values()
    project.change({"services": {"web": {"image": "shop/web:v2"}}})
    second = project.run("up", "-o", "json").expect(0)
    assert {name: data for name, data in values().items() if name in made} == made
    shown = first.text + second.text + (project.folder / "events.ndjson").read_text() + project.run("render").expect(0).text
    generated = {value for data in made.values() for value in data.values() if len(base64.b64decode(value)) == 40}
    assert generated
    for value in generated:
        assert value not in shown and base64.b64decode(value).decode() not in shown


@pytest.mark.control_plane
def test_rights_in_the_projects_namespaces_are_enough(project):
    """namespace-only-rbac"""
    names = [project.namespaces["backend"], project.namespaces["gateway"]]
    project.cluster.make_namespaces(*names)
    everything = [{"apiGroups": ["*"], "resources": ["*"], "verbs": ["*"]}]
    account = project.cluster.service_account(names[0], "deployer", everything, names)
    kubeconfig = project.cluster.kubeconfig_with(project.folder / "narrow", account)
    project.write({"namespaces": {"create": False}, "gateway": {"kind": "kong", "replicas": 1},
                   "services": {"web": {"image": "shop/web:v1", "port": 8000, "replicas": 1, "routes": ["/api"]}}})
    project.run("up", kubeconfig=kubeconfig).expect(0)
    assert project.deployment()["status"]["availableReplicas"] == 1
    project.run("status", kubeconfig=kubeconfig).expect(0)
    project.run("down", "--yes", kubeconfig=kubeconfig).expect(0)
