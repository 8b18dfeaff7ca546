# SPDX-License-Identifier: Apache-2.0
"""What leaves the project file, what may not leave, and what was never the project's. The other client is kubectl."""

import json

import pytest

from harness.wait import until

PROJECT = "apiVersion: kforge.dev/v1\nproject: small\ndefaults: {rollout: {minReadySeconds: 0}}\nservices:\n"
WEB = "  web: {image: \"web:v1\", port: 8000, replicas: 1, env: {LEVEL: \"%s\"}}\n"
WORKER = "  worker: {image: \"worker:v1\", port: 8000, replicas: 1}\n"

KINDS = "deployments,replicasets,pods,services,configmaps,secrets,serviceaccounts,ingresses,persistentvolumeclaims"


def write(sandbox, *services, level="info", more=""):
    sandbox.name = "small"
    sandbox.write(PROJECT + "".join(service.replace("%s", level) for service in services) + more)


def rows(result):
    return {f"{each['kind']}/{each['name']}": each for each in result.json()["objects"]}


def names(sandbox, kinds="deployments,services"):
    return {item["metadata"]["name"] for item in sandbox.get(kinds, "-n", "backend")["items"]}


def test_a_service_that_left_the_file_is_shown_and_deleted_after_the_rest_works(sandbox):
    write(sandbox, WEB, WORKER)
    sandbox.kforge("up", "--sandbox").expect(0)
    assert {"web", "worker"} <= names(sandbox)
    write(sandbox, WEB)
    plan = sandbox.kforge("plan", "--sandbox", "--exit-code", "-o", "json").expect(2)
    assert rows(plan)["Deployment/worker"]["action"] == "delete"
    assert rows(plan)["Deployment/worker"]["remark"] == "ends 1 pod"
    assert {"web", "worker"} <= names(sandbox)
    sandbox.kforge("up", "--sandbox", "--no-prune").expect(0)
    assert {"web", "worker"} <= names(sandbox)
    sandbox.kforge("up", "--sandbox").expect(0)
    assert "worker" not in names(sandbox, KINDS)
    sandbox.kforge("plan", "--sandbox", "--exit-code").expect(0)


def test_a_failed_run_deletes_nothing(sandbox):
    write(sandbox, WEB, WORKER)
    sandbox.kforge("up", "--sandbox").expect(0)
    write(sandbox, WEB.replace("v1", "missing"))
    sandbox.kforge("up", "--sandbox").expect(20)
    assert "worker" in names(sandbox)


def test_configuration_of_an_older_revision_stays_for_kubectl_rollout_undo(sandbox):
    write(sandbox, WEB, level="info")
    sandbox.kforge("up", "--sandbox").expect(0)
    write(sandbox, WEB, level="debug")
    sandbox.kforge("up", "--sandbox").expect(0)
    configs = [name for name in names(sandbox, "configmaps") if name.startswith("web-config-")]
    assert len(configs) == 2, configs
    sandbox.kubectl("rollout", "undo", "-n", "backend", "deployment/web")
    sandbox.kubectl("rollout", "status", "-n", "backend", "deployment/web", "--timeout=60s")


def test_dropping_most_of_the_project_is_refused(sandbox):
    write(sandbox, WEB, *(WORKER.replace("worker", f"worker{i}") for i in range(4)))
    sandbox.kforge("up", "--sandbox").expect(0)
    write(sandbox, WEB)
    refused = sandbox.kforge("up", "--sandbox").expect(40)
    assert "this would delete" in refused.stderr and "--allow-mass-prune" in refused.stderr
    assert "worker3" in names(sandbox)
    sandbox.kforge("up", "--sandbox", "--allow-mass-prune").expect(0)
    assert not {name for name in names(sandbox) if name.startswith("worker")}


def test_the_recreate_strategy_is_waited_for_both_times(sandbox):
    patch = "patches: [{kind: Deployment, name: web, patch: {spec: {strategy: {$patch: replace, type: Recreate}}}}]\n"
    for tag in ("v1", "v2"):
        write(sandbox, WEB.replace("v1", tag), more=patch)
        sandbox.kforge("up", "--sandbox").expect(0)
        live = sandbox.get("deployment", "web", "-n", "backend")
        assert live["spec"]["strategy"] == {"type": "Recreate"}
        assert live["status"]["updatedReplicas"] == live["status"]["availableReplicas"] == 1


# --- objects of others

