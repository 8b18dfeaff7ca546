# SPDX-License-Identifier: Apache-2.0
"""Differences that are meant, each with its reason: (area, step or "*", path prefix or "*") -> why. docs/sandbox.md lists them."""

KNOWN: dict[tuple[str, str, str], str] = {}


def reason_of(area: str, step: str, line: str) -> str | None:
    """Why this difference is meant, or None when it is not."""
    for (its_area, its_step, prefix), why in KNOWN.items():
        if its_area == area and its_step in ("*", step) and (prefix == "*" or line.startswith(prefix)):
            return why
    return None
