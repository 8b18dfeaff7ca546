#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""lint.py CHECK [--source DIR] [--build DIR]: prints what is wrong, one per line, and exits 1 when something is."""

import argparse
import sys
from pathlib import Path

import built
import layering
import libraries
import scenarios
import sizes
import syntax
import texts
from tree import Tree

CHECKS = {
    "layering": layering.problems,
    "libraries": libraries.problems,
    "built": built.problems,
    "licences": texts.licences,
    "environment": texts.environment,
    "sleeps": texts.sleeps,
    "machine": texts.machine,
    "scenarios": scenarios.problems,
    "sizes": sizes.problems,
    "shell": syntax.shell,
    "python": syntax.python,
    "formatting": syntax.formatting,
}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("check", choices=[*CHECKS, "all"])
    parser.add_argument("--source", type=Path, default=Path(__file__).resolve().parents[2])
    parser.add_argument("--build", type=Path)
    arguments = parser.parse_args()
    tree = Tree(arguments.source, arguments.build or arguments.source / "build/dev")
    bad = 0
    for name in CHECKS if arguments.check == "all" else [arguments.check]:
        problems = CHECKS[name](tree)
        bad += bool(problems)
        for problem in problems:
            print(f"{name}: {problem}")
        if name == "sizes":
            print(sizes.report(tree))
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