def others() -> list[dict]:
    def config(name, **metadata):
        return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name, "namespace": "backend", **metadata}, "data": {"key": name}}

    return [
        config("plain"),
        config("helms", labels={"app.kubernetes.io/managed-by": "Helm"},
               annotations={"meta.helm.sh/release-name": "legacy", "meta.helm.sh/release-namespace": "backend"}),
        config("kapps", labels={"kapp.k14s.io/app": "17", "kapp.k14s.io/association": "v1.x"}),
        config("argos", annotations={"argocd.argoproj.io/tracking-id": "shop:/ConfigMap:backend/argos"}),
        config("inventory", annotations={"config.k8s.io/owning-inventory": "abc"}),
        config("other-project", labels={"kforge.dev/project": "store", "applyset.kubernetes.io/part-of": "applyset-x-v1"}),
        # The project's name alone makes nobody a member.
        config("half-marked", labels={"kforge.dev/project": "small"}),
        {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "theirs", "namespace": "backend"}, "stringData": {"password": "x"}},
        {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": "disk", "namespace": "backend"},
         "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}},
        {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "theirs", "namespace": "backend", "labels": {"app": "theirs"}},
         "spec": {"replicas": 2, "selector": {"matchLabels": {"app": "theirs"}},
                  "template": {"metadata": {"labels": {"app": "theirs"}}, "spec": {"containers": [{"name": "app", "image": "theirs:v1"}]}}}},
    ]


def snapshot(sandbox) -> dict[str, str]:
    """Everything that is not the project's, byte for byte, versions included."""
    found = {}
    for item in sandbox.get(KINDS, "-n", "backend", "--show-managed-fields")["items"]:
        labels = item["metadata"].get("labels", {})
        if labels.get("app.kubernetes.io/managed-by") == "kforge":
            continue
        if item["kind"] in ("ReplicaSet", "Pod") and labels.get("app") != "theirs":
            continue
        if item["metadata"]["name"] in ("kube-root-ca.crt", "default"):
            continue
        found[f"{item['kind']}/{item['metadata']['name']}"] = json.dumps(item, sort_keys=True)
    return found


def test_objects_of_others_stay_byte_identical_through_up_prune_rollback_and_down(sandbox):
    sandbox.name = "small"
    sandbox.start("--name", "small")
    sandbox.kubectl("create", "namespace", "backend")
    for index, each in enumerate(others()):
        side = ["--server-side"] if index % 2 else []
        sandbox.kubectl("apply", *side, "-f", "-", stdin=json.dumps(each))
    sandbox.kubectl("rollout", "status", "-n", "backend", "deployment/theirs", "--timeout=60s")
    until(lambda: all(json.loads(each)["status"]["phase"] == "Running" for name, each in snapshot(sandbox).items() if name.startswith("Pod/")))
    before = snapshot(sandbox)
    assert len(before) == len(others()) + 3, sorted(before)  # a ReplicaSet and two pods

    write(sandbox, WEB, WORKER)
    sandbox.kforge("up", "--sandbox").expect(0)
    assert snapshot(sandbox) == before
    write(sandbox, WEB)
    sandbox.kforge("up", "--sandbox").expect(0)
    assert "worker" not in names(sandbox) and snapshot(sandbox) == before
    back = sandbox.kforge("rollback", "--sandbox", "--yes").expect(0)
    assert "worker" in names(sandbox) and snapshot(sandbox) == before, back.stderr
    down = sandbox.kforge("down", "--sandbox", "--delete-data", "--yes").expect(0)
    assert "namespace 'backend' stays" in down.stderr
    assert "web" not in names(sandbox) and snapshot(sandbox) == before


@pytest.mark.parametrize("mark", [
    {"annotations": {"meta.helm.sh/release-name": "legacy"}},
    {"labels": {"app.kubernetes.io/managed-by": "Helm"}},
    {"labels": {"kapp.k14s.io/app": "17"}},
    {"annotations": {"argocd.argoproj.io/tracking-id": "x"}},
    {"labels": {"kforge.dev/project": "store"}},
    {},
], ids=["helm", "managed-by", "kapp", "argo", "other-project", "nobody"])
def test_an_object_of_others_in_the_way_is_left_alone(sandbox, mark):
    sandbox.name = "small"
    sandbox.start("--name", "small")
    sandbox.kubectl("create", "namespace", "backend")
    service = {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "web", "namespace": "backend", **mark},
               "spec": {"ports": [{"name": "old", "port": 9}], "selector": {"app": "x"}}}
    sandbox.kubectl("create", "-f", "-", stdin=json.dumps(service))
    write(sandbox, WEB)
    before = sandbox.get("service", "web", "-n", "backend")
    refused = sandbox.kforge("up", "--sandbox").expect(40)
    assert "Service" in refused.stderr and "web" in refused.stderr
    assert sandbox.get("service", "web", "-n", "backend") == before
    if mark:
        sandbox.kforge("up", "--sandbox", "--adopt").expect(40)
    else:
        assert "--adopt" in refused.stderr
        assert "'kubectl-create'" in sandbox.kforge("up", "--sandbox", "--adopt").expect(31).stderr
        sandbox.kforge("up", "--sandbox", "--adopt", "--force-conflicts").expect(0)
        assert sandbox.get("service", "web", "-n", "backend")["spec"]["selector"]["app.kubernetes.io/name"] == "web"


