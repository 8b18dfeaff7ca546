# SPDX-License-Identifier: Apache-2.0
"""The answers that the sandbox is compared with are those of this version of Kubernetes."""

import subprocess
import sys

import pytest

from harness.paths import ROOT

pytestmark = pytest.mark.control_plane


def test_the_api_server_answers_as_recorded(cluster):
    done = subprocess.run([sys.executable, "-B", ROOT / "tests/conformance/record.py", "--check", cluster.kubeconfig], capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, f"tests/conformance/record.py records anew\n{done.stdout}{done.stderr}"
