# SPDX-License-Identifier: Apache-2.0
"""What kforge has recorded of Kubernetes is what the API server says: the schema table, and who owns what after an apply."""

import json
import os
import subprocess
import sys

import pytest

from harness.paths import ROOT

pytestmark = pytest.mark.control_plane

CAPTURED = ROOT / "tests/unit/schema/captured/field_sets.json"


def test_the_schema_table_is_what_the_api_server_publishes(cluster):
    done = subprocess.run([sys.executable, ROOT / "tools/schema/generate.py", "--check", "--kubectl", cluster.kubectl_binary],
                          env={**os.environ, "KUBECONFIG": str(cluster.kubeconfig)}, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, f"tools/schema/generate.py rewrites the table\n{done.stdout}{done.stderr}"


def identity(thing):
    return thing["apiVersion"], thing["kind"], thing["metadata"]["name"]


def fields_of_kforge(thing):
    return next((entry["fieldsV1"] for entry in thing["metadata"].get("managedFields", []) if entry["manager"] == "kforge"), None)


def test_the_api_server_records_the_field_sets_that_the_unit_tests_replay(cluster):
    recorded = [scenario["steps"][0] for scenario in json.loads(CAPTURED.read_text())]
    applied = [step["body"] for step in recorded]
    for thing in applied:
        thing["metadata"].pop("namespace", None)
    text = json.dumps({"apiVersion": "v1", "kind": "List", "items": applied})
    answer = cluster.kubectl("apply", "--server-side", "--force-conflicts", "--field-manager=kforge", "--dry-run=server",
                             "--validate=false",   # some of the nulls do not pass kubectl's own checks
                             "--namespace=default", "--show-managed-fields", "-o", "json", "-f", "-", stdin=text)
    live = {identity(thing): fields_of_kforge(thing) for thing in json.loads(answer)["items"]}
    assert live == {identity(step["answer"]): fields_of_kforge(step["answer"]) for step in recorded}
