# SPDX-License-Identifier: Apache-2.0
"""kforge plan, its files and its conflicts against a real API server, with real kubectl as the other client."""

import json
import os
import subprocess
from pathlib import Path

import pytest

from harness.paths import ROOT

pytestmark = pytest.mark.control_plane

CHECK = Path(os.environ.get("KFORGE_APPLY_CHECK") or ROOT / "build/dev/tests/cluster/client/apply_check")


def objects(result):
    return {f"{each['kind']}/{each['name']}": each for each in result.json()["objects"]}


def test_a_plan_writes_nothing_and_up_does_what_it_says(project):
    project.write_service(env={"LOG_LEVEL": "info"})
    trail = project.audit()
    first = project.run("plan", "-o", "json").expect(0)
    assert trail.writes() == []
    assert {each["action"] for each in objects(first).values()} == {"create"}
    project.run("up").expect(0)
    trail = project.audit()
    assert project.run("plan", "--exit-code", "-o", "json").expect(0).json()["changes"] is False
    assert [request for request in trail.requests() if request.is_dry_run] == [], "nothing differs, so nothing is asked"

    project.change({"services": {"web": {"image": "shop/web:v2", "env": {"LOG_LEVEL": "debug"}}}})
    trail = project.audit()
    changed = project.run("plan", "--exit-code", "-o", "json").expect(2)
    assert trail.writes() == []
    web = objects(changed)["Deployment/web"]
    assert web["action"] == "restart" and web["restarts"] == 1
    assert {"path": "spec.template.spec.containers[web].image", "before": "shop/web:v1", "after": "shop/web:v2"} in web["fields"]
    renamed = next(each for name, each in objects(changed).items() if name.startswith("ConfigMap/web-config-") and each["action"] == "create")
    assert renamed["fields"] == [{"path": "data.LOG_LEVEL", "before": "info", "after": "debug"}]
    project.run("up").expect(0)
    project.run("plan", "--exit-code").expect(0)


def test_fields_that_kubectl_took_are_conflicts_with_manager_and_values(project):
    project.write_service(replicas=1)
    project.run("up").expect(0)
    project.cluster.kubectl("scale", "-n", project.namespaces["backend"], "deployment/web", "--replicas=3")
    project.patch("backend", "service/web", {"spec": {"selector": {"app": "else"}}}, "--field-manager=somebody")
    plan = project.run("plan", "-o", "json").expect(31)
    held = {each["path"]: each for each in objects(plan)["Deployment/web"]["conflicts"]}
    assert held["spec.replicas"]["manager"] == "kubectl" and held["spec.replicas"]["live"] == 3 and held["spec.replicas"]["ours"] == 1
    text = project.run("plan").expect(31)
    assert "spec.replicas is set by kubectl" in text.stdout and "live 3, ours 1" in text.stdout
    assert "--force-conflicts" in text.stderr
    forced = project.run("plan", "--force-conflicts", "-o", "json").expect(0)
    assert objects(forced)["Deployment/web"]["action"] == "update"
    project.run("up", "--force-conflicts").expect(0)
    assert project.deployment()["spec"]["replicas"] == 1


def test_an_object_of_kubectl_apply_is_adopted_with_its_fields(project):
    """csa-migration, adopt-policy"""
    project.cluster.make_namespaces(project.namespaces["backend"])
    theirs = {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "web", "labels": {"old": "label"}},
              "spec": {"ports": [{"name": "http", "port": 8000}, {"name": "old", "port": 9}], "selector": {"app": "web"}}}
    project.cluster.kubectl("apply", "-n", project.namespaces["backend"], "-f", "-", stdin=json.dumps(theirs))
    project.write({"namespaces": {"create": False}, "services": {"web": {"image": "shop/web:v1", "port": 8000, "replicas": 1}}})
    trail = project.audit()
    refused = project.run("up").expect(40)
    assert trail.writes() == [] and "--adopt" in refused.stderr and "Service" in refused.stderr
    plan = objects(project.run("plan", "--adopt", "-o", "json").expect(0))["Service/web"]
    gone = {each["path"] for each in plan["fields"] if each["after"] is None}
    assert any(path.startswith("spec.ports[9") for path in gone) and "metadata.labels.old" in gone, plan["fields"]

    project.run("up", "--adopt").expect(0)
    live = project.cluster.get("-n", project.namespaces["backend"], "service", "web", "--show-managed-fields")
    assert [port["port"] for port in live["spec"]["ports"]] == [8000]
    assert "old" not in live["metadata"]["labels"]
    assert "kubectl.kubernetes.io/last-applied-configuration" not in live["metadata"].get("annotations", {})
    managers = {entry["manager"] for entry in live["metadata"]["managedFields"] if not entry.get("subresource")}
    assert managers == {"kforge"}
    project.run("plan", "--exit-code").expect(0)


def test_a_saved_plan_is_carried_out_or_refused(project):
    project.write_service()
    project.run("up").expect(0)
    project.change({"services": {"web": {"image": "shop/web:v2"}}})
    project.run("plan", "--out", "approved.json").expect(0)
    project.cluster.kubectl("scale", "-n", project.namespaces["backend"], "deployment/web", "--replicas=2")
    trail = project.audit()
    stale = project.run("up", "--plan", "approved.json").expect(31)
    assert trail.writes() == [] and "changed by somebody" in stale.stderr
    project.run("up", "--force-conflicts").expect(0)
    project.change({"services": {"web": {"image": "shop/web:v3"}}})
    project.run("plan", "--out", "approved.json").expect(0)
    project.run("up", "--plan", "approved.json").expect(0)
    assert project.image_of().endswith(":v3")
    project.run("up", "web", "--plan", "approved.json").expect(64)


def test_a_volume_grows_by_recreating_its_stateful_set_without_its_pods(project):
    """immutable-vct"""
    project.write({"services": {"web": {"image": "shop/web:v1", "port": 8000, "replicas": 1, "database": "web"}},
                   "database": {"kind": "postgres", "storage": {"size": "1Gi", "class": "standard"}}})
    project.run("up").expect(0)
    pod = project.get("database", "pod", "postgres-0")["metadata"]["uid"]
    project.change({"database": {"storage": {"size": "2Gi"}}})
    trail = project.audit()
    refused = project.run("up").expect(14)
    assert trail.writes() == [] and "--recreate StatefulSet/postgres" in refused.stderr
    plan = objects(project.run("plan", "--recreate", "StatefulSet/postgres", "-o", "json").expect(0))["StatefulSet/postgres"]
    assert plan["action"] == "recreate" and "data-postgres-0 grows to 2Gi" in plan["remark"]
    project.run("up", "--recreate", "StatefulSet/postgres").expect(0)
    assert project.get("database", "pod", "postgres-0")["metadata"]["uid"] == pod
    claim = project.get("database", "pvc", "data-postgres-0")
    assert claim["spec"]["resources"]["requests"]["storage"] == "2Gi"
    project.run("plan", "--exit-code").expect(0)


@pytest.mark.parametrize("seed", [1, 2, 3, 4])
def test_unchanged_never_disagrees_with_the_server_and_a_plan_is_what_happens(cluster, namespace, seed):
    """Random intents and random edits by other managers; 500 cases a seed."""
    assert CHECK.exists(), f"{CHECK} is missing: build the dev preset, or set KFORGE_APPLY_CHECK"
    done = subprocess.run([CHECK, cluster.kubeconfig, namespace, str(seed), "500"], capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    counts = json.loads(done.stdout)
    print(counts)
    assert counts["unchanged"] > 50 and counts["changed"] > 50 and counts["conflicts"] > 10 and counts["edits"] > 100
