# SPDX-License-Identifier: Apache-2.0
"""One node for the whole run, shared by all workers; the shop on it once; a project of its own for every other test."""

import fcntl
import os
from pathlib import Path

import pytest

from harness.control_plane import ControlPlane
from harness.paths import kforge_binary
from harness.project import TestProject
from rig.node import Node


@pytest.fixture(scope="session")
def folder() -> Path:
    assert kforge_binary().exists(), f"{kforge_binary()} is missing: build the release preset, or set KFORGE"
    return Path(os.environ["KFORGE_TEST_NODE"])


@pytest.fixture(scope="session")
def cluster(folder) -> ControlPlane:
    return ControlPlane(folder / "control-plane")


@pytest.fixture(scope="session")
def node(folder) -> Node:
    return Node(folder)


@pytest.fixture(autouse=True)
def turn(folder, request):
    """Tests run beside each other, but for those that disturb the node for all: these wait for the others and have it alone."""
    alone = request.node.get_closest_marker("alone")
    with (folder / "settings/turn").open("a") as turns:
        fcntl.flock(turns, fcntl.LOCK_EX if alone else fcntl.LOCK_SH)
        yield


@pytest.fixture
def project(cluster, tmp_path):
    made = TestProject(cluster, tmp_path)
    yield made
    made.close()
