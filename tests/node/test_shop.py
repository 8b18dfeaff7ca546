# SPDX-License-Identifier: Apache-2.0
"""The shop of the guide with real processes: every manifest as rendered, data that stays, updates that nobody notices."""

import json
import uuid
from contextlib import contextmanager

import pytest

from harness.wait import until
from rig.load import Load, Place
from rig.shop import SERVICES, Shop, restarts, stage_seconds

pytestmark = pytest.mark.xdist_group("shop")
TIERS = ["namespaces", "database", "auth", "backend", "gateway"]


@pytest.fixture(scope="module")
def first(cluster, node, tmp_path_factory):
    """The shop, and how its first `up` went. Nobody disturbs the node as long as it is looked at."""
    with node.turn():
        shop = Shop(cluster, tmp_path_factory.mktemp("shop"))
        yield shop, shop.up()


@pytest.fixture
def shop(first):
    """The shop as it stands in examples/."""
    made = first[0]
    made.change()
    made.up()
    return made


def order_something(shop: Shop) -> dict:
    """One order, through the gateway: order-service asks product-service and payment-service, and all three the database."""
    product = shop.ask("/api/products", {"name": f"jug {uuid.uuid4().hex[:8]}", "price_cents": 1250, "stock": 3}).json(201)
    order = shop.ask("/api/orders", {"product_id": product["id"], "quantity": 2}).json(201)
    assert order["total_cents"] == 2500 and order["customer"] == "guest"
    return order


def test_the_first_up_runs_every_manifest_as_it_is_rendered(first):
    shop, result = first
    assert (shop.folder / "kforge.yaml").read_text().startswith("# A shop:")
    ready = stage_seconds(result.stderr)
    print("the first up:", ready)
    assert list(ready) == TIERS or "nothing to do" in result.stderr, "a node that was given may have the shop already"
    for tier in TIERS[1:]:
        labels = shop.get(tier, "namespace", tier)["metadata"]["labels"]
        assert labels["pod-security.kubernetes.io/enforce"] == "restricted"
        for pod in shop.get(tier, "pods")["items"]:
            assert restarts([pod]) == 0, pod["metadata"]["name"]
    # What answers has been asked through the gateway, and has come from the database.
    assert {product["name"] for product in shop.ask("/api/products").json()} >= {"teapot", "kettle", "cup"}
    order = order_something(shop)
    assert shop.ask(f"/api/orders/{order['id']}").json() == order
    assert order["payment_id"] in {payment["id"] for payment in shop.ask("/api/payments").json()}


def test_the_gateway_routes_by_host_and_path_and_names_every_request(shop):
    assert shop.ask("/api/products", host="other.example.com").status == 404
    assert shop.ask("/elsewhere").status == 404
    answer = shop.ask("/api/products", **{"X-Request-ID": "mine"})
    assert answer.headers["X-Request-ID"] == "mine" and answer.headers["x-service-version"] == "v1.0.0"
    assert shop.announce("/api/products", 9 << 20).status == 413


def test_the_provisioning_job_makes_a_database_and_a_role_for_each_part(shop):
    def psql(database: str, question: str) -> list[str]:
        command = ["exec", "-n", "database", "postgres-0", "--", "psql", "-U", "postgres", "-d", database, "-Atc", question]
        return shop.cluster.kubectl(*command).split()

    owners = "SELECT datname || ':' || pg_get_userbyid(datdba) FROM pg_database WHERE NOT datistemplate AND datname <> 'postgres' ORDER BY 1"
    assert psql("postgres", owners) == ["keycloak:keycloak", "order:order", "payment:payment", "product:product"]
    # A role gets into its own database only.
    assert psql("postgres", "SELECT has_database_privilege('order', 'product', 'CONNECT'), has_database_privilege('order', 'order', 'CONNECT')") == ["f|t"]
    [job] = shop.get("database", "jobs")["items"]
    assert job["status"]["succeeded"] == 1


def test_a_second_up_changes_nothing(shop):
    before = {pod["metadata"]["uid"] for tier in TIERS[1:] for pod in shop.get(tier, "pods")["items"]}
    again = shop.up()
    assert "nothing to do" in again.stderr and again.seconds < 15
    assert {pod["metadata"]["uid"] for tier in TIERS[1:] for pod in shop.get(tier, "pods")["items"]} == before


def test_keycloak_signs_tokens_that_the_services_accept(shop):
    """Inside of the cluster: order-service reads Keycloak's keys, as its environment says."""
    pod = shop.pods("backend", "order-service")[0]["metadata"]["name"]
    script = "fetch(process.env.KEYCLOAK_JWKS_URL).then(async (answer) => console.log(JSON.stringify(await answer.json())))"
    keys = json.loads(shop.cluster.kubectl("exec", "-n", "backend", pod, "--", "node", "-e", script))["keys"]
    assert {"RS256"} <= {key["alg"] for key in keys}
    forged = {"Authorization": "Bearer eyJhbGciOiJSUzI1NiIsImtpZCI6IngifQ.eyJleHAiOjk5OTk5OTk5OTl9.AAAA"}
    assert shop.ask("/api/orders", {"product_id": 1, "quantity": 1}, **forged).status == 401


@contextmanager
def customers(shop: Shop):
    """They ask thousands of times, from before a change of product-service until after it, and all get their answer."""
    place = Place(shop.gateway)
    with Load(place) as kept, Load(place, keep_alive=False) as fresh:
        until(lambda: min(kept.count, fresh.count) > 200, timeout=60)
        yield kept, fresh
        # A change is over when the old pods have gone, which is later than when the new ones are ready.
        until(lambda: len(shop.get("backend", "pods", "-l", "app.kubernetes.io/name=product-service")["items"]) == 2, timeout=120)
        changed = kept.count, fresh.count
        until(lambda: kept.count > max(changed[0] + 200, 1000) and fresh.count > max(changed[1] + 200, 1000), timeout=120)
    print("requests:", kept.count, "kept,", fresh.count, "fresh")
    assert kept.bad == [] and fresh.bad == []


def test_a_rolling_update_and_its_rollback_lose_no_request(shop):
    with customers(shop) as updated:
        shop.use(product="v2.0.0")
        shop.up()
    with customers(shop) as rolled_back:
        shop.run("rollback", "--yes", "product-service").expect(0)
    for load in (*updated, *rolled_back):
        assert set(load.versions) == {"v1.0.0", "v2.0.0"}


def test_a_restart_loses_no_request(shop):
    before = {pod["metadata"]["uid"] for pod in shop.pods("backend", "product-service")}
    with customers(shop):
        shop.run("restart", "product-service").expect(0)
    assert not before & {pod["metadata"]["uid"] for pod in shop.pods("backend", "product-service")}


def test_data_outlives_down_and_comes_back_with_up(shop):
    order = order_something(shop)
    shop.run("down", "--yes").expect(0)
    for tier in TIERS[1:]:
        until(lambda: shop.get(tier, "pods")["items"] == [], timeout=150)
    assert len(shop.get("database", "pvc")["items"]) == 1
    shop.up()
    assert shop.ask(f"/api/orders/{order['id']}").json() == order
    assert all(shop.pods("backend", name) for name in SERVICES)
