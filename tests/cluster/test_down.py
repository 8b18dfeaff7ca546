# SPDX-License-Identifier: Apache-2.0
"""`kforge down`: the reverse order, data kept unless it is named, nobody else's objects touched."""

import pytest

from harness.wait import until

FULL = {"database": {"kind": "postgres", "image": "postgres:17"}, "gateway": {"kind": "kong", "replicas": 1},
        "services": {"web": {"image": "shop/web:v1", "port": 8000, "replicas": 1, "routes": ["/api"]}}}


@pytest.mark.control_plane
def test_down_removes_the_project_in_reverse_order_and_keeps_data(project):
    """down-order-and-wait"""
    project.write(FULL)
    project.run("up").expect(0)
    secrets = {item["metadata"]["name"] for item in project.items("database", "secrets")}
    trail = project.audit()
    project.run("down", "--yes").expect(0)
    for tier, kinds in {"backend": "deployments,services,pods", "gateway": "deployments,services,pods", "database": "statefulsets,services,pods"}.items():
        assert [item["metadata"]["name"] for item in project.items(tier, kinds)] == []
    assert [item["status"]["phase"] for item in project.items("database", "pvc")] == ["Bound"]
    assert secrets & project.names("database", "secrets"), "generated values stay"
    workloads = [request.name for request in trail.writes() if request.verb == "delete" and request.resource in ("deployments", "statefulsets")]
    assert workloads == ["kong", "web", "postgres"]
    assert all(project.get(tier, "namespace", name)["status"]["phase"] == "Active" for tier, name in project.namespaces.items() if tier != "auth")


def test_up_after_down_finds_its_data_again(project):
    project.write(FULL)
    project.run("up").expect(0)
    claim = project.items("database", "pvc")[0]["metadata"]["uid"]
    project.run("down", "--yes").expect(0)
    project.run("up").expect(0)
    assert [item["metadata"]["uid"] for item in project.items("database", "pvc")] == [claim]


def test_down_with_delete_data_leaves_nothing(project):
    project.write(FULL)
    project.run("up").expect(0)
    project.run("down", "--delete-data", "--yes").expect(0)
    for name in (project.namespaces["backend"], project.namespaces["database"], project.namespaces["gateway"]):
        until(lambda: project.cluster.try_kubectl("get", "namespace", name).code == 1)


@pytest.mark.control_plane
def test_down_without_a_terminal_wants_the_flag(project):
    project.write_service()
    project.run("up").expect(0)
    trail = project.audit()
    result = project.run("down").expect(40)
    assert "--yes" in result.stderr and trail.writes() == []


def test_down_at_a_terminal_asks_for_the_projects_name(project):
    project.write_service()
    project.run("up").expect(0)
    for answer, code in (("no", 40), (project.name, 0)):
        terminal = project.terminal("down")
        try:
            terminal.wait_for(lambda screen: project.name in screen and screen.rstrip().endswith((":", "?", ">")))
            terminal.type(answer + "\n")
            assert terminal.finish() == code, terminal.everything
        finally:
            terminal.close()
        assert bool(project.items("backend", "deployments")) == (code != 0)


@pytest.mark.control_plane
def test_a_dry_run_shows_what_goes_and_what_stays(project):
    project.write(FULL)
    project.run("up").expect(0)
    trail = project.audit()
    plan = project.run("down", "--dry-run", "-o", "json").expect(0).json()
    assert trail.writes() == []
    removed = {(item["kind"], item["name"]) for item in plan["removed"]}
    kept = {item["kind"] for item in plan["kept"]}
    assert {("Deployment", "web"), ("Deployment", "kong"), ("StatefulSet", "postgres")} <= removed
    assert "PersistentVolumeClaim" in kept and not {"PersistentVolumeClaim", "Namespace"} & {kind for kind, _ in removed}


def test_down_leaves_what_it_does_not_own(project):
    """down-not-owned"""
    project.write_service()
    project.run("up").expect(0)
    theirs = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "theirs"}, "data": {"a": "b"}}
    project.cluster.apply(theirs, arguments=("-n", project.namespaces["backend"]))
    project.run("down", "--yes").expect(0)
    assert "theirs" in project.names("backend", "configmaps")


@pytest.mark.control_plane
def test_down_of_what_is_not_there_has_nothing_to_do(project):
    project.write_service()
    trail = project.audit()
    result = project.run("down", "--yes").expect(0)
    assert "nothing to do" in result.text and trail.writes() == []


def test_a_finalizer_that_nobody_removes_is_named(project):
    """down-finalizer-stuck"""
    project.write_service()
    project.run("up").expect(0)
    project.patch("backend", "service/web", {"metadata": {"finalizers": ["example.com/hold"]}})
    try:
        result = project.run("down", "--yes", "--timeout", "8s").expect(21)
        assert "example.com/hold" in result.stderr and "web" in result.stderr
    finally:
        project.patch("backend", "service/web", {"metadata": {"finalizers": None}})
