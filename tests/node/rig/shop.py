# SPDX-License-Identifier: Apache-2.0
"""The shop of examples/, exactly as it stands there, on the node; and a customer in front of its gateway."""

import http.client
import json
import re
import shutil
from pathlib import Path

from harness.control_plane import ControlPlane
from harness.kforge import Result, Running, environment
from harness.paths import ROOT

HOST = "api.shop.example.com"
SERVICES = ("product-service", "order-service", "payment-service")


class Shop:
    def __init__(self, cluster: ControlPlane, folder: Path):
        self.cluster, self.folder = cluster, folder
        shutil.copytree(ROOT / "examples/shop", folder, dirs_exist_ok=True)
        self._path = folder / "kforge.yaml"
        self._original = self._path.read_text()

    # --- the project file

    def change(self, *replacements: tuple[str, str]) -> None:
        """Writes the project file as it is in examples/, with words of it replaced."""
        text = self._original
        for old, new in replacements:
            assert old in text, old
            text = text.replace(old, new)
        self._path.write_text(text)

    def use(self, **versions: str) -> None:
        """Sets the tags of services: product="v2.0.0"."""
        self.change(*((f"{name}-service:v1.0.0", f"{name}-service:{tag}") for name, tag in versions.items()))

    # --- kforge

    def start(self, *arguments: str) -> Running:
        return Running(arguments, self.folder, environment(self.folder, self.cluster.kubeconfig))

    def run(self, *arguments: str, timeout: float = 900) -> Result:
        return self.start(*arguments).finish(timeout)

    def up(self, *arguments: str) -> Result:
        """Limits are generous: Keycloak's first start takes minutes on a busy machine."""
        return self.run("up", "--timeout", "14m", *arguments).expect(0)

    # --- the cluster

    def get(self, tier: str, *arguments: str) -> dict:
        return self.cluster.get("-n", tier, *arguments)

    def pods(self, tier: str, name: str) -> list[dict]:
        """The pods of a workload that are not on their way out."""
        items = self.get(tier, "pods", "-l", f"app.kubernetes.io/name={name}")["items"]
        return [pod for pod in items if "deletionTimestamp" not in pod["metadata"]]

    # --- a customer

    @property
    def gateway(self) -> str:
        return self.get("gateway", "service", "kong-proxy")["spec"]["clusterIP"]

    def ask(self, path: str, body: dict | None = None, host: str = HOST, **headers: str) -> "Answer":
        connection = http.client.HTTPConnection(self.gateway, 80, timeout=30)
        data = json.dumps(body) if body is not None else None
        connection.request("POST" if data else "GET", path, data, {"Host": host, "Content-Type": "application/json"} | headers)
        return self._answer(connection)

    def announce(self, path: str, size: int) -> "Answer":
        """Says that a body of that size comes, and waits for the answer instead of sending it."""
        connection = http.client.HTTPConnection(self.gateway, 80, timeout=30)
        connection.putrequest("POST", path, skip_host=True)
        for name, value in {"Host": HOST, "Content-Length": str(size)}.items():
            connection.putheader(name, value)
        connection.endheaders()
        return self._answer(connection)

    @staticmethod
    def _answer(connection: http.client.HTTPConnection) -> "Answer":
        answer = connection.getresponse()
        text = answer.read().decode()
        connection.close()
        return Answer(answer.status, text, answer.headers)


class Answer:
    def __init__(self, status: int, text: str, headers):
        self.status, self.text, self.headers = status, text, headers

    def json(self, status: int = 200):
        assert self.status == status, f"{self.status}, not {status}: {self.text}"
        return json.loads(self.text)


def restarts(pods: list[dict]) -> int:
    return sum(status["restartCount"] for pod in pods for status in pod["status"].get("containerStatuses", []))


def stage_seconds(stderr: str) -> dict[str, float]:
    """When each stage was ready, from the plain lines of `up`."""
    return {name: float(second) for second, name in re.findall(r"(?m)^\[([\d.]+)s\] (\w+) ready", stderr)}
