# SPDX-License-Identifier: Apache-2.0
"""The table of scenarios in docs/testing.md: every number once, and every test it names is there."""

import re

from tree import Tree

ROW = re.compile(r"^\| (\d+) \| ([\w-]+) \| [^|]+ \| (?:`([^`:]+)`: )?(.*) \|$")
COUNT = 87


def problems(tree: Tree) -> list[str]:
    page = "docs/testing.md"
    if page not in tree.files:
        return []
    found, numbers = [], []
    for line in tree.lines(page):
        row = ROW.match(line)
        if not row:
            continue
        number, name, path, test = row.groups()
        numbers.append(int(number))
        if path and (path not in tree.files or test not in tree.text(path)):
            found.append(f"{page}: scenario {number}, {name}: no test '{test}' in {path}")
    missing = sorted(set(range(1, COUNT + 1)) - set(numbers))
    if numbers and missing:
        found.append(f"{page}: no row for scenario {', '.join(map(str, missing))}")
    return found + [f"{page}: scenario {number} has two rows" for number in sorted(set(numbers)) if numbers.count(number) > 1]
