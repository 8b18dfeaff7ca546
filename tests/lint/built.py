# SPDX-License-Identifier: Apache-2.0
"""Every source file is in a target: a test that is not built never fails."""

import json
from pathlib import Path

from tree import Tree

# Built by presets and scripts of their own.
ELSEWHERE = ("tests/bench/", "tests/fuzz/", "tests/cluster/", "tests/node/", "tests/e2e/")


def problems(tree: Tree) -> list[str]:
    assert tree.build, "needs a configured build folder"
    commands = json.loads((tree.build / "compile_commands.json").read_text())
    built = {Path(command["directory"], command["file"]).resolve() for command in commands}
    return [f"{path}: no target builds it" for path in tree.under("lib", "cli", "tests", endings=(".cpp",))
            if not path.startswith(ELSEWHERE) and (tree.root / path).resolve() not in built]
