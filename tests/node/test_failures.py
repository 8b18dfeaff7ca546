# SPDX-License-Identifier: Apache-2.0
"""Every failure for real: what kforge says of it, with which exit code, and what the node reported."""

from dataclasses import dataclass, field

import pytest

from harness.project import merged
from harness.wait import until
from rig.observed import Watch, record


@dataclass(frozen=True)
class Case:
    """A mistake, what kforge has to say about it, and the reasons that the cluster gives."""

    name: str
    code: str                                       # of the cause
    text: str                                       # evidence that the output quotes
    reasons: tuple[str, ...]
    exit: int = 20
    service: dict = field(default_factory=dict)     # keys of the service `web`
    document: dict = field(default_factory=dict)    # keys beside it
    patch: dict = field(default_factory=dict)       # of the container
    timeout: str = "4m"
    tier: str = "backend"


def switches(**values) -> dict:
    return {"env": {name: str(value) for name, value in values.items()}}


OUTSIDE = {"secrets": {"outside": {"existing": True}}}
NEVER_AVAILABLE = {"rollout": {"minReadySeconds": 120, "deadline": "4m"}, "drain": {"sleep": "0s", "grace": "5s"}}
CASES = [
    Case("image that does not exist", "KF2003", "web:v9.9.9: not found", ("ErrImagePull", "ImagePullBackOff"), service={"image": "web:v9.9.9"}),
    Case("registry that wants a password", "KF2004", "no basic auth credentials", ("ErrImagePull", "ImagePullBackOff"),
         service={"image": "private.example.com/web:v1.0.0"}),
    Case("program that crashes", "KF2014", "told to crash", ("Error", "CrashLoopBackOff", "BackOff"), service=switches(CRASH_AFTER_MS=0)),
    Case("memory beyond the limit", "KF2015", "out of memory at 64Mi", ("OOMKilled", "CrashLoopBackOff"),
         service=switches(GROW_MB_PER_SECOND=400) | {"resources": {"limits": {"memory": "64Mi"}}}),
    Case("key that the Secret does not have", "KF2010", "couldn't find key missing in Secret", ("CreateContainerConfigError",),
         service={"secretEnv": {"TOKEN": "outside.missing"}}, document=OUTSIDE),
    Case("command that does not exist", "KF2013", "stat /app/absent: no such file or directory", ("RunContainerError", "StartError"),
         service={"command": ["/app/absent"]}),
    Case("readiness that never comes", "KF2020", "HTTP probe failed with statuscode: 503", (), exit=21, timeout="25s",
         service=switches(FAILING_PROBES="ready")),
    Case("liveness that kills", "KF2018", "Container web failed liveness probe, will be restarted", ("Killing", "CrashLoopBackOff", "Completed"),
         service=switches(FAILING_PROBES="live") | NEVER_AVAILABLE, patch={"livenessProbe": {"periodSeconds": 1, "failureThreshold": 1}}),
    Case("processors that no node has", "KF2021", "1 Insufficient cpu", ("Unschedulable", "FailedScheduling"), exit=21, timeout="25s",
         service={"resources": {"requests": {"cpu": "100"}, "limits": {"cpu": "100"}}}, patch={"resources": {"limits": {"cpu": "100"}}}),
    Case("PodSecurity broken by a patch", "KF2031", 'violates PodSecurity "restricted:latest": allowPrivilegeEscalation != false', ("FailedCreate",),
         patch={"securityContext": {"allowPrivilegeEscalation": True}}),
    Case("storage class that does not exist", "KF2050", "absent", ("Unschedulable", "FailedScheduling", "ProvisioningFailed"), tier="database",
         document={"database": {"kind": "postgres", "storage": {"class": "absent"}}}),
    Case("volume that nobody provides", "KF2052", "unbound immediate PersistentVolumeClaims", ("Unschedulable", "FailedScheduling"), exit=21,
         timeout="25s", tier="database", document={"database": {"kind": "postgres", "storage": {"class": "nobody"}}}),
]
# A machine that runs the tests may be busy. How long a verdict took is in docs/node-failures.md; a minute more is no failure.
PATIENCE = 120


def ready_pod(project) -> str | None:
    """The name of a pod whose container is ready."""
    return next((pod["metadata"]["name"] for pod in project.items("backend", "pods")
                 if any(status["ready"] for status in pod["status"].get("containerStatuses", []))), None)


def write(project, case):
    service = merged({"image": "web:v1.0.0", "port": 8000, "replicas": 1}, case.service)
    container = {"spec": {"template": {"spec": {"containers": [{"name": "web"} | case.patch]}}}}
    patches = {"patches": [{"kind": "Deployment", "name": "web", "patch": container}]} if case.patch else {}
    project.write({"services": {"web": service}} | case.document | patches)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name.replace(" ", "-"))
