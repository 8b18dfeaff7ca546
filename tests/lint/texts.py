# SPDX-License-Identifier: Apache-2.0
"""What must and must not stand in a file."""

import re

from tree import Tree

SPDX = "SPDX-License-Identifier: Apache-2.0"
GETENV = re.compile(r"\b(getenv|secure_getenv|setenv|putenv|environ)\b")
SLEEP = re.compile(r"\b(sleep_for|sleep_until|usleep|nanosleep)\b|\bsleep\(")
# Folders of one machine, and hosts that serve packages: neither is the same for the next reader.
MACHINE = re.compile(r"(?<![\w.$}])/(work|root)/[\w.]")
HOSTS = re.compile(r"\b(" + "|".join(re.escape(host) for host in (
    "pypi" + ".org", "files.pythonhosted" + ".org", "proxy.golang" + ".org", "sum.golang" + ".org", "registry.npmjs" + ".org",
    "static.crates" + ".io", "index.crates" + ".io", "deb.debian" + ".org", "registry-1.docker" + ".io", "index.docker" + ".io")) + r")\b")


def licences(tree: Tree) -> list[str]:
    """Every source file names its licence in its first three lines."""
    sources = tree.under("lib", "cli", "tests", "tools", "scripts", endings=(".cpp", ".hpp", ".py"))
    return [f"{path}: no '{SPDX}' at the top" for path in sorted({*sources, *tree.shell_scripts})
            if not any(SPDX in line for line in tree.lines(path)[:3])]


def environment(tree: Tree) -> list[str]:
    """Environment variables are read once, in lib/os/environment.cpp."""
    return [f"{path}:{number}: reads the environment; take it from Environment"
            for path in tree.under("lib") if path != "lib/os/environment.cpp"
            for number, line in enumerate(tree.lines(path), 1) if GETENV.search(line.split("//")[0])]


def sleeps(tree: Tree) -> list[str]:
    """Nothing sleeps: the transport's wait() is the only call that blocks, and tests own their clock."""
    return [f"{path}:{number}: sleeps; wait for an event or move a fake clock"
            for path in tree.under("lib", "cli", "tests/unit", "tests/golden", "tests/cli", "tests/fakes", "tests/support")
            for number, line in enumerate(tree.lines(path), 1) if SLEEP.search(line.split("//")[0])]


def machine(tree: Tree) -> list[str]:
    """No path of somebody's machine, no host of a package registry."""
    found = []
    for path in tree.files:
        if path.startswith("tests/lint/") or path == "LICENSE":
            continue
        for number, line in enumerate(tree.lines(path), 1):
            for match in (MACHINE.search(line), HOSTS.search(line)):
                if match:
                    found.append(f"{path}:{number}: '{match[0]}'")
    return found
