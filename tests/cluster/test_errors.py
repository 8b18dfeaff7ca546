# SPDX-License-Identifier: Apache-2.0
"""What is wrong outside of a rollout: accounts, connections, the file, the object, the command line. Each has its exit code."""

import socket

import pytest


def error_of(result):
    error = result.json()["error"]
    assert error["exitCode"] == result.code and error["message"]
    return error


@pytest.mark.control_plane
def test_an_account_without_the_right_is_told_which_one(project):
    namespace = project.namespaces["backend"]
    project.cluster.make_namespaces(namespace)
    reader = [{"apiGroups": ["", "apps", "batch", "autoscaling", "policy", "coordination.k8s.io"], "resources": ["*"], "verbs": ["get", "list", "watch"]}]
    account = project.cluster.service_account(namespace, "reader", reader)
    kubeconfig = project.cluster.kubeconfig_with(project.folder / "narrow", account)
    project.write({"namespaces": {"create": False}, "services": {"web": {"image": "shop/web:v1", "port": 8000, "replicas": 1}}})
    result = project.run("up", kubeconfig=kubeconfig).expect(12)
    assert namespace in result.stderr and "reader" in result.stderr
    assert any(verb in result.stderr for verb in ("create", "patch")), result
    assert project.items("backend", "deployments") == [], "nothing was written"
    assert error_of(project.run("up", "-o", "json", kubeconfig=kubeconfig).expect(12))["kind"] == "forbidden"


def test_a_refused_token_is_not_authenticated(project):
    project.write_service()
    kubeconfig = project.cluster.kubeconfig_with(project.folder / "stale", {"token": "not-a-token-of-this-cluster"})
    result = project.run("up", "-o", "json", kubeconfig=kubeconfig).expect(11)
    assert error_of(result)["kind"] == "not_authenticated"
    assert "not-a-token-of-this-cluster" not in result.text


def test_a_closed_port_is_unreachable(project):
    project.write_service()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    kubeconfig = project.cluster.kubeconfig_with(project.folder / "closed", project.account, f"https://127.0.0.1:{port}")
    result = project.run("up", "-o", "json", kubeconfig=kubeconfig).expect(13)
    assert error_of(result)["kind"] == "unreachable" and str(port) in result.stderr and result.seconds < 30


def test_a_server_with_another_ca_is_not_trusted(project, tmp_path):
    import json
    project.write_service()
    config = json.loads(project.kubeconfig.read_text())
    (tmp_path / "other.crt").write_text("")
    import subprocess
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", tmp_path / "other.key",
                    "-out", tmp_path / "other.crt", "-subj", "/CN=other", "-days", "1"], check=True, capture_output=True)
    del config["clusters"][0]["cluster"]["certificate-authority-data"]
    config["clusters"][0]["cluster"]["certificate-authority"] = "other.crt"
    (tmp_path / "untrusted").write_text(json.dumps(config))
    result = project.run("up", kubeconfig=tmp_path / "untrusted").expect(13)
    assert "certificate" in result.stderr


def test_no_kubeconfig_is_said_so(project):
    project.write_service()
    result = project.run("up", kubeconfig=project.folder / "nowhere").expect(13)
    assert "kubeconfig" in result.stderr


def test_a_context_that_is_not_there_is_said_so(project):
    project.write_service()
    result = project.run("up", "--context", "tset").expect(13)
    assert "tset" in result.stderr and "test" in result.stderr


def test_a_silent_server_ends_at_the_timeout(project, proxy):
    project.write_service()
    kubeconfig = project.cluster.kubeconfig_with(project.folder / "silent", project.account, proxy.server)
    proxy.hold()
    result = project.run("up", "--timeout", "5s", kubeconfig=kubeconfig)
    assert result.code in (13, 21), result
    assert result.seconds < 40


def test_connections_that_break_while_waiting_do_not_matter(project, proxy):
    project.write_service(annotations=project.slow("3s"))
    kubeconfig = project.cluster.kubeconfig_with(project.folder / "cut", project.account, proxy.server)
    running = project.start("up", "--progress", "plain", kubeconfig=kubeconfig)
    running.wait_for("backend applied")
    proxy.cut()
    running.finish().expect(0)
    assert project.deployment()["status"]["availableReplicas"] == 1


@pytest.mark.control_plane
def test_an_object_the_server_refuses_is_named_with_its_field(project):
    project.write_service()
    project.change({"patches": [{"kind": "Service", "name": "web", "patch": {"spec": {"clusterIP": "192.0.2.1"}}}]})
    trail = project.audit()
    result = project.run("up")
    assert result.code == 14, result
    assert "clusterIP" in result.stderr and "web" in result.stderr
    assert error_of(project.run("up", "-o", "json").expect(14))["kind"] == "rejected"
    assert [request for request in trail.writes() if request.resource == "deployments"] == []


@pytest.mark.parametrize("text, place, words", [
    ("services:\n  web: {image: 'shop/web:v1', port: 8000, replica: 3}\n", ":4:", ["unknown key 'replica'", "'replicas'"]),
    ("services:\n  web: {image: 'shop/web:v1', port: eight}\n", ":4:", ["port"]),
    ("services:\n  web: {image: 'shop/web:v1', port: 8000, uses: [wbe]}\n", ":4:", ["wbe"]),
    ("services: [\n", ":", []),
])
@pytest.mark.control_plane
def test_a_mistake_in_the_file_is_shown_with_its_place(project, text, place, words):
    project.write_text(f"apiVersion: kforge.dev/v1\nproject: {project.name}\n{text}")
    trail = project.audit()
    result = project.run("up").expect(10)
    assert f"kforge.yaml{place}" in result.stderr and all(word in result.stderr for word in words), result
    assert trail.requests() == [], "nothing was sent to the cluster"


def test_no_project_file_is_said_so(project):
    result = project.run("up").expect(10)
    assert "kforge.yaml" in result.stderr


def test_a_service_that_is_not_there_is_said_so(project):
    project.write_service()
    result = project.run("up", "wbe").expect(15)
    assert "wbe" in result.stderr and "'web'" in result.stderr


@pytest.mark.parametrize("arguments", [("up", "--no-such-option"), ("upp",), ("up", "--timeout", "soon")])
def test_a_wrong_command_line_is_usage(project, arguments):
    project.write_service()
    project.run(*arguments).expect(64)


@pytest.mark.control_plane
def test_a_project_for_another_context_is_refused(project):
    project.write_service()
    project.change({"kubernetes": {"context": "production"}})
    trail = project.audit()
    result = project.run("up")
    assert result.code in (13, 40), result
    assert "production" in result.stderr and trail.writes() == []