def test_a_failure_is_named_with_its_cause(project, case):
    space = project.namespaces["backend"]
    project.cluster.make_namespaces(space)
    project.cluster.apply({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "outside", "namespace": space}},
                          {"apiVersion": "storage.k8s.io/v1", "kind": "StorageClass", "metadata": {"name": "nobody"}, "provisioner": "example.com/nobody"})
    write(project, case)
    with Watch(project, case.tier) as watch:
        result = project.run("up", "-o", "json", "--timeout", case.timeout, timeout=300).expect(case.exit)
    [failure] = result.json()["failures"]
    assert failure["cause"]["code"] == case.code and failure["reason"] and failure["message"]
    shown = " ".join(result.stderr.split())
    assert case.code in shown and case.text in shown
    assert result.seconds < PATIENCE
    record(case.name, f"exit code {case.exit}, {case.code} ({failure['cause']['text']})", result.seconds, watch.of(*case.reasons))


def test_a_failure_for_a_used_up_quota_is_named(project):
    space = project.namespaces["backend"]
    project.cluster.make_namespaces(space)
    project.cluster.apply({"apiVersion": "v1", "kind": "ResourceQuota", "metadata": {"name": "small", "namespace": space},
                           "spec": {"hard": {"limits.memory": "256Mi"}}})
    project.write_service("web:v1.0.0")
    with Watch(project) as watch:
        result = project.run("up", "-o", "json", timeout=240).expect(20)
    [failure] = result.json()["failures"]
    assert failure["cause"]["code"] == "KF2030" and "exceeded quota: small" in " ".join(result.stderr.split())
    record("quota that is used up", f"exit code 20, KF2030 ({failure['cause']['text']})", result.seconds, watch.of("FailedCreate"))


def test_a_failure_to_keep_to_the_disk_limit_evicts_the_pod_and_the_run_goes_on(project):
    """The node evicts a pod whose volume is full; its replacement ends the deploy."""
    project.write_service("web:v1.0.0", rollout={"minReadySeconds": 45})  # the node looks at its volumes now and then
    with Watch(project) as watch:
        running = project.start("up")
        pod = until(lambda: ready_pod(project))
        project.cluster.kubectl("exec", "-n", project.namespaces["backend"], pod, "--", "dd", "if=/dev/zero", "of=/tmp/full", "bs=1M", "count=80")
        until(lambda: watch.of("Evicted"), timeout=90)
        result = running.finish(240).expect(0)
    # Its container ends with 0 when it is told to: the kubelet may call that Succeeded, and forget its reason.
    assert project.get("backend", "pod", pod)["status"]["phase"] in ("Failed", "Succeeded")
    assert project.deployment()["status"]["availableReplicas"] == 1
    record("volume that gets too full", "exit code 0; the pod is evicted, and replaced", result.seconds,
           [report for report in watch.of("Evicted") if report.place == "event"])


def test_a_slow_start_within_its_budget_is_no_failure(project):
    """The startup probe gives a minute: nothing is killed, and nothing is said to have failed."""
    project.write_service("web:v1.0.0", env={"START_DELAY_MS": "25000"})
    result = project.run("up", timeout=240).expect(0)
    [pod] = project.items("backend", "pods")
    assert pod["status"]["containerStatuses"][0]["restartCount"] == 0
    assert 25 < result.seconds and "failed" not in result.stderr


def test_a_database_that_is_down_while_services_start_is_no_failure(project):
    """They wait for it, and the deploy waits with them."""
    document = {"database": {"kind": "postgres"}, "services": {"product-service": {"image": "product-service:v1.0.0", "port": 8000, "replicas": 1}}}
    project.write(document)
    project.run("up", timeout=240).expect(0)
    space = project.namespaces["database"]
    project.cluster.kubectl("scale", "-n", space, "statefulset/postgres", "--replicas=0")
    project.cluster.kubectl("wait", "-n", space, "--for=delete", "pod/postgres-0", "--timeout=90s")
    project.change({"services": {"product-service": {"image": "product-service:v2.0.0"}}})
    running = project.start("up", "product-service")
    running.wait_for("readiness probe fails", timeout=90)
    project.cluster.kubectl("scale", "-n", space, "statefulset/postgres", "--replicas=1")
    running.finish(240).expect(0)
    assert project.image_of("product-service").endswith("product-service:v2.0.0")
    [pod] = [pod for pod in project.items("backend", "pods") if "deletionTimestamp" not in pod["metadata"]]
    assert pod["status"]["containerStatuses"][0]["restartCount"] == 0
