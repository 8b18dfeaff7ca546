# SPDX-License-Identifier: Apache-2.0
"""A sandbox of the run's own, in a folder of its own."""

import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def sandbox_kubeconfig(tmp_path_factory):
    kforge = os.environ.get("KFORGE") or ROOT / "build/release/kforge"
    environment = {**os.environ, "XDG_STATE_HOME": str(tmp_path_factory.mktemp("state"))}
    name = ["--name", "conformance"]
    subprocess.run([kforge, "sandbox", "start", *name, "--speed", "10"], env=environment, check=True)
    try:
        found = subprocess.run([kforge, "sandbox", "kubeconfig", *name], env=environment, check=True, capture_output=True, text=True)
        yield Path(found.stdout.strip())
    finally:
        subprocess.run([kforge, "sandbox", "stop", *name], env=environment, check=True)
