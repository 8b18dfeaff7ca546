# SPDX-License-Identifier: Apache-2.0
"""The bases in manifests/ are complete Kubernetes YAML: the API server takes every file as it stands."""

import pytest

from harness.paths import ROOT
from harness.project import TIERS

pytestmark = pytest.mark.control_plane

FILES = sorted((ROOT / "manifests").rglob("*.yaml"))
RESTRICTED = {f"pod-security.kubernetes.io/{mode}": "restricted" for mode in ("enforce", "warn", "audit")}


@pytest.fixture(scope="module")
def guide_namespaces(cluster):
    """The namespaces that the bases name. Nothing but dry runs goes there, so workers may share them."""
    cluster.apply(*({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": tier, "labels": RESTRICTED}} for tier in TIERS))


def test_there_are_bases_for_every_tier():
    assert {path.parent.name for path in FILES} >= {"namespaces", *TIERS}


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT / "manifests")))
def test_the_api_server_takes_a_base_as_it_stands(cluster, guide_namespaces, path):
    done = cluster.try_kubectl("apply", "--server-side", "--dry-run=server", "--validate=strict", "-f", str(path))
    assert done.code == 0, done.stderr
    # Unknown fields, deprecated versions and pods that are not `restricted` come back as warnings.
    assert "Warning" not in done.stderr, done.stderr
    assert done.stdout.count("serverside-applied (server dry run)") == path.read_text().count("\nkind: "), done.stdout
