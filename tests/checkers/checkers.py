# SPDX-License-Identifier: Apache-2.0
"""Running kforge, kube-score, checkov and decK, and what they found as sets."""

import json
import os
import re
import subprocess
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[2]
# Projects that between them render every object that kforge knows: file, environment.
PROJECTS = {
    "shop": ("examples/shop/kforge.yaml", ""),
    "laptop": ("examples/shop/kforge.yaml", "laptop"),
    "one-service": ("tests/golden/render/one-service/kforge.yaml", ""),
    "shared-database": ("tests/golden/render/shared-database/kforge.yaml", ""),
    "no-database": ("tests/golden/render/no-database/kforge.yaml", ""),
    "gateway": ("tests/golden/render/gateway/kforge.yaml", ""),
}
SECRETS = {"TLS_CERTIFICATE": "certificate", "TLS_KEY": "key", "PARTNER_B_KEY": "key"}


def render(project):
    """The documents of a project, as `kforge render` prints them."""
    binary = Path(os.environ.get("KFORGE") or ROOT / "build/release/kforge")
    assert binary.exists(), f"{binary} is missing: build the release preset, or set KFORGE"
    file, environment = PROJECTS[project]
    arguments = [str(binary), "render", "-f", str(ROOT / file)] + (["-e", environment] if environment else [])
    done = subprocess.run(arguments, capture_output=True, text=True, env=os.environ | SECRETS, check=False)
    assert done.returncode == 0, done.stderr
    return list(yaml.safe_load_all(done.stdout))


def is_waiver(annotation):
    return annotation == "kube-score/ignore" or annotation.startswith("checkov.io/skip")


def without_waivers(documents):
    """The same documents as a checker sees them that knows no excuse."""
    bare = json.loads(json.dumps(documents))
    for document in bare:
        annotations = document["metadata"].get("annotations", {})
        for name in [name for name in annotations if is_waiver(name)]:
            del annotations[name]
    return bare


def identity(document):
    metadata = document["metadata"]
    return document["kind"], metadata.get("namespace", ""), metadata["name"]


def waived(documents, annotation, check_of):
    """What the annotations excuse: check_of splits a value into checks."""
    return {(check, *identity(document))
            for document in documents
            for name, value in document["metadata"].get("annotations", {}).items() if re.fullmatch(annotation, name)
            for check in check_of(value)}


def kube_score(documents):
    """Findings below a full grade."""
    done = subprocess.run(["kube-score", "score", "--output-format", "json", "-"], input=yaml.safe_dump_all(documents),
                          capture_output=True, text=True, check=False)
    assert done.returncode in (0, 1) and done.stdout.startswith("["), done.stderr
    scored = json.loads(done.stdout)
    assert scored
    return {(check["check"]["id"], item["type_meta"]["kind"], item["object_meta"].get("namespace", ""), item["object_meta"]["name"])
            for item in scored for check in item["checks"] or () if not check["skipped"] and check["grade"] < 10}


def checkov(folder):
    """Of all files in the folder: failed ones as (check, namespace, name) by file, and the reasons of skipped ones by check."""
    done = subprocess.run(["checkov", "--directory", str(folder), "--framework", "kubernetes", "--skip-download", "-o", "json"],
                          capture_output=True, text=True, check=False)
    report = json.loads(done.stdout)
    assert report["summary"]["parsing_errors"] == 0 and report["summary"]["passed"] > 0, report["summary"]
    failed, reasons = {}, {}
    for found in report["results"]["failed_checks"]:
        failed.setdefault(Path(found["file_path"]).stem, set()).add((found["check_id"], *owner(found["resource"])))
    for found in report["results"]["skipped_checks"]:
        reasons.setdefault(found["check_id"], set()).add(found["check_result"]["suppress_comment"])
    return failed, reasons


def owner(resource):
    """Namespace and name. A pod of a template goes under its workload's name, with its labels behind it:
    `Pod.backend.order-service.app.kubernetes.io/component-api…`."""
    _, namespace, name = resource.split(".", 2)
    return namespace, name.split(".app.kubernetes.io/")[0]


def kong_files(documents):
    """Every declarative file of Kong that the render shows; in a Secret its text is not shown."""
    return [document["data"]["kong.yml"] for document in documents if "kong.yml" in document.get("data", {})]


def deck(text):
    """What decK finds in a declarative file: unknown keys, missing ones, references to nothing. It asks no Kong."""
    done = subprocess.run(["deck", "validate", "--no-color", "--state", "-"], input=text, capture_output=True, text=True, check=False)
    assert done.returncode == 0 or "errors occurred" in done.stderr, done.stderr
    return [line.strip() for line in done.stderr.splitlines()[1:] if line.strip()]
