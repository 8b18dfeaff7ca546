# SPDX-License-Identifier: Apache-2.0
"""The shop of examples/, under names of its own."""

import re
import shutil
from pathlib import Path

from .paths import ROOT
from .project import TestProject


def write_shop(project: TestProject, **replacements: str) -> Path:
    """Copies examples/shop and gives it the test's project name and namespaces; `replacements` change words of it."""
    shutil.copytree(ROOT / "examples/shop", project.folder, dirs_exist_ok=True)
    text = (project.folder / "kforge.yaml").read_text()
    names = ", ".join(f"{tier}: {name}" for tier, name in project.namespaces.items())
    text, count = re.subn(r"(?m)^project: .*$", f"project: {project.name}\nnamespaces: {{{names}}}", text)
    assert count == 1, "examples/shop/kforge.yaml names its project"
    for old, new in replacements.items():
        assert old in text, old
        text = text.replace(old, new)
    return project.write_text(text)
