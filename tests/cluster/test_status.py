# SPDX-License-Identifier: Apache-2.0
"""`kforge status`: what runs, from the cluster and from a saved list."""

import json

import pytest

from harness.wait import until


def rows(result):
    return {(row["kind"], row["name"]): row for row in result.json()["objects"]}


@pytest.mark.control_plane
def test_status_of_a_running_project(project):
    project.write_service(replicas=2)
    project.run("up").expect(0)
    trail = project.audit()
    result = project.run("status", "-o", "json").expect(0)
    row = rows(result)[("Deployment", "web")]
    assert row["verdict"] == "ready" and row["namespace"] == project.namespaces["backend"]
    text = project.run("status").expect(0).stdout
    assert "web" in text and "2/2" in text and "v1" in text and "backend" in text
    pods = project.names("backend", "pods")
    assert all(name in project.run("status", "-v").expect(0).stdout for name in pods)
    assert trail.writes() == []


def test_status_says_why_a_service_does_not_run(project):
    project.write_service("shop/web:missing")
    project.run("up", "--no-wait").expect(0)
    until(lambda: "ImagePullBackOff" in json.dumps(project.items("backend", "pods")))
    row = until(lambda: (r := rows(project.run("status", "-o", "json").expect(0))[("Deployment", "web")])["verdict"] != "ready" and r["reason"] and r)
    assert row["reason"] == "ImageNotFound" or "image" in json.dumps(row).lower()
    assert "0/1" in project.run("status").expect(0).stdout


def test_status_of_a_project_that_is_not_deployed(project):
    project.write_service()
    assert "not deployed" in project.run("status").expect(0).text
    assert project.run("status", "-o", "json").expect(0).json()["objects"] == []


def test_status_from_a_saved_list_needs_no_cluster(project):
    project.write_service(replicas=2)
    project.run("up").expect(0)
    listed = project.cluster.kubectl("get", "-n", project.namespaces["backend"], "all", "-o", "json")
    project.write_text(listed, "saved.json")
    result = project.run("status", "--from", "saved.json", "-o", "json", kubeconfig=project.folder / "nowhere").expect(0)
    assert rows(result)[("Deployment", "web")]["verdict"] == "ready"


def test_watching_redraws_until_ctrl_c(project):
    project.write_service(annotations=project.slow("3s"))
    project.run("up", "--no-wait").expect(0)
    terminal = project.terminal("status", "--watch")
    try:
        terminal.wait_for(lambda screen: "0/1" in screen)
        terminal.wait_for(lambda screen: "1/1" in screen and "0/1" not in screen)
        terminal.type("\x03")
        assert terminal.finish(10) == 130
        assert not terminal.cursor_hidden and terminal.settings == terminal.settings_before
    finally:
        terminal.close()


def test_config_view_connection_names_the_server_and_no_secret(project):
    shown = project.run("config", "view-connection", "-o", "json").expect(0)
    document = shown.json()
    assert document["server"] == project.cluster.server and document["context"] == "test" and document["auth"] == "client-certificate"
    assert document["tls"]["insecure"] is False and str(project.kubeconfig) in json.dumps(document["sources"])
    assert project.account["client-key-data"] not in shown.text
