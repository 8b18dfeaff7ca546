# SPDX-License-Identifier: Apache-2.0
"""A sandbox in the place of the control plane, so that the same tests run on it."""

import os
import subprocess
from pathlib import Path

from .control_plane import ControlPlane
from .paths import CLUSTER, kforge_binary


class SandboxPlane(ControlPlane):
    """Its folder looks like that of a control plane; there is no audit log, and roles are not enforced."""

    @staticmethod
    def start(folder: Path, owner: int) -> "SandboxPlane":
        del owner  # pytest ends it
        kubectl = subprocess.run([CLUSTER / "cluster", "build"], check=True, capture_output=True, text=True).stdout.strip()
        SandboxPlane._run(folder, "start", "--speed", "4")
        home = folder / "kforge/sandbox/tests"
        (folder / "pki").symlink_to(home)
        (folder / "environment").write_text(f"KUBECONFIG={home}/kubeconfig\nKUBECTL={kubectl}/kubectl\nAUDIT_LOG={os.devnull}\n")
        return SandboxPlane(folder)

    @staticmethod
    def _run(folder: Path, verb: str, *arguments: str) -> None:
        subprocess.run([kforge_binary(), "sandbox", verb, "--name", "tests", *arguments], check=True, stdout=subprocess.DEVNULL,
                       env={**os.environ, "XDG_STATE_HOME": str(folder)})

    def stop(self) -> None:
        self._run(self.folder, "stop")
