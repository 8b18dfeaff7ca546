# SPDX-License-Identifier: Apache-2.0
"""A sandbox of a test's own, kforge and kubectl on it."""

import json
import os
import shutil
import signal
import subprocess
from dataclasses import dataclass
from pathlib import Path

from harness.kforge import Result, Running, environment
from harness.paths import ROOT
from harness.wait import until


@dataclass(frozen=True)
class Completed:
    code: int
    stdout: str
    stderr: str


def has_ended(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True


class Sandbox:
    """Everything it writes is below `folder`; HOME is there, too, so nobody's kubeconfig is near."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.name = "default"

    # --- kforge

    def start_kforge(self, *arguments: str, env: dict[str, str] | None = None) -> Running:
        return Running(arguments, self.folder, environment(self.folder, None, env))

    def kforge(self, *arguments: str, timeout: float = 240, env: dict[str, str] | None = None) -> Result:
        return self.start_kforge(*arguments, env=env).finish(timeout)

    def start(self, *arguments: str) -> dict:
        return self.kforge("sandbox", "start", "-o", "json", *arguments).expect(0).json()

    def deploy(self) -> None:
        """Starts it, twenty times as fast as life, and deploys the project."""
        self.start("--speed", "20")
        self.kforge("up", "--sandbox").expect(0)

    def status(self) -> dict:
        return self.kforge("sandbox", "status", "-o", "json").expect(0).json()

    def kill(self) -> None:
        pid = self.status()["pid"]
        os.kill(pid, signal.SIGKILL)
        until(lambda: has_ended(pid))

    def close(self) -> None:
        self.kforge("sandbox", "stop", "--name", self.name)

    # --- projects

    def write(self, text: str, name: str = "kforge.yaml") -> Path:
        path = self.folder / name
        path.write_text(text)
        return path

    def write_shop(self) -> Path:
        shutil.copytree(ROOT / "examples/shop", self.folder, dirs_exist_ok=True)
        self.name = "shop"
        return self.folder / "kforge.yaml"

    def write_service(self, image: str = "web:v1", more: str = "") -> None:
        """A project of one service, `web`."""
        self.name = "small"
        self.write("apiVersion: kforge.dev/v1\nproject: small\ndefaults: {rollout: {minReadySeconds: 0}}\n"
                   f"services:\n  web: {{image: \"{image}\", port: 8000, replicas: 1{more}}}\n")

    # --- kubectl

    @property
    def home(self) -> Path:
        return self.folder / ".local/state/kforge/sandbox" / self.name

    @property
    def log(self) -> str:
        return (self.home / "sandbox.log").read_text()

    def try_kubectl(self, *arguments: str, stdin: str | None = None, timeout: float = 120) -> Completed:
        command = [os.environ["KFORGE_TEST_KUBECTL"], "--kubeconfig", str(self.home / "kubeconfig"),
                   "--cache-dir", str(self.folder / "kubectl-cache"), *arguments]
        done = subprocess.run(command, input=stdin, text=True, capture_output=True, timeout=timeout,
                              env=environment(self.folder, None))
        return Completed(done.returncode, done.stdout, done.stderr)

    def kubectl(self, *arguments: str, stdin: str | None = None) -> str:
        done = self.try_kubectl(*arguments, stdin=stdin)
        assert done.code == 0, f"kubectl {' '.join(arguments)}: {done.stdout}{done.stderr}"
        return done.stdout

    def get(self, *arguments: str) -> dict:
        return json.loads(self.kubectl("get", "-o", "json", *arguments))
