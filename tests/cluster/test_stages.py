# SPDX-License-Identifier: Apache-2.0
"""The control plane itself: what the simulated nodes do with pods, seen by kubectl alone."""

import json

import pytest

from harness.objects import deployment, job, stateful_set
from harness.wait import until

pytestmark = pytest.mark.control_plane


class Place:
    """A namespace, as kubectl sees it."""

    def __init__(self, cluster, namespace):
        self.cluster, self.namespace = cluster, namespace

    def apply(self, *objects):
        self.cluster.apply(*objects, arguments=("-n", self.namespace))

    def get(self, *arguments):
        return self.cluster.get("-n", self.namespace, *arguments)

    def pod(self, app):
        pods = self.get("pods", "-l", f"app={app}")["items"]
        return pods[0] if pods else {}

    def container(self, app, kind="containerStatuses"):
        return (self.pod(app).get("status", {}).get(kind) or [{}])[0]

    def ready(self, app):
        conditions = self.pod(app).get("status", {}).get("conditions", [])
        return any(condition["type"] == "Ready" and condition["status"] == "True" for condition in conditions)

    def logs(self, *arguments):
        return self.cluster.kubectl("logs", "-n", self.namespace, *arguments)


@pytest.fixture
def place(cluster, namespace):
    until(lambda: cluster.try_kubectl("get", "serviceaccount", "default", "-n", namespace).code == 0)
    return Place(cluster, namespace)


def waiting(container, reason):
    return container.get("state", {}).get("waiting", {}).get("reason") == reason and container


def test_a_healthy_pod_gets_ready_with_ids_and_logs(place):
    place.apply(deployment("web", replicas=2, initContainers=[{"name": "prepare", "image": "shop/prepare:v1"}]))
    until(lambda: place.get("deployment", "web")["status"].get("availableReplicas") == 2)
    container = place.container("web")
    assert container["containerID"].startswith("containerd://") and container["imageID"].startswith("shop/web@sha256:")
    assert place.container("web", "initContainerStatuses")["state"]["terminated"]["reason"] == "Completed"
    assert "listening" in place.logs("deployment/web", "-c", "app")


def test_an_annotation_delays_readiness(place):
    place.apply(deployment("slow", annotations={"kforge.dev/test-ready-after": "1h"}), deployment("quick"))
    until(lambda: place.ready("quick"))
    assert not place.ready("slow")


def test_a_job_completes(place):
    place.apply(job("migrate", "shop/migrate:v1"))
    until(lambda: place.get("job", "migrate")["status"].get("succeeded") == 1)


def test_a_job_whose_pods_exit_with_an_error_fails(place):
    place.apply(job("migrate", "shop/migrate:crash"))
    until(lambda: any(c["type"] == "Failed" and c["reason"] == "BackoffLimitExceeded"
                      for c in place.get("job", "migrate")["status"].get("conditions", [])), timeout=60)


def test_a_claim_of_the_default_class_gets_a_volume(place):
    place.apply(stateful_set("db"))
    until(lambda: place.ready("db"))
    assert place.get("pvc", "data-db-0")["status"]["phase"] == "Bound"


def test_a_missing_storage_class_is_reported_on_the_claim(place):
    place.apply(stateful_set("db", "no-such-class"))
    until(lambda: any(event["reason"] == "ProvisioningFailed" and "no-such-class" in event["message"]
                      for event in place.get("events")["items"]))


@pytest.mark.parametrize("fault, reason, text", [
    ("missing", "ErrImagePull", "not found"),
    ("missing", "ImagePullBackOff", "Back-off pulling image \"shop/web:missing\""),
    ("denied", "ErrImagePull", "no basic auth credentials"),
    ("flaky-pull", "ErrImagePull", "i/o timeout"),
    ("invalid-image", "InvalidImageName", "invalid reference format"),
    ("config-error", "CreateContainerConfigError", "secret \"absent\" not found"),
    ("sync-cache", "CreateContainerConfigError", "failed to sync secret cache"),
    ("bad-command", "RunContainerError", "executable file not found in $PATH"),
    ("bad-command", "CrashLoopBackOff", "back-off"),
])
def test_a_container_waits_for_the_reason_of_its_fault(place, fault, reason, text):
    place.apply(deployment("web", f"shop/web:{fault}"))
    assert text in until(lambda: waiting(place.container("web"), reason))["state"]["waiting"]["message"]


@pytest.mark.parametrize("fault, reason, code", [("crash", "Error", 1), ("oom", "OOMKilled", 137), ("exit-0", "Completed", 0)])
def test_a_container_that_ends_is_restarted_and_counted(place, fault, reason, code):
    place.apply(deployment("web", annotations={"kforge.dev/test-fault": fault}))
    container = until(lambda: (c := place.container("web")) and c.get("restartCount", 0) >= 2 and waiting(c, "CrashLoopBackOff"))
    assert container["lastState"]["terminated"]["reason"] == reason and container["lastState"]["terminated"]["exitCode"] == code
    assert "ECONNREFUSED" in place.logs("deployment/web", "--previous")


