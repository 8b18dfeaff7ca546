# SPDX-License-Identifier: Apache-2.0
"""The table of known differences names steps that exist, and the docs say why each difference is there."""

from pathlib import Path

from areas import AREAS
from known_differences import KNOWN

DOCS = Path(__file__).resolve().parents[2] / "docs/sandbox-differences.md"


def test_every_known_difference_is_documented():
    text = DOCS.read_text()
    assert [known.why for known in KNOWN if f"- {known.why}\n" not in text] == []


def test_every_known_difference_is_of_a_step_that_is_asked():
    asked = {(area, step.name) for area, steps in AREAS.items() for step in steps()}
    assert [step for known in KNOWN for step in known.steps if step not in asked] == []