def test_drift_names_who_changed_what(sandbox):
    write(sandbox, WEB)
    sandbox.kforge("up", "--sandbox").expect(0)
    clean = sandbox.kforge("drift", "--sandbox").expect(0)
    assert "as in r1" in clean.stdout
    sandbox.kubectl("patch", "service", "web", "-n", "backend", "--field-manager=somebody", "--type=merge", "-p",
                    '{"metadata": {"labels": {"extra": "label"}}}')
    drift = sandbox.kforge("drift", "--sandbox", "-o", "json").expect(2)
    fields = rows(drift)["Service/web"]["fields"]
    assert [(each["path"], each["before"], each["after"], each["manager"]) for each in fields] == [("metadata.labels.extra", None, "label", "somebody")]
    text = sandbox.kforge("drift", "--sandbox").expect(2).stdout
    assert "by somebody" in text and "1 field of 1 object differs from r1" in text


def test_drift_is_measured_by_the_last_release_and_not_by_the_project_file(sandbox):
    write(sandbox, WEB)
    early = sandbox.kforge("drift", "--sandbox").expect(2).stdout
    assert "nothing has been released yet" in early and "missing" in early
    sandbox.kforge("up", "--sandbox").expect(0)
    secret = "secrets: {mail: {password: {env: MAIL}}}\n"
    write(sandbox, WEB.replace("v1", "v2"), WORKER, more=secret)
    assert "web" in sandbox.kforge("plan", "--sandbox", env={"MAIL": "x"}).expect(0).stdout
    clean = sandbox.kforge("drift", "--sandbox").expect(0)  # not even the variable has to be set
    assert "as in r1" in clean.stdout
    sandbox.kubectl("scale", "deployment/web", "-n", "backend", "--replicas=3")
    drift = sandbox.kforge("drift", "--sandbox", "-o", "json").expect(2).json()
    assert drift["baseline"] == "r1"
    fields = {f"{each['name']} {field['path']}": (field["before"], field["after"], field["manager"])
              for each in drift["objects"] for field in each["fields"]}
    assert fields == {"web spec.replicas": (1, 3, "kubectl")}
    assert "Deployment backend/web was changed by kubectl " in sandbox.kforge("status", "--sandbox").stdout
    sandbox.kforge("up", "--sandbox", "--force-conflicts", env={"MAIL": "x"}).expect(0)
    assert "was changed by" not in sandbox.kforge("status", "--sandbox").stdout


def test_the_namespace_default_may_be_used_and_is_never_deleted(sandbox):
    write(sandbox, WEB, more="namespaces: {backend: default}\n")
    sandbox.start("--name", "small")
    sandbox.kforge("up", "--sandbox").expect(0)
    down = sandbox.kforge("down", "--sandbox", "--delete-data", "--yes").expect(0)
    assert "namespace 'default' stays: it belongs to Kubernetes" in down.stderr
    assert sandbox.get("namespace", "default")["status"]["phase"] == "Active"
    assert not sandbox.get("deployments,secrets,leases", "-n", "default")["items"]


def test_down_with_data_leaves_nothing_of_kforge_in_a_namespace_that_stays(sandbox):
    sandbox.name = "small"
    sandbox.start("--name", "small")
    sandbox.kubectl("create", "namespace", "backend")
    sandbox.kubectl("create", "configmap", "theirs", "-n", "backend")
    for _ in range(2):  # the second time, from the very beginning
        write(sandbox, WEB)
        sandbox.kforge("up", "--sandbox").expect(0)
        assert sandbox.get("lease", "kforge-small", "-n", "backend")
        preview = sandbox.kforge("down", "--sandbox", "--delete-data", "--dry-run").expect(0)
        assert "1 Lease" in preview.stdout
        down = sandbox.kforge("down", "--sandbox", "--delete-data", "--yes").expect(0)
        assert "namespace 'backend' stays" in down.stderr
        left = sandbox.get("secrets,leases,configmaps", "-n", "backend")["items"]
        assert {each["metadata"]["name"] for each in left} == {"kube-root-ca.crt", "theirs"}
        assert "nothing to do" in sandbox.kforge("down", "--sandbox", "--delete-data", "--yes").expect(0).stderr
