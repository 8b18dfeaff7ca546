# SPDX-License-Identifier: Apache-2.0
"""A sandbox for each test: tests run beside each other and share nothing."""

import pytest

from harness.paths import kforge_binary
from sandbox import Sandbox


@pytest.fixture
def sandbox(tmp_path):
    assert kforge_binary().exists(), f"{kforge_binary()} is missing: build the release preset, or set KFORGE"
    made = Sandbox(tmp_path)
    yield made
    made.close()


@pytest.fixture
def shop(sandbox):
    """The shop of the examples, deployed."""
    sandbox.write_shop()
    sandbox.deploy()
    return sandbox
