# SPDX-License-Identifier: Apache-2.0
"""The whole shop of the guide, from nothing to `down`."""

import re

import pytest

from harness.events import check_events
from harness.shop import write_shop

TIERS = ["namespaces", "database", "auth", "backend", "gateway"]
WORKLOADS = [("StatefulSet", "database", "postgres"), ("Deployment", "auth", "keycloak"), ("Deployment", "backend", "product-service"),
             ("Deployment", "backend", "order-service"), ("Deployment", "backend", "payment-service"), ("Deployment", "gateway", "kong")]


@pytest.mark.control_plane
def test_the_shop_comes_up_tier_by_tier_and_stays_as_it_is(project):
    write_shop(project)
    trail = project.audit()
    result = project.run("up", "--events", "events.ndjson", timeout=240).expect(0)
    assert [line for line in result.stderr.splitlines() if "warning" in line.lower()] == []

    events = check_events((project.folder / "events.ndjson").read_text())
    ended = [event for event in events if event["type"] == "stage_ended"]
    assert [(event["stage"], event["status"]) for event in ended] == [(tier, "ready") for tier in TIERS]
    for earlier, later in zip(TIERS, TIERS[1:]):  # a stage is a hard gate
        end = next(event["seq"] for event in ended if event["stage"] == earlier)
        assert all(event["seq"] > end for event in events if event["type"] == "applied" and event["stage"] == later)

    for kind, tier, name in WORKLOADS:
        live = project.get(tier, kind, name)
        assert live["status"]["availableReplicas"] == live["spec"]["replicas"] > 0, (kind, name)
    created = [request.name for request in trail.writes() if request.resource in ("deployments", "statefulsets") and request.code == 201]
    assert created[:2] == ["postgres", "keycloak"] and created[-1] == "kong" and len(created) == 6

    # Every pod passes the restricted standard that its namespace enforces.
    for tier in TIERS[1:]:
        labels = project.get(tier, "namespace", project.namespaces[tier])["metadata"]["labels"]
        assert labels["pod-security.kubernetes.io/enforce"] == "restricted"
        assert [event["message"] for event in project.items(tier, "events") if event["reason"] == "FailedCreate"] == []

    # Again: nothing to do, and no write at all.
    trail = project.audit()
    again = project.run("up").expect(0)
    assert trail.writes() == [], [str(request) for request in trail.writes()]
    assert "nothing to do" in again.stderr and again.seconds < 5

    status = project.run("status", "-o", "json").expect(0).json()
    assert {(row["kind"], row["name"]) for row in status["objects"] if row["verdict"] == "ready"} >= {(kind, name) for kind, _, name in WORKLOADS}

    # An image change touches one service.
    path = project.folder / "kforge.yaml"
    text, count = re.subn(r"order-service:v[0-9.]+", "order-service:v9.0.0", path.read_text())
    assert count >= 1
    path.write_text(text)
    trail = project.audit()
    project.run("up").expect(0)
    workloads = [request for request in trail.writes() if request.resource in ("deployments", "statefulsets")]
    assert [(request.name, request.manager) for request in workloads] == [("order-service", "kforge"), ("order-service", "kforge-cause")]
    assert project.image_of("order-service").endswith("order-service:v9.0.0")

    project.run("down", "--yes", timeout=240).expect(0)
    for kind, tier, name in WORKLOADS:
        assert project.items(tier, f"{kind.lower()}s") == []
    assert len(project.items("database", "pvc")) == 1


def test_a_terminal_shows_the_tiers_while_they_come_up(project):
    write_shop(project)
    terminal = project.terminal("up")
    try:
        terminal.wait_for(lambda screen: "postgres" in screen and "gateway" in screen)
        assert terminal.finish(240) == 0, terminal.everything
        assert all(tier in terminal.screen for tier in TIERS), terminal.screen
        assert "kforge status" in terminal.screen, "the next steps stand at the end"
        assert not terminal.cursor_hidden and terminal.settings == terminal.settings_before
    finally:
        terminal.close()
