# SPDX-License-Identifier: Apache-2.0
"""Killed, or cut off, at any request: the same `up` again ends where an undisturbed one ends.

By default every write is struck after the server has it, and some requests before; KFORGE_TEST_EVERY_REQUEST=1 strikes all of them."""

import json
import os
import re
import signal
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest

from request_proxy import RequestProxy

EVERY = bool(os.environ.get("KFORGE_TEST_EVERY_REQUEST"))
WRITE_STEP, READ_STEP = (1, 1) if EVERY else (3, 24)
KINDS = ["api/v1/namespaces/{0}/configmaps", "api/v1/namespaces/{0}/secrets", "api/v1/namespaces/{0}/services",
         "api/v1/namespaces/{0}/serviceaccounts", "apis/apps/v1/namespaces/{0}/deployments",
         "apis/autoscaling/v2/namespaces/{0}/horizontalpodautoscalers", "apis/policy/v1/namespaces/{0}/poddisruptionbudgets"]
OF_A_RUN = ("uid", "resourceVersion", "creationTimestamp", "generation", "managedFields")
NOTES_OF_A_RUN = ("kubernetes.io/change-cause", "deployment.kubernetes.io/revision")


def comparable(item: dict, name: str) -> str:
    metadata = item["metadata"]
    for field in OF_A_RUN:
        metadata.pop(field, None)
    for field in NOTES_OF_A_RUN:
        metadata.get("annotations", {}).pop(field, None)
    item.pop("status", None)
    for field in ("clusterIP", "clusterIPs"):
        item.get("spec", {}).pop(field, None)
    if item.get("type", "").startswith(("Opaque", "kforge.dev/")):
        item["data"] = sorted(item.get("data", {}))
    text = re.sub(rf"\b{name}\b", "PROJECT", json.dumps(item, sort_keys=True))
    return re.sub(r"applyset-[\w-]+-v1", "SET", re.sub(r"\b[0-9a-f]{8}\b", "HASH", text))


class Deploys:
    """Projects of one service, each in a namespace of its own, deployed through a proxy of their own."""

    def __init__(self, sandbox):
        self.sandbox = sandbox
        self.folder = sandbox.folder

    def run(self, name: str, *arguments: str):
        folder = self.folder / name
        return self.sandbox.kforge("-f", str(folder / "kforge.yaml"), "--kubeconfig", str(folder / "kubeconfig"), *arguments)

    def write(self, name: str, image: str, level: str) -> None:
        folder = self.folder / name
        folder.mkdir(exist_ok=True)
        (folder / "kforge.yaml").write_text(
            f"apiVersion: kforge.dev/v1\nproject: {name}\nnamespaces: {{backend: {name}}}\n"
            "defaults: {rollout: {minReadySeconds: 0}}\n"
            "secrets: {session: {key: {generate: {length: 32}}}}\n"
            f"services: {{web: {{image: \"{image}\", port: 8000, replicas: 1, env: {{LEVEL: {level}}}, secretEnv: {{KEY: session.key}}}}}}\n")

    def first(self, name: str, proxy: RequestProxy) -> None:
        self.write(name, "web:v1", "info")
        proxy.kubeconfig(self.folder / name / "kubeconfig")
        self.run(name, "up").expect(0)
        self.write(name, "web:v2", "debug")

    def state(self, name: str, proxy: RequestProxy) -> list[str]:
        """Every object without what differs between two runs and two projects."""
        connection, found = proxy.connect(), []
        for kind in KINDS:
            connection.request("GET", "/" + kind.format(name))
            for item in json.loads(connection.getresponse().read())["items"]:
                if "kforge.dev/revision" not in item["metadata"].get("labels", {}):
                    found.append(comparable(item, name))
        connection.close()
        return sorted(found)

    def check_healed(self, name: str, proxy: RequestProxy, expected: list[str]) -> None:
        state = self.state(name, proxy)
        assert state == expected, f"only here: {set(state) - set(expected)}\nonly there: {set(expected) - set(state)}"
        assert self.run(name, "lock", "--show", "-o", "json").expect(0).json()["locked"] is False
        statuses = [release["status"] for release in self.run(name, "history", "-o", "json").expect(0).json()["releases"]]
        assert statuses[0] == "deployed" and "pending" not in statuses, statuses
        assert "nothing to do" in self.run(name, "up").expect(0).stderr


@pytest.fixture
def deploys(sandbox):
    sandbox.start("--speed", "50")
    return Deploys(sandbox)


def undisturbed(deploys) -> tuple[list[str], dict[str, int]]:
    with RequestProxy(deploys.sandbox) as proxy:
        deploys.first("straight", proxy)
        proxy.seen = {"read": 0, "write": 0}
        deploys.run("straight", "up").expect(0)
        seen = dict(proxy.seen)
        return deploys.state("straight", proxy), seen


def struck(deploys, name: str, kind: str, number: int, when: str, killing: bool, expected) -> None:
    with RequestProxy(deploys.sandbox) as proxy:
        deploys.first(name, proxy)
        folder = deploys.folder / name
        running = []

        def act():
            if killing:
                with suppress(ProcessLookupError):
                    os.kill(running[0].pid, signal.SIGKILL)

        proxy.strike(kind, number, when, act)
        running.append(deploys.sandbox.start_kforge("-f", str(folder / "kforge.yaml"), "--kubeconfig", str(folder / "kubeconfig"), "up"))
        first = running[0].finish()
        assert not killing or first.code in (-signal.SIGKILL, 0), first
        deploys.run(name, "up").expect(0)
        deploys.check_healed(name, proxy, expected)


@pytest.mark.parametrize("killing", [True, False], ids=["killed", "reset"])
def test_struck_at_any_request_the_next_up_converges(deploys, killing):
    expected, seen = undisturbed(deploys)
    assert seen["write"] >= 8 and seen["read"] >= 20, seen
    strikes = [("write", number, "after") for number in range(seen["write"])]
    strikes += [("write", number, "before") for number in range(0, seen["write"], WRITE_STEP)]
    strikes += [("read", number, "before") for number in range(0, seen["read"], READ_STEP)]
    with ThreadPoolExecutor(4) as workers:
        runs = {workers.submit(struck, deploys, f"{kind[0]}{number}{when[0]}", kind, number, when, killing, expected): (kind, number, when)
                for kind, number, when in strikes}
    failures = {strike: run.exception() for run, strike in runs.items() if run.exception()}
    assert not failures, "\n\n".join(f"{strike}: {failure}" for strike, failure in failures.items())
