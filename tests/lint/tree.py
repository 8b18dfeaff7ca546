# SPDX-License-Identifier: Apache-2.0
"""The files of the repository, as the checks see them."""

import subprocess
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

CPP = (".cpp", ".hpp", ".h", ".c", ".cc")


@dataclass
class Tree:
    """A source folder and the build folder that was configured from it."""

    root: Path
    build: Path | None = None
    _texts: dict[str, str] = field(default_factory=dict)

    @cached_property
    def files(self) -> list[str]:
        """Paths of everything tracked, and of new files that are not ignored, relative to the root."""
        if (self.root / ".git").exists():
            listed = subprocess.run(["git", "-C", self.root, "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
                                    check=True, capture_output=True, text=True).stdout.split("\0")
        else:
            listed = [str(path.relative_to(self.root)) for path in self.root.rglob("*") if "build" not in path.relative_to(self.root).parts]
        return sorted(path for path in set(listed) if path and (self.root / path).is_file() and not (self.root / path).is_symlink())

    def text(self, path: str) -> str:
        """The content; binary files read as empty."""
        if path not in self._texts:
            content = (self.root / path).read_bytes()
            self._texts[path] = "" if b"\0" in content else content.decode("utf-8", "replace")
        return self._texts[path]

    def lines(self, path: str) -> list[str]:
        return self.text(path).splitlines()

    def under(self, *folders: str, endings: tuple[str, ...] = CPP) -> list[str]:
        return [path for path in self.files if path.startswith(tuple(f"{name}/" for name in folders)) and path.endswith(endings)]

    @property
    def shell_scripts(self) -> list[str]:
        return [path for path in self.files if self.text(path).startswith(("#!/usr/bin/env bash", "#!/bin/sh", "#!/bin/bash"))]
