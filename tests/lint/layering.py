# SPDX-License-Identifier: Apache-2.0
"""Includes go down: a file includes its own layer and those that the layer USES, directly or through another."""

import re
from pathlib import PurePosixPath

from tree import Tree

INCLUDE = re.compile(r'^\s*#\s*include\s*"([^"]+)"')


def uses(text: str) -> dict[str, set[str]]:
    """layers.txt, `name: used used` in each row, with what is used through others added."""
    direct = {}
    for row in text.splitlines():
        name, _, used = row.partition(":")
        if name:
            direct[name.strip()] = set(used.split())
    closed: dict[str, set[str]] = {}

    def close(name: str) -> set[str]:
        if name not in closed:
            closed[name] = set()  # also ends a cycle, which CMake reports
            closed[name] = set().union(direct.get(name, set()), *(close(used) for used in direct.get(name, set())))
        return closed[name]

    return {name: close(name) for name in direct}


def layer_of(path: str) -> str | None:
    parts = PurePosixPath(path).parts
    if parts[0] == "lib" and len(parts) > 2:
        return parts[1]
    return "cli" if parts[0] == "cli" else None


def problems(tree: Tree) -> list[str]:
    assert tree.build, "needs a configured build folder"
    allowed = uses((tree.build / "layers.txt").read_text())
    layers = {layer for path in tree.under("lib") if (layer := layer_of(path))} | {"cli"}
    found = [f"lib/{layer}: no kforge_layer({layer} …)" for layer in sorted(layers - {"cli"} - set(allowed))]
    for path in tree.under("lib", "cli"):
        own = layer_of(path)
        for number, line in enumerate(tree.lines(path), 1):
            if not (match := INCLUDE.match(line)):
                continue
            target = PurePosixPath(match[1]).parts[0]
            if target == "tests":
                found.append(f"{path}:{number}: a product file includes '{match[1]}'")
            # cli is the top: it may include every layer.
            elif target in layers and target != own and own != "cli" and target not in allowed.get(own, set()):
                found.append(f"{path}:{number}: '{own}' does not use '{target}', but includes '{match[1]}'")
    return found
