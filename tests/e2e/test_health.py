# SPDX-License-Identifier: Apache-2.0
"""health, run, open and exec in the sandbox."""

import subprocess

from harness.kforge import environment
from harness.paths import kforge_binary


def test_health_asks_every_pod_and_every_route(shop):
    document = shop.kforge("health", "--sandbox", "-o", "json").expect(0).json()
    services = {row["service"]: row for row in document["services"]}
    assert set(services) == {"postgres", "keycloak", "product-service", "order-service", "payment-service", "kong"}
    assert all(row["healthy"] for row in services.values())
    assert {pod["answer"]["status"] for pod in services["order-service"]["pods"]} == {200}
    assert services["postgres"]["url"] is None, "pg_isready is no URL"
    text = shop.kforge("health", "--from-gateway", "--sandbox").expect(0).stdout
    assert all(path in text for path in ("/api/products", "/api/orders", "/api/payments"))


def test_health_names_the_pod_that_is_ill(shop):
    shop.write("pods: [{match: backend/order-service, fault: never-ready}]", "faults.yaml")
    shop.kforge("sandbox", "faults", "faults.yaml").expect(0)
    pods = [item["metadata"]["name"] for item in shop.get("pods", "-n", "backend", "-l", "kforge.dev/service=order-service")["items"]]
    shop.kubectl("delete", "pod", pods[0], "-n", "backend", "--wait=true")
    result = shop.kforge("health", "order-service", "--sandbox").expect(20)
    assert "pods ready" in result.stdout and "unhealthy" in result.stdout
    shop.kforge("stop", "order-service", "--sandbox", "--no-wait").expect(0)
    assert shop.kforge("health", "product-service", "--sandbox").expect(0)


def test_health_from_the_gateway_finds_a_route_that_is_not_there(shop):
    """The project file has a route that was never deployed: Kong knows none, and says so."""
    text = (shop.folder / "kforge.yaml").read_text()
    shop.write(text.replace("routes: [/api/orders]", "routes: [/api/orders, /api/baskets]"))
    result = shop.kforge("health", "--from-gateway", "--sandbox").expect(20)
    [broken] = [line.split() for line in result.stdout.splitlines() if "broken" in line]
    assert broken[:2] == ["/api/baskets", "order-service"] and "404" in broken
    assert "the gateway has no such route" in result.stdout
    routes = {row["path"]: row for row in shop.kforge("health", "--from-gateway", "--sandbox", "-o", "json").expect(20).json()["routes"]}
    assert [path for path, row in routes.items() if not row["healthy"]] == ["/api/baskets"]
    assert routes["/api/baskets"]["problem"] == "the gateway has no such route" and routes["/api/baskets"]["answer"]["status"] == 404
    shop.kforge("health", "payment-service", "--from-gateway", "--sandbox").expect(0)
    shop.kforge("up", "--sandbox").expect(0)
    shop.kforge("health", "--from-gateway", "--sandbox").expect(0)


def test_health_from_a_gateway_that_is_not_there(shop):
    text = (shop.folder / "kforge.yaml").read_text()
    shop.write(text.replace("gateway: {kind: kong, host: api.shop.example.com}\n", "").replace("    gateway: {replicas: 1, expose: NodePort}\n", ""))
    assert "has no gateway" in shop.kforge("health", "--from-gateway", "--sandbox").expect(15).stderr


def test_run_reaches_services_from_inside_and_leaves_nothing_behind(shop):
    url = "http://product-service.backend.svc.cluster.local:8000/health"
    assert '"status":"ok"' in shop.kforge("run", "--sandbox", "--", "wget", "-qO-", url).expect(0).stdout
    assert shop.kforge("run", "--sandbox", "--", "wget", "-qO-", "http://nobody:1/").code == 1
    assert "debug-" not in shop.kubectl("get", "pods", "-A", "--no-headers")
    assert "is no image" in shop.kforge("run", "--image", "UPPER", "--sandbox").expect(64).stderr


def test_run_obeys_pod_security(shop):
    """The pod is one that the namespace of a `restricted` project admits."""
    labels = shop.get("namespace", "backend")["metadata"]["labels"]
    assert labels["pod-security.kubernetes.io/enforce"] == "restricted"
    shop.kforge("run", "--sandbox", "--", "true").expect(0)


def test_open_prints_the_url_of_a_route(shop):
    url = shop.kforge("open", "product-service", "--no-try", "--sandbox").expect(0).stdout
    assert url.startswith("http") and url.endswith("/api/products\n")
    assert "port-forward postgres" in shop.kforge("open", "postgres", "--sandbox").expect(15).stderr


def test_exec_passes_the_exit_code_and_the_end_of_stdin(shop):
    assert shop.kforge("exec", "order-service", "--sandbox", "--", "sh", "-c", "exit 7").code == 7
    assert shop.kforge("exec", "order-service", "--sandbox", "--", "no-such-program").code == 14
    done = subprocess.run([kforge_binary(), "exec", "-i", "order-service", "--sandbox", "--", "cat"], cwd=shop.folder,
                          env=environment(shop.folder, None), input=b"to the end", capture_output=True, timeout=60)
    assert (done.returncode, done.stdout) == (0, b"to the end"), done.stderr