def test_a_failing_init_container_is_restarted_and_counted(place):
    place.apply(deployment("web", annotations={"kforge.dev/test-fault": "init-crash"}, initContainers=[{"name": "prepare", "image": "x:v1"}]))
    container = until(lambda: (c := place.container("web", "initContainerStatuses")) and c.get("restartCount", 0) >= 2 and waiting(c, "CrashLoopBackOff"))
    assert container["name"] == "prepare" and container["lastState"]["terminated"]["exitCode"] == 1


@pytest.mark.parametrize("fault", ["flaky-pull", "sync-cache", "crash-once"])
def test_a_passing_fault_ends_in_a_ready_pod(place, fault):
    place.apply(deployment("web", f"shop/web:{fault}"))
    until(lambda: place.ready("web"))
    assert place.container("web")["restartCount"] == (1 if fault == "crash-once" else 0)


def test_a_pod_that_never_gets_ready_runs_and_fails_its_probe(place):
    place.apply(deployment("web", "shop/web:never-ready"))
    until(lambda: any(event["reason"] == "Unhealthy" for event in place.get("events")["items"]))
    assert "running" in place.container("web")["state"] and not place.ready("web")


def test_an_evicted_pod_has_failed_for_that_reason(place):
    place.apply(deployment("web", "shop/web:evicted"))
    until(lambda: any(pod["status"].get("reason") == "Evicted" and pod["status"]["phase"] == "Failed" for pod in place.get("pods")["items"]))


def test_a_request_no_node_can_meet_is_unschedulable(place):
    place.apply(deployment("web", container={"resources": {"requests": {"cpu": "10000"}}}))
    condition = until(lambda: next((c for c in place.pod("web").get("status", {}).get("conditions", []) if c.get("reason") == "Unschedulable"), None))
    assert "Insufficient cpu" in condition["message"]


def test_pod_security_is_enforced(place):
    place.cluster.kubectl("label", "namespace", place.namespace, "pod-security.kubernetes.io/enforce=restricted")
    place.apply(deployment("web"))
    until(lambda: any(c["type"] == "ReplicaFailure" and "violates PodSecurity" in c["message"]
                      for c in place.get("deployment", "web").get("status", {}).get("conditions", [])))


def test_the_audit_log_tells_users_apart(cluster, namespace, tmp_path):
    from harness.audit import AuditTrail
    kubeconfig = cluster.kubeconfig_with(tmp_path / "kubeconfig", cluster.administrator(f"auditor-{namespace}", tmp_path))
    trail = AuditTrail(cluster.audit_log, f"auditor-{namespace}", lambda path: cluster.try_kubectl("get", "--raw", path, kubeconfig=kubeconfig))
    item = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "note"}}
    cluster.kubectl("apply", "--server-side", "--dry-run=server", "-n", namespace, "-f", "-", stdin=json.dumps(item), kubeconfig=kubeconfig)
    assert trail.writes() == []
    cluster.kubectl("apply", "--server-side", "-n", namespace, "-f", "-", stdin=json.dumps(item), kubeconfig=kubeconfig)
    cluster.apply(item | {"metadata": {"name": "other"}}, arguments=("-n", namespace))
    assert [(request.verb, request.name) for request in trail.writes()] == [("patch", "note")]


def test_a_narrow_account_may_do_only_what_its_role_says(cluster, namespace, tmp_path):
    account = cluster.service_account(namespace, "narrow", [{"apiGroups": [""], "resources": ["configmaps"], "verbs": ["get", "list"]}])
    kubeconfig = cluster.kubeconfig_with(tmp_path / "kubeconfig", account)
    cluster.kubectl("get", "configmaps", "-n", namespace, kubeconfig=kubeconfig)
    refused = cluster.try_kubectl("get", "secrets", "-n", namespace, kubeconfig=kubeconfig)
    assert refused.code == 1 and "Forbidden" in refused.stderr


def test_the_proxy_passes_cuts_and_holds(cluster, proxy, tmp_path):
    kubeconfig = cluster.kubeconfig_with(tmp_path / "kubeconfig", cluster.administrator("proxied", tmp_path), proxy.server)
    cluster.kubectl("get", "--raw", "/readyz", kubeconfig=kubeconfig)
    assert proxy.connections > 0
    proxy.hold()
    held = cluster.try_kubectl("get", "--raw", "/readyz", "--request-timeout=1s", kubeconfig=kubeconfig)
    assert held.code == 1
    proxy.release()
    proxy.cut()
    cluster.kubectl("get", "--raw", "/readyz", kubeconfig=kubeconfig)
