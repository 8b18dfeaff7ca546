# SPDX-License-Identifier: Apache-2.0
"""What leaves the project file, and what others have, against a real API server and its controllers."""

import json
import signal

import pytest

pytestmark = pytest.mark.control_plane

WORKLOADS = "deployments,replicasets,services,configmaps,horizontalpodautoscalers,poddisruptionbudgets"


def two_services() -> dict:
    service = {"image": "shop/web:v1", "port": 8000, "replicas": 1}
    return {"services": {"web": service | {"env": {"LEVEL": "info"}}, "worker": service}}


def without_worker(project) -> None:
    project.change({"services": {"worker": None}})


def test_a_service_that_left_the_file_goes_with_everything_of_it(project):
    project.write(two_services())
    project.run("up").expect(0)
    # A store of the project's own, as another version of the file may have had it.
    store = {"apiVersion": "v1", "kind": "PersistentVolumeClaim",
             "metadata": {"name": "disk", "labels": project.deployment()["metadata"]["labels"]},
             "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}}
    project.cluster.apply(store, arguments=("-n", project.namespaces["backend"]))
    without_worker(project)
    trail = project.audit()
    plan = {f"{each['kind']}/{each['name']}": each["action"] for each in project.run("plan", "-o", "json").expect(0).json()["objects"]}
    assert trail.writes() == [] and plan["Deployment/worker"] == "delete"
    project.run("up").expect(0)
    assert not {name for name in project.names("backend", WORKLOADS) if name.startswith("worker")}
    assert "web" in project.names("backend", WORKLOADS) and "disk" in project.names("backend", "pvc")
    project.run("plan", "--exit-code").expect(0)


def test_killed_while_it_deletes_the_next_run_goes_on(project):
    project.write(two_services())
    project.run("up").expect(0)
    without_worker(project)
    project.patch("backend", "service/worker", {"metadata": {"finalizers": ["example.com/hold"]}})
    running = project.start("up")
    project.cluster.kubectl("wait", "-n", project.namespaces["backend"], "service/worker", "--for=jsonpath={.metadata.deletionTimestamp}", "--timeout=60s")
    running.signal(signal.SIGKILL)
    running.finish(20)
    project.patch("backend", "service/worker", {"metadata": {"finalizers": None}})
    project.run("up").expect(0)
    assert not {name for name in project.names("backend", WORKLOADS) if name.startswith("worker")}


def test_objects_of_others_stay_as_they_are_through_up_prune_rollback_and_down(project):
    space = project.namespaces["backend"]
    project.cluster.make_namespaces(space)
    marks = {"plain": {}, "helms": {"annotations": {"meta.helm.sh/release-name": "legacy"}}, "kapps": {"labels": {"kapp.k14s.io/app": "17"}},
             "argos": {"annotations": {"argocd.argoproj.io/tracking-id": "x"}}, "half-marked": {"labels": {"kforge.dev/project": project.name}}}
    for name, metadata in marks.items():
        project.cluster.kubectl("apply", "-n", space, "-f", "-", stdin=json.dumps(
            {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name, **metadata}, "data": {"key": name}}))

    def theirs() -> dict[str, str]:
        return {item["metadata"]["name"]: json.dumps(item, sort_keys=True)
                for item in project.get("backend", "configmaps", "--show-managed-fields")["items"] if item["metadata"]["name"] in marks}

    before = theirs()
    assert set(before) == set(marks)
    project.write(two_services() | {"namespaces": {"create": False}})
    project.run("up").expect(0)
    without_worker(project)
    project.run("up").expect(0)
    assert theirs() == before
    project.run("rollback", "--yes").expect(0)
    assert theirs() == before and "worker" in project.names("backend", WORKLOADS)
    project.run("down", "--delete-data", "--yes").expect(0)
    assert theirs() == before and "web" not in project.names("backend", WORKLOADS)
    assert not project.get("backend", "secrets,leases")["items"], "nothing of kforge's own stays in a namespace that does"


def test_drift_names_manager_and_time(project):
    project.write(two_services())
    project.run("up").expect(0)
    project.run("drift").expect(0)
    project.cluster.kubectl("scale", "-n", project.namespaces["backend"], "deployment/web", "--replicas=2")
    project.patch("backend", "service/web", {"metadata": {"labels": {"extra": "label"}}}, "--field-manager=somebody")
    trail = project.audit()
    found = {each["name"] + " " + field["path"]: field
             for each in project.run("drift", "-o", "json").expect(2).json()["objects"] for field in each["fields"]}
    assert trail.writes() == []
    assert found["web spec.replicas"]["manager"] == "kubectl" and found["web spec.replicas"]["after"] == 2
    assert found["web metadata.labels.extra"]["manager"] == "somebody" and found["web metadata.labels.extra"]["before"] is None
    assert found["web metadata.labels.extra"]["since"]  # the server notes no time for the scale subresource
    assert len(found) == 2, found
