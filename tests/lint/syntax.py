# SPDX-License-Identifier: Apache-2.0
"""Files that no compiler of the build looks at still have to parse."""

import ast
import subprocess

from tree import CPP, Tree


def shell(tree: Tree) -> list[str]:
    """Every shell script passes `bash -n`."""
    found = []
    for path in tree.shell_scripts:
        done = subprocess.run(["bash", "-n", tree.root / path], capture_output=True, text=True)
        if done.returncode:
            found.append(f"{path}: {done.stderr.strip()}")
    return found


def python(tree: Tree) -> list[str]:
    found = []
    for path in tree.files:
        if path.endswith(".py"):
            try:
                ast.parse(tree.text(path), path)
            except SyntaxError as error:
                found.append(f"{path}:{error.lineno}: {error.msg}")
    return found


def formatting(tree: Tree) -> list[str]:
    """clang-format-14 would change nothing: other versions format differently, so the version is part of the rule."""
    files = tree.under("lib", "cli", "tests", endings=CPP)
    done = subprocess.run(["clang-format-14", "--dry-run", "-Werror", *files], cwd=tree.root, capture_output=True, text=True) if files else None
    if not done or done.returncode == 0:
        return []
    wrong = sorted({line.split(":")[0] for line in done.stderr.splitlines() if "error: code should be clang-formatted" in line})
    return [f"{path}: run clang-format-14 -i" for path in wrong] or [done.stderr.strip()]
