# SPDX-License-Identifier: Apache-2.0
"""The guide's shop in the sandbox: what a newcomer does in the first minutes."""

import re

WORKLOADS = [("statefulset", "database", "postgres"), ("deployment", "auth", "keycloak"), ("deployment", "backend", "product-service"),
             ("deployment", "backend", "order-service"), ("deployment", "backend", "payment-service"), ("deployment", "gateway", "kong")]


def test_the_shop_comes_up_changes_fails_and_goes_away(sandbox):
    path = sandbox.write_shop()
    first = sandbox.kforge("up", "--sandbox").expect(0)
    assert first.stderr.count("started sandbox 'shop'") == 1
    for kind, namespace, name in WORKLOADS:
        live = sandbox.get(kind, name, "-n", namespace)
        assert live["status"]["availableReplicas"] == live["spec"]["replicas"] > 0, (kind, name)

    again = sandbox.kforge("up", "--sandbox").expect(0)
    assert "nothing to do" in again.stderr and "started sandbox" not in again.stderr
    status = sandbox.kforge("status", "--sandbox", "-o", "json").expect(0).json()
    assert {row["name"] for row in status["objects"] if row["verdict"] == "ready"} >= {name for _, _, name in WORKLOADS}

    text = path.read_text()
    path.write_text(re.sub(r"order-service:v[0-9.]+", "order-service:v2.0.0", text))
    sandbox.kforge("up", "--sandbox").expect(0)
    container = sandbox.get("deployment", "order-service", "-n", "backend")["spec"]["template"]["spec"]["containers"][0]
    assert container["image"].endswith("order-service:v2.0.0")

    path.write_text(re.sub(r"order-service:v[0-9.]+", "order-service:missing", text))
    broken = sandbox.kforge("up", "--sandbox").expect(20)
    assert "order-service:missing" in broken.stderr

    path.write_text(text)
    sandbox.kforge("up", "--sandbox").expect(0)
    sandbox.kforge("down", "--sandbox", "--yes").expect(0)
    for kind, namespace, name in WORKLOADS:
        assert sandbox.try_kubectl("get", kind, name, "-n", namespace).code == 1, name


def test_the_shop_still_runs_after_kill_9(sandbox):
    sandbox.write_shop()
    sandbox.kforge("up", "--sandbox").expect(0)
    pods = {item["metadata"]["uid"] for item in sandbox.get("pods", "-A")["items"]}
    sandbox.kill()
    assert "nothing to do" in sandbox.kforge("up", "--sandbox").expect(0).stderr
    assert {item["metadata"]["uid"] for item in sandbox.get("pods", "-A")["items"]} == pods


def test_a_rollout_that_is_too_slow_times_out(sandbox):
    sandbox.write_service(more=", rollout: {minReadySeconds: 0}")
    sandbox.start()
    sandbox.write("pods: [{match: small/web, fault: never-ready}, {match: backend/web, fault: never-ready}]", "faults.yaml")
    sandbox.kforge("sandbox", "faults", "faults.yaml").expect(0)
    assert sandbox.kforge("up", "--sandbox", "--timeout", "4s").code in (20, 21)


def test_the_sandbox_and_another_cluster_do_not_go_together(sandbox):
    sandbox.write_service()
    assert "name two clusters" in sandbox.kforge("up", "--sandbox", "--context", "prod").expect(64).stderr


def test_the_variable_chooses_the_sandbox_too(sandbox):
    sandbox.write_service()
    sandbox.kforge("up", env={"KFORGE_SANDBOX": "true"}).expect(0)
    assert sandbox.status()["state"] == "running"


def test_a_cluster_that_is_named_wins_over_the_variable(sandbox):
    sandbox.start()
    kubeconfig = sandbox.kforge("sandbox", "kubeconfig").stdout.strip()
    done = sandbox.kforge("config", "view-connection", "-o", "json", "--kubeconfig", kubeconfig, "--server", "https://127.0.0.1:1",
                          env={"KFORGE_SANDBOX": "true"}).expect(0)
    assert done.json()["server"] == "https://127.0.0.1:1"
