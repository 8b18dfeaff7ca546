# SPDX-License-Identifier: Apache-2.0
"""A project of a test: its folder, namespaces and user are its own, so tests run beside each other."""

import copy
import json
import uuid
from pathlib import Path

from .audit import AuditTrail
from .control_plane import ControlPlane
from .faults import fault_annotation, slow_annotation
from .kforge import Result, Running, environment
from .terminal import TerminalRun
from .yaml_text import to_yaml

TIERS = ("database", "auth", "backend", "gateway")


def merged(base: dict, overlay: dict) -> dict:
    """Maps merge deeply, everything else replaces, None deletes: as environments do in kforge.yaml."""
    result = copy.deepcopy(base)
    for key, value in overlay.items():
        if value is None:
            result.pop(key, None)
        elif isinstance(value, dict) and isinstance(result.get(key), dict):
            result[key] = merged(result[key], value)
        else:
            result[key] = copy.deepcopy(value)
    return result


class TestProject:
    __test__ = False

    def __init__(self, cluster: ControlPlane, folder: Path):
        self.cluster, self.folder = cluster, folder
        self.name = self.fresh_name()
        self.namespaces = {tier: f"{self.name}-{tier}" for tier in TIERS}
        self.user = f"tester-{self.name}"
        self.account = cluster.administrator(self.user, folder)
        self.kubeconfig = cluster.kubeconfig_with(folder / "kubeconfig", self.account)
        self.document: dict = {}

    @staticmethod
    def fresh_name() -> str:
        return f"t{uuid.uuid4().hex[:8]}"

    # --- the project file

    def base(self) -> dict:
        """The keys that keep tests apart and quick."""
        return {"apiVersion": "kforge.dev/v1", "project": self.name, "namespaces": dict(self.namespaces),
                "defaults": {"rollout": {"minReadySeconds": 0}}}

    def write(self, document: dict, name: str = "kforge.yaml") -> Path:
        """Writes the project file: `document` merged over base()."""
        self.document = merged(self.base(), document)
        return self.write_text(to_yaml(self.document), name)

    def write_service(self, image: str = "shop/web:v1", **keys) -> Path:
        """A project of one service, `web`, of one pod."""
        return self.write({"services": {"web": merged({"image": image, "port": 8000, "replicas": 1}, keys)}})

    def change(self, overlay: dict) -> Path:
        """Writes the project file again with something changed."""
        return self.write(merged(self.document, overlay))

    def write_text(self, text: str, name: str = "kforge.yaml") -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    def failing(self, fault: str) -> dict[str, str]:
        """The annotation that makes pods fail so: a word of harness/faults.py."""
        return fault_annotation(self.cluster.is_sandbox, fault)

    def slow(self, length: str) -> dict[str, str]:
        """The annotation that makes pods ready after `length`."""
        return slow_annotation(self.cluster.is_sandbox, length)

    # --- running kforge

    def start(self, *arguments: str, kubeconfig: Path | None = None, env: dict[str, str] | None = None) -> Running:
        return Running(arguments, self.folder, environment(self.folder, kubeconfig or self.kubeconfig, env))

    def run(self, *arguments: str, kubeconfig: Path | None = None, env: dict[str, str] | None = None, timeout: float = 120) -> Result:
        return self.start(*arguments, kubeconfig=kubeconfig, env=env).finish(timeout)

    def terminal(self, *arguments: str, size: tuple[int, int] = (40, 120), env: dict[str, str] | None = None) -> TerminalRun:
        """Runs kforge on a terminal of (lines, columns)."""
        extra = {"TERM": "xterm-256color"} | (env or {})
        return TerminalRun(arguments, self.folder, environment(self.folder, self.kubeconfig, extra), size)

    # --- looking at the cluster

    def audit(self) -> AuditTrail:
        """What this project's user asks of the API server from now on."""
        return AuditTrail(self.cluster.audit_log, self.user,
                          lambda path: self.cluster.try_kubectl("get", "--raw", path, kubeconfig=self.kubeconfig))

    def get(self, tier: str, *arguments: str) -> dict:
        return self.cluster.get("-n", self.namespaces[tier], *arguments)

    def items(self, tier: str, kind: str, *arguments: str) -> list[dict]:
        return self.get(tier, kind, *arguments)["items"]

    def names(self, tier: str, kind: str, *arguments: str) -> set[str]:
        return {item["metadata"]["name"] for item in self.items(tier, kind, *arguments)}

    def deployment(self, name: str = "web", tier: str = "backend") -> dict:
        return self.get(tier, "deployment", name)

    def image_of(self, name: str = "web", tier: str = "backend") -> str:
        return self.deployment(name, tier)["spec"]["template"]["spec"]["containers"][0]["image"]

    def patch(self, tier: str, target: str, patch: dict, *arguments: str) -> None:
        self.cluster.kubectl("patch", "-n", self.namespaces[tier], *target.split("/"), "--type=merge", "-p", json.dumps(patch), *arguments)

    def close(self) -> None:
        self.cluster.drop_namespaces(*self.namespaces.values())
