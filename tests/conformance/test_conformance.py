# SPDX-License-Identifier: Apache-2.0
"""The sandbox answers as a real control plane did when its answers were recorded (record.py)."""

import json

import pytest

from areas import AREAS
from compare import differences
from known_differences import reason_of
from record import answers_of, file_of

GOAL = 0.98  # of the compared fields, in every area


def compare(recorded: dict, answers: dict, area: str) -> tuple[int, list[str]]:
    """The number of compared fields, and a line for each that differs without a reason."""
    assert recorded.keys() == answers.keys(), "the recordings are of other steps: run record.py"
    fields, lines = 0, []
    for step, expected in recorded.items():
        count, different = differences(expected, answers[step])
        fields += count
        lines += [f"{step} {line}" for line in different if reason_of(area, step, line) is None]
    return fields, lines


@pytest.mark.parametrize("area", AREAS)
def test_the_sandbox_answers_as_a_cluster_does(area, sandbox_kubeconfig, record_property):
    fields, lines = compare(json.loads(file_of(area).read_text()), answers_of(sandbox_kubeconfig, area), area)
    share = 1 - len(lines) / fields
    record_property("matches", f"{fields - len(lines)}/{fields}")
    print(f"{area}: {fields - len(lines)} of {fields} fields match, {share:.1%}")
    print("\n".join(lines))
    assert share >= GOAL
