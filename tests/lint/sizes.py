# SPDX-License-Identifier: Apache-2.0
"""Size is a smell detector: files have a cap, and the report shows where the numbers stand."""

from tree import CPP, Tree

CAPS = {"lib": 500, "cli": 500, "tests": 800}
# Generated, and so not read by people.
GENERATED = ("lib/schema/data/",)


def _lengths(tree: Tree, folder: str) -> dict[str, int]:
    endings = (*CPP, ".py") if folder == "tests" else CPP
    return {path: len(tree.lines(path)) for path in tree.under(folder, endings=endings) if not path.startswith(GENERATED)}


def problems(tree: Tree) -> list[str]:
    found = []
    for folder, cap in CAPS.items():
        found += [f"{path}: {length} lines, the cap is {cap}" for path, length in _lengths(tree, folder).items() if length > cap]
    return found


def report(tree: Tree) -> str:
    rows = []
    for folder in CAPS:
        lengths = sorted(_lengths(tree, folder).values())
        if lengths:
            at = lambda share: lengths[min(len(lengths) - 1, int(len(lengths) * share))]
            rows.append(f"{folder}: {len(lengths)} files, {sum(lengths)} lines, median {at(0.5)}, p90 {at(0.9)}, largest {lengths[-1]}")
    return "\n".join(rows)
