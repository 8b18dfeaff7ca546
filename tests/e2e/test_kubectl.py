# SPDX-License-Identifier: Apache-2.0
"""The guide's kubectl commands against the sandbox, with the real kubectl."""

import json

import pytest

DEPLOYMENT = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web"},
              "spec": {"replicas": 2, "selector": {"matchLabels": {"app": "web"}},
                       "template": {"metadata": {"labels": {"app": "web"}},
                                    "spec": {"containers": [{"name": "web", "image": "web:v1", "ports": [{"containerPort": 80}],
                                                             "env": [{"name": "COLOUR", "value": "green"}]}]}}}}


@pytest.fixture
def web(sandbox):
    """A Deployment `web` that runs."""
    sandbox.start("--speed", "5")
    apply(sandbox, DEPLOYMENT)
    sandbox.kubectl("rollout", "status", "deployment/web", "--timeout=60s")
    return sandbox


def apply(sandbox, document: dict, *arguments: str) -> str:
    return sandbox.kubectl("apply", "-f", "-", *arguments, stdin=json.dumps(document))


def with_image(image: str) -> dict:
    changed = json.loads(json.dumps(DEPLOYMENT))
    changed["spec"]["template"]["spec"]["containers"][0]["image"] = image
    return changed


def test_get_shows_the_usual_columns(web):
    header, row = web.kubectl("get", "deployment", "web").splitlines()
    assert header.split() == ["NAME", "READY", "UP-TO-DATE", "AVAILABLE", "AGE"] and row.split()[:4] == ["web", "2/2", "2", "2"]
    header, *rows = web.kubectl("get", "pods", "-l", "app=web").splitlines()
    assert header.split() == ["NAME", "READY", "STATUS", "RESTARTS", "AGE"]
    assert [row.split()[1:4] for row in rows] == [["1/1", "Running", "0"]] * 2
    assert "sandbox-1" in web.kubectl("get", "nodes", "-o", "wide")


def test_describe_and_events_tell_the_story(web):
    text = web.kubectl("describe", "deployment", "web")
    assert "2 desired | 2 updated | 2 total | 2 available" in text and "ScalingReplicaSet" in text
    pod = web.get("pods")["items"][0]["metadata"]["name"]
    assert all(word in web.kubectl("describe", "pod", pod) for word in ("Scheduled", "Pulled", "Started", "COLOUR"))
    assert "SuccessfulCreate" in web.kubectl("get", "events", "--sort-by=.lastTimestamp")


def test_explain_and_api_resources_know_the_kinds(web):
    assert "rollingUpdate" in web.kubectl("explain", "deployment.spec.strategy")
    names = {line.split()[0] for line in web.kubectl("api-resources").splitlines()}
    assert {"pods", "deployments", "statefulsets", "horizontalpodautoscalers", "ingresses"} <= names


def test_client_side_apply_is_unchanged_the_second_time_and_diff_shows_what_would_change(web):
    assert "unchanged" in apply(web, DEPLOYMENT)
    done = web.try_kubectl("diff", "-f", "-", stdin=json.dumps(with_image("web:v2")))
    assert done.code == 1 and "+      - image: web:v2" in done.stdout.replace("        image", "      - image"), done.stdout


def test_a_list_as_get_prints_it_can_be_applied_and_is_validated(web):
    def listed():
        document = json.loads(web.kubectl("get", "deployment,service", "-o", "json"))
        for item in document["items"]:
            del item["metadata"]["resourceVersion"]  # the status may have changed since
        return document

    for arguments in (("apply",), ("apply", "--server-side", "--force-conflicts")):
        done = web.try_kubectl(*arguments, "-f", "-", stdin=json.dumps(listed()))
        assert done.code == 0, done.stderr
    document = listed()
    document["items"][0]["spec"]["replicaz"] = 2
    refused = web.try_kubectl("apply", "-f", "-", stdin=json.dumps(document))
    assert refused.code == 1 and 'unknown field "replicaz"' in refused.stderr, refused.stderr


def test_top_shows_what_pods_say_that_they_use(web):
    measured = with_image("web:v2")
    measured["spec"]["template"]["metadata"]["annotations"] = {"sandbox.kforge.dev/usage": "cpu=300m memory=120Mi"}
    apply(web, measured)
    web.kubectl("rollout", "status", "deployment/web", "--timeout=60s")
    rows = [line.split()[1:] for line in web.kubectl("top", "pod", "--no-headers").splitlines()]
    assert rows == [["300m", "120Mi"]] * 2
    assert len(web.kubectl("top", "node", "--no-headers").splitlines()) == 3


