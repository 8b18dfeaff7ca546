# SPDX-License-Identifier: Apache-2.0
"""`kforge render`: what it writes is plain Kubernetes YAML that kubectl applies in the order of its folders."""

import json
import shutil

import jsonschema
import pytest

from harness.paths import ROOT
from harness.shop import write_shop
from harness.wait import until

ORDER = ("namespaces", "database", "auth", "backend", "gateway")


def test_the_rendered_folders_are_applied_by_kubectl_in_order(project):
    write_shop(project)
    project.run("render", "--dir", "k8s").expect(0)
    folders = [name for name in ORDER if (project.folder / "k8s" / name).is_dir()]
    assert folders == list(ORDER)
    for name in folders:
        done = project.cluster.try_kubectl("apply", "--server-side", "-f", str(project.folder / "k8s" / name))
        assert done.code == 0, done.stderr
        assert "Warning" not in done.stderr, done.stderr
    # Secret values are not rendered, so nothing starts properly; but every pod passes admission.
    until(lambda: len(project.items("backend", "pods")) >= 3)
    for tier in ORDER[1:]:
        refused = [event["message"] for event in project.items(tier, "events") if event["reason"] == "FailedCreate"]
        assert refused == []


def test_the_api_server_takes_the_render_and_warns_of_nothing(project):
    write_shop(project)
    listed = project.run("render", "-o", "json").expect(0).json()
    namespaces = [item for item in listed["items"] if item["kind"] == "Namespace"]
    project.cluster.apply(*namespaces)
    done = project.cluster.try_kubectl("apply", "--server-side", "--dry-run=server", "-f", "-", stdin=json.dumps(listed))
    assert done.code == 0, done.stderr
    assert "Warning" not in done.stderr, done.stderr
    assert done.stdout.count("serverside-applied") == len(listed["items"])


def test_rendering_needs_no_cluster_and_gives_the_same_bytes(project):
    write_shop(project)
    nowhere = project.folder / "nowhere"
    first = project.run("render", kubeconfig=nowhere).expect(0).stdout
    assert first == project.run("render", kubeconfig=nowhere).expect(0).stdout and first.count("\n---\n") > 20


def test_up_finds_what_render_wrote_unchanged_but_for_secrets(project):
    """The same names and content, whether kubectl or kforge applies them."""
    write_shop(project)
    rendered = {(item["kind"], item["metadata"].get("namespace"), item["metadata"]["name"])
                for item in project.run("render", "-o", "json").expect(0).json()["items"]}
    project.run("up").expect(0)
    applied = {(row["kind"], row["namespace"] or None, row["name"]) for row in project.run("up", "--dry-run", "-o", "json").expect(0).json()["objects"]}
    for kind, namespace, name in rendered:
        arguments = ("-n", namespace) if namespace else ()
        assert project.cluster.try_kubectl("get", kind, name, *arguments).code == 0, (kind, namespace, name)
    assert applied <= rendered


@pytest.fixture
def validator(project):
    schema = project.run("schema").expect(0).json()
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


def test_the_schema_takes_what_kforge_takes(project, validator):
    project.write({"services": {"web": {"image": "shop/web:v1", "port": 8000, "replicas": 2, "routes": ["/api", {"path": "/x", "auth": "none"}]}},
                   "database": {"kind": "postgres"}, "gateway": {"kind": "kong"}, "environments": {"laptop": {"services": {"*": {"replicas": 1}}}}})
    project.run("check").expect(0)
    assert [error.message for error in validator.iter_errors(project.document)] == []


@pytest.mark.parametrize("change", [{"replica": 1}, {"port": "eight"}, {"image": 3}, {"scale": {"min": "two"}}], ids=json.dumps)
def test_the_schema_refuses_what_kforge_refuses(project, validator, change):
    project.write({"services": {"web": {"image": "shop/web:v1", "port": 8000} | change}})
    project.run("check").expect(10)
    assert list(validator.iter_errors(project.document))


def test_the_example_is_valid(project):
    shutil.copytree(ROOT / "examples/shop", project.folder / "shop")
    project.run("check", "-f", "shop/kforge.yaml").expect(0)
