# SPDX-License-Identifier: Apache-2.0
"""Looking at what runs: describe, events, top."""

import pytest

from harness.wait import until


def test_describe_answers_what_kubectl_describe_would(project):
    project.write_service(replicas=2, env={"LOG_LEVEL": "debug"})
    project.run("up").expect(0)
    text = project.run("describe", "web").expect(0).stdout
    for pod in project.items("backend", "pods"):
        assert pod["metadata"]["name"] in text and pod["spec"]["nodeName"] in text
    assert "shop/web:v1" in text and "LOG_LEVEL=debug" in text
    assert f"web.{project.namespaces['backend']}.svc.cluster.local:8000" in text
    assert "ScalingReplicaSet" in text, "the Deployment's events are on the page"

    project.change({"services": {"web": {"image": "shop/web:v2"}}})
    project.run("up").expect(0)
    changes = project.run("describe", "web", "-o", "json").expect(0).json()["changes"]
    assert changes[0]["what"].startswith("image v1 -> v2"), changes


def test_describe_shows_why_a_pod_does_not_start(project):
    project.write_service("shop/web:crash")
    project.run("up", "--no-wait").expect(0)
    text = until(lambda: (t := project.run("describe", "web").expect(0).stdout) and "exit code" in t and t)
    assert "KF" in text and "kforge explain" in text


def test_events_are_those_of_kubectl_in_order(project):
    project.write_service(replicas=3)
    project.run("up").expect(0)
    listed = {event["metadata"]["name"]: event for event in project.items("backend", "events")}
    shown = project.run("events", "-o", "json").expect(0).json()["events"]
    assert sum(row["count"] for row in shown) >= len(listed)
    assert {row["reason"] for row in shown} == {event["reason"] for event in listed.values()}
    times = [row["last"] for row in shown]
    assert times == sorted(times)
    started = next(row for row in shown if row["reason"] == "Started")
    assert len(started["objects"]) == 3, "the same event of three pods is one row"
    assert project.run("events", "--warnings", "-o", "json").expect(0).json()["events"] == [
        row for row in shown if row["type"] == "Warning"]


def test_events_are_followed(project):
    project.write_service()
    project.run("up").expect(0)
    terminal = project.terminal("events", "web", "-f")
    try:
        terminal.wait_for("Scheduled")
        project.cluster.kubectl("scale", "-n", project.namespaces["backend"], "deployment/web", "--replicas=2")
        terminal.wait_for("from 1 to 2")
        terminal.type("\x03")
        assert terminal.finish(10) == 130
    finally:
        terminal.close()


@pytest.mark.control_plane  # a sandbox has metrics
def test_top_without_a_metrics_server(project):
    project.write_service()
    project.run("up").expect(0)
    result = project.run("top").expect(15)
    assert "no metrics server" in result.stderr and "hint" in result.stderr


def test_status_at_three_widths_keeps_what_matters(project):
    project.write_service(replicas=2)
    project.run("up").expect(0)
    for lines, columns in ((24, 40), (24, 80), (50, 160)):
        terminal = project.terminal("status", "-v", size=(lines, columns))
        try:
            assert terminal.finish(30) == 0
            assert "web" in terminal.screen and "2/2" in terminal.screen, terminal.screen
            assert all(len(line) <= columns for line in terminal.screen.splitlines())
        finally:
            terminal.close()