def test_a_fault_that_cannot_be_read_is_warned_of(web):
    broken = with_image("web:v2")
    broken["spec"]["template"]["metadata"]["annotations"] = {"sandbox.kforge.dev/fault": "crash-lop"}
    done = web.try_kubectl("apply", "-f", "-", stdin=json.dumps(broken))
    assert done.code == 0 and "Warning: sandbox.kforge.dev/fault: there is no fault 'crash-lop'" in done.stderr


def test_server_side_apply_refuses_what_another_manager_owns(web):
    document = json.dumps(with_image("web:v2"))
    refused = web.try_kubectl("apply", "--server-side", "--field-manager=other", "-f", "-", stdin=document)
    assert refused.code == 1 and "Apply failed with 1 conflict" in refused.stderr and ".image" in refused.stderr
    web.kubectl("apply", "--server-side", "--field-manager=other", "--force-conflicts", "-f", "-", stdin=document)


def test_rollouts_can_be_watched_undone_and_restarted(web):
    web.kubectl("set", "image", "deployment/web", "web=web:v2")
    assert "successfully rolled out" in web.kubectl("rollout", "status", "deployment/web", "--timeout=60s")
    assert [line.split()[0] for line in web.kubectl("rollout", "history", "deployment/web").splitlines()[2:] if line] == ["1", "2"]
    web.kubectl("rollout", "undo", "deployment/web")
    web.kubectl("rollout", "status", "deployment/web", "--timeout=60s")
    assert web.get("deployment", "web")["spec"]["template"]["spec"]["containers"][0]["image"] == "web:v1"
    before = {item["metadata"]["uid"] for item in web.get("pods")["items"]}
    web.kubectl("rollout", "restart", "deployment/web")
    web.kubectl("rollout", "status", "deployment/web", "--timeout=60s")
    running = {item["metadata"]["uid"] for item in web.get("pods")["items"] if "deletionTimestamp" not in item["metadata"]}
    assert len(running) == 2 and not running & before


def test_scale_label_patch_and_autoscale(web):
    web.kubectl("scale", "deployment", "web", "--replicas=3")
    web.kubectl("wait", "deployment/web", "--for=jsonpath={.status.availableReplicas}=3", "--timeout=60s")
    web.kubectl("label", "deployment", "web", "team=red")
    web.kubectl("patch", "deployment", "web", "-p", '{"spec": {"minReadySeconds": 1}}')
    live = web.get("deployment", "web")
    assert live["metadata"]["labels"]["team"] == "red" and live["spec"]["minReadySeconds"] == 1
    web.kubectl("autoscale", "deployment", "web", "--min=1", "--max=4", "--cpu=80%")
    assert web.get("hpa", "web")["spec"]["maxReplicas"] == 4


def test_logs_and_exec_reach_the_containers(web):
    assert web.kubectl("logs", "-l", "app=web", "--tail=5") != ""
    pod = web.get("pods")["items"][0]["metadata"]["name"]
    assert "COLOUR=green" in web.kubectl("exec", pod, "--", "env")
    done = web.try_kubectl("exec", pod, "--", "sh", "-c", "exit 3")
    assert done.code == 3, done
    assert web.try_kubectl("exec", pod, "-c", "nobody", "--", "env").code == 1
    assert web.kubectl("exec", "-i", pod, "--", "sh", stdin="echo typed\n") == "typed\n"


def test_delete_takes_everything_that_belongs_to_it(web):
    web.kubectl("delete", "deployment", "web")
    web.kubectl("wait", "pods", "-l", "app=web", "--for=delete", "--timeout=60s")
    assert web.get("replicasets")["items"] == []


def test_a_namespace_goes_with_what_is_in_it(web):
    web.kubectl("create", "namespace", "extra")
    web.kubectl("create", "configmap", "x", "-n", "extra")
    web.kubectl("delete", "namespace", "extra", "--timeout=60s")
    assert web.try_kubectl("get", "namespace", "extra").code == 1


def test_typed_clients_may_send_protobuf(web):
    web.kubectl("create", "deployment", "typed", "--image=typed:v1", "--replicas=0", "--port=80")
    assert web.get("deployment", "typed")["spec"]["replicas"] == 0
    web.kubectl("create", "secret", "generic", "typed", "--from-literal=a=b")
    assert web.get("secret", "typed")["data"] == {"a": "Yg=="}
    assert web.kubectl("auth", "can-i", "create", "pods").strip() == "yes"
