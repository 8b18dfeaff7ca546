#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Keeps what a real control plane answers.

record.py KUBECONFIG [AREA...]           writes the answers to recorded/
record.py --check KUBECONFIG [AREA...]   says where they differ from recorded/; exits 1 when they do
"""

import json
import sys
from pathlib import Path

from api import Api
from areas import AREAS
from compare import differences, neutral, without_status
from steps import clear, run

RECORDED = Path(__file__).resolve().parent / "recorded"


def answers_of(kubeconfig: Path, area: str) -> dict[str, dict]:
    """What is compared of an area: {step: {status, body}}, with neutral names."""
    steps = AREAS[area]()
    answers = run(Api(kubeconfig), steps)
    result = {}
    for step in (step for step in steps if step.compared):
        body = answers[step.name].body
        result[step.name] = {"status": answers[step.name].status, "body": neutral(body if step.until else without_status(body))}
    return result


def file_of(area: str) -> Path:
    return RECORDED / f"{area.replace(' ', '-')}.json"


def write(kubeconfig: Path, area: str) -> bool:
    RECORDED.mkdir(exist_ok=True)
    answers = answers_of(kubeconfig, area)
    file_of(area).write_text(json.dumps(answers, indent=1, sort_keys=True) + "\n")
    print(f"{area}: {len(answers)} answers")
    return True


def check(kubeconfig: Path, area: str) -> bool:
    _, lines = differences(json.loads(file_of(area).read_text()), answers_of(kubeconfig, area))
    for line in lines:
        print(f"{area}{line}")
    return not lines


def main(arguments: list[str]) -> int:
    act = check if arguments[:1] == ["--check"] else write
    match arguments[1:] if act is check else arguments:
        case [kubeconfig, *areas]:
            results = [act(Path(kubeconfig), area) for area in areas or AREAS]
            clear(Api(Path(kubeconfig)))
            return 0 if all(results) else 1
    print(__doc__, file=sys.stderr)
    return 64


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
