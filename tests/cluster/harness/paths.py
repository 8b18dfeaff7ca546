# SPDX-License-Identifier: Apache-2.0
"""Where things are."""

import os
from pathlib import Path

CLUSTER = Path(__file__).resolve().parents[1]
ROOT = CLUSTER.parents[1]


def kforge_binary() -> Path:
    """The binary under test."""
    return Path(os.environ.get("KFORGE") or ROOT / "build/release/kforge")
