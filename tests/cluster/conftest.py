# SPDX-License-Identifier: Apache-2.0
"""One control plane for the whole run, shared by all workers; one project, with namespaces and a user of its own, for each test.

With `--on sandbox` the same tests run on a sandbox, but for those marked `control_plane`.
"""

import os
import shutil
import tempfile
from pathlib import Path

import pytest

from harness.control_plane import ControlPlane
from harness.paths import kforge_binary
from harness.project import TestProject
from harness.proxy import FaultyProxy
from harness.sandbox_plane import SandboxPlane

VARIABLE = "KFORGE_TEST_CLUSTER"
_own: ControlPlane | None = None


def pytest_addoption(parser):
    parser.addoption("--on", choices=("control-plane", "sandbox"), default="control-plane", help="what the tests run on")


def pytest_collection_modifyitems(config, items):
    if config.option.on == "sandbox":
        left = [item for item in items if item.get_closest_marker("control_plane")]
        config.hook.pytest_deselected(items=left)
        items[:] = [item for item in items if item not in left]


def pytest_configure(config):
    global _own
    if hasattr(config, "workerinput") or VARIABLE in os.environ or config.option.collectonly:
        return
    folder = Path(tempfile.mkdtemp(prefix="kforge-cluster-"))
    _own = (SandboxPlane if config.option.on == "sandbox" else ControlPlane).start(folder, owner=os.getpid())
    os.environ[VARIABLE] = str(folder)  # the workers inherit it


def pytest_unconfigure(config):
    if _own:
        logs = os.environ.get("KFORGE_TEST_LOGS")
        if logs and (_own.folder / "logs").exists():
            shutil.copytree(_own.folder / "logs", logs, dirs_exist_ok=True)
        _own.stop()


@pytest.fixture(scope="session")
def cluster() -> ControlPlane:
    return ControlPlane(Path(os.environ[VARIABLE]))


@pytest.fixture
def project(cluster, tmp_path):
    assert kforge_binary().exists(), f"{kforge_binary()} is missing: build the release preset, or set KFORGE"
    made = TestProject(cluster, tmp_path)
    yield made
    made.close()


@pytest.fixture
def namespace(cluster, tmp_path):
    """A namespace for tests that use kubectl alone."""
    name = TestProject.fresh_name()
    cluster.make_namespaces(name)
    yield name
    cluster.drop_namespaces(name)


@pytest.fixture
def proxy(cluster):
    with FaultyProxy(cluster.port) as made:
        yield made
