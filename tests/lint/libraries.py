# SPDX-License-Identifier: Apache-2.0
"""A library of others is known to the layers that wrap it and to no other."""

import re

from tree import Tree

# Header prefix -> folders that may include it. fmt, nlohmann/json and the standard library are free.
HOMES = {
    "curl/": ("lib/http/",),
    "openssl/": ("lib/base/", "lib/http/", "lib/kube/", "lib/stream/", "lib/render/", "lib/deploy/", "lib/sandbox/"),
    "yaml-cpp/": ("lib/yaml/",),
    "CLI/": ("cli/",),
    "ncurses": ("lib/ui/",),
    "curses": ("lib/ui/",),
    "zlib.h": ("lib/schema/", "lib/base/", "lib/deploy/", "lib/sandbox/"),
    "sqlite3.h": ("lib/sandbox/",),
    "boost/": ("lib/stream/", "lib/sandbox/"),
    "catch2/": ("tests/",),
}
INCLUDE = re.compile(r"^\s*#\s*include\s*<([^>]+)>")


def problems(tree: Tree) -> list[str]:
    found = []
    for path in tree.under("lib", "cli"):
        for number, line in enumerate(tree.lines(path), 1):
            if not (match := INCLUDE.match(line)):
                continue
            for prefix, homes in HOMES.items():
                if match[1].startswith(prefix) and not path.startswith(homes):
                    found.append(f"{path}:{number}: <{match[1]}> belongs to {', '.join(homes)}")
    return found
