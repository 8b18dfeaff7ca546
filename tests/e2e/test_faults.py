# SPDX-License-Identifier: Apache-2.0
"""Faults of the API server and of pods, and what kforge makes of them."""

import pytest


@pytest.fixture
def small(sandbox):
    sandbox.write_service()
    sandbox.start("--speed", "5")
    return sandbox


def play(sandbox, text: str):
    sandbox.write(text, "faults.yaml")
    return sandbox.kforge("sandbox", "faults", "faults.yaml")


@pytest.mark.parametrize("fault", ["latency by=100ms", "too-many-requests retry-after=0 times=5", "status code=503 times=3", "status code=500 times=1",
                                   "leader-change times=1", "watch-cut after=300ms", "watch-expired times=3", "stale-reads behind=3 times=2",
                                   "clock-skew by=10m", "clock-skew by=-10m"])
def test_up_survives_what_passes(small, fault):
    play(small, f"api: [{{fault: {fault}}}]").expect(0)
    small.kforge("up", "--sandbox").expect(0)
    small.kforge("sandbox", "faults", "--clear").expect(0)
    assert "nothing to do" in small.kforge("up", "--sandbox").expect(0).stderr


@pytest.mark.parametrize("fault", ["reset at=0", "reset at=200", "webhook-failure", "status code=504"])
def test_up_says_what_it_cannot_pass_and_converges_afterwards(small, fault):
    play(small, f"api: [{{match: patch deployments, fault: {fault}}}]").expect(0)
    failed = small.kforge("up", "--sandbox", "--timeout", "20s")
    assert failed.code not in (0, 1, 64), failed
    small.kforge("sandbox", "faults", "--clear").expect(0)
    small.kforge("up", "--sandbox").expect(0)


def test_an_expired_certificate_is_named_and_can_be_taken_back(small):
    play(small, "api: [{fault: expired-certificate}]").expect(0)
    assert "expired" in small.kforge("status", "--sandbox").expect(13).stderr
    small.kforge("sandbox", "faults", "--clear").expect(0)
    small.kforge("status", "--sandbox").expect(0)


@pytest.mark.parametrize("fault, word", [("image-missing", "image"), ("crash-loop exit=3", "3"), ("oom", "memory"), ("config-missing", "sandbox-fault")])
def test_a_pod_fault_becomes_a_cause(sandbox, fault, word):
    sandbox.write_service(more=", rollout: {minReadySeconds: 10}")
    play(sandbox, f"pods: [{{match: backend/web, fault: {fault}}}]").expect(0)
    assert word in sandbox.kforge("up", "--sandbox", "--timeout", "60s").expect(20).stderr.lower()


@pytest.mark.parametrize("text, complaint", [("api: [{fault: lag}]", "api[0]: there is no API fault 'lag'"), ("pod: []", "unknown key 'pod'"),
                                             ("api: [{match: fetch, fault: latency}]", "there is no verb 'fetch'"),
                                             ("api: [{fault: status code=200}]", "is not a number from 400 to 599"),
                                             ("pods: [{match: x}]", "pods[0]: 'fault' is missing"), ("api: 3", "api: not a list")])
def test_a_faults_file_that_is_wrong_changes_nothing(small, text, complaint):
    assert complaint in play(small, text).expect(10).stderr
    assert small.kforge("sandbox", "faults").expect(0).stdout == "no faults\n"
