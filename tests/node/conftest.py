# SPDX-License-Identifier: Apache-2.0
"""One node for the whole run, shared by all workers; the shop on it once; a project of its own for every other test."""

import os
from pathlib import Path

import pytest

from harness.control_plane import ControlPlane
from harness.paths import kforge_binary
from harness.project import TestProject
from rig.node import Node


def pytest_collection_modifyitems(items):
    """No test depends on the order; but less time is spent waiting when the longest come first, and those that are alone last."""
    def rank(item):
        return 2 if item.get_closest_marker("alone") else 0 if item.get_closest_marker("xdist_group") else 1
    items.sort(key=rank)


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
def turn(node, request):
    with node.turn(alone=request.node.get_closest_marker("alone") is not None):
        yield


@pytest.fixture
def project(cluster, tmp_path):
    made = TestProject(cluster, tmp_path)
    yield made
    made.close()
