# SPDX-License-Identifier: Apache-2.0
"""Ending a run early: it says what was and was not applied, and the next run goes on from there."""

import signal

import pytest

from harness.events import check_events
from harness.wait import until


def write_slow(project):
    """A service that takes an hour to get ready, and a gateway after it."""
    project.write({"gateway": {"kind": "kong", "replicas": 1},
                   "services": {"web": {"image": "shop/web:v1", "port": 8000, "replicas": 1, "routes": ["/api"],
                                        "annotations": project.slow("1h")}}})


@pytest.mark.parametrize("number, code, kind", [(signal.SIGINT, 130, "interrupted"), (signal.SIGTERM, 143, "terminated")])
def test_a_signal_ends_the_run_and_says_what_was_applied(project, number, code, kind):
    write_slow(project)
    running = project.start("up", "-o", "json", "--progress", "plain", "--events", "events.ndjson")
    until(lambda: project.items("backend", "pods"))
    running.signal(number)
    result = running.finish(20).expect(code)
    document = result.json()
    assert document["error"]["kind"] == kind and document["exitCode"] == code
    assert document["notReached"] == ["gateway"]
    assert {"kind": "Deployment", "ns": project.namespaces["backend"], "name": "web"} in document["applied"]
    assert "not reached: gateway" in result.stderr and "applied: " in result.stderr
    assert project.items("gateway", "deployments") == []
    assert check_events((project.folder / "events.ndjson").read_text())[-1]["exitCode"] == code


def test_the_next_run_goes_on(project):
    write_slow(project)
    running = project.start("up", "--progress", "plain")
    until(lambda: project.items("backend", "pods"))
    running.signal(signal.SIGINT)
    running.finish(20).expect(130)
    project.change({"services": {"web": {"annotations": None}}})
    project.run("up").expect(0)
    assert project.deployment()["status"]["availableReplicas"] == 1
    assert project.deployment("kong", "gateway")["status"]["availableReplicas"] == 1


def test_killed_at_any_moment_the_next_run_converges(project):
    project.write({"database": {"kind": "postgres", "image": "postgres:17"},
                   "services": {"web": {"image": "shop/web:v1", "port": 8000, "replicas": 1}}})
    for moment in ("namespaces", "database applied", "database ready"):
        running = project.start("up", "--progress", "plain")
        running.wait_for(lambda text: moment in text or "done" in text)
        running.signal(signal.SIGKILL)
        running.finish(20)
    project.run("up").expect(0)
    assert "nothing to do" in project.run("up").expect(0).stderr


def test_ctrl_c_at_a_terminal_ends_the_run_and_leaves_the_terminal_as_it_was(project):
    write_slow(project)
    terminal = project.terminal("up")
    try:
        terminal.wait_for(lambda screen: "web" in screen and "0/1" in screen)
        terminal.type("\x03")
        assert terminal.finish(20) == 130, terminal.everything
        assert "not reached: gateway" in terminal.everything, terminal.everything
        assert not terminal.cursor_hidden and terminal.settings == terminal.settings_before
    finally:
        terminal.close()
