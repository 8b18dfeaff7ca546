# SPDX-License-Identifier: Apache-2.0
"""`kforge schema` and `kforge check` say the same about the structure of a project file."""

import json
import os
import re
import subprocess
from pathlib import Path

import pytest
import yaml
from jsonschema import Draft202012Validator

from documents import FULL, SMALL, WRONG, mutations, with_value

ROOT = Path(__file__).resolve().parents[2]
BINARY = Path(os.environ.get("KFORGE") or ROOT / "build/release/kforge")
EXAMPLES = sorted(ROOT.glob("examples/**/kforge.yaml"))

# What the parser says about structure; everything else needs more than one place of the file, or other files.
STRUCTURAL = re.compile(r"must be |unknown key |has no '\w+'$|has no value| exclude each other| is not a[n]? |is not a key|needs exactly one|cannot differ|has more than ")


def kforge(*arguments):
    environment = {"PATH": os.environ["PATH"], "X": "1", "NO_COLOR": "1"}
    return subprocess.run([BINARY, *arguments], capture_output=True, text=True, env=environment, timeout=30)


@pytest.fixture(scope="module")
def validator():
    schema = json.loads(kforge("schema").stdout)
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


def structural_problems(folder, document):
    """Exit code and structural messages of `kforge check`. JSON is YAML."""
    (folder / "secrets").mkdir(exist_ok=True)
    (folder / "secrets/a.key").write_text("k")
    path = folder / "kforge.yaml"
    path.write_text(json.dumps(document, indent=1))
    result = kforge("check", "-f", str(path))
    assert result.returncode in (0, 10), result.stderr
    messages = [line.split(" error: ", 1)[1] for line in result.stderr.splitlines() if " error: " in line]
    return result.returncode, [message for message in messages if STRUCTURAL.search(message)]


def test_there_are_examples():
    assert EXAMPLES


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.parent.name)
def test_examples_are_accepted(validator, path):
    validator.validate(yaml.safe_load(path.read_text()))
    assert kforge("check", "-f", str(path)).returncode == 0


@pytest.mark.parametrize("document", [SMALL, FULL], ids=["small", "full"])
def test_good_documents_are_accepted(validator, tmp_path, document):
    validator.validate(document)
    assert structural_problems(tmp_path, document)[1] == []


@pytest.mark.parametrize("path,value", WRONG, ids=lambda part: ".".join(map(str, part)) if isinstance(part, tuple) else "")
def test_wrong_documents_are_refused(validator, tmp_path, path, value):
    document = with_value(FULL, path, value)
    assert not validator.is_valid(document)
    code, problems = structural_problems(tmp_path, document)
    assert code == 10
    assert problems


@pytest.mark.parametrize("seed", range(8))
def test_a_random_change_is_judged_alike(validator, tmp_path, seed):
    for path, document in mutations(40, seed):
        code, problems = structural_problems(tmp_path, document)
        error = next(validator.iter_errors(document), None)
        if error is None:
            assert not problems, (path, problems)
        else:
            assert code == 10 and problems, (path, error.message)
