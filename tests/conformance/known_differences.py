# SPDX-License-Identifier: Apache-2.0
"""Differences that are meant, each with its reason. docs/sandbox-differences.md lists the reasons; test_known_differences.py holds both together."""

from dataclasses import dataclass

TEXT = (".body.message", ".body.details.causes[0].message")


@dataclass(frozen=True)
class Difference:
    why: str
    steps: tuple[tuple[str, str], ...]  # (area, step)
    fields: tuple[str, ...]  # what a differing line begins with


KNOWN = (
    Difference("A refusal that shows a whole structure shows it as the API writes it; a cluster shows the names and the order of its internal Go types.",
               (("validation", "bad strategy"), ("validation", "budget of two"), ("validation", "two ports of one number"), ("immutable fields", "change job template"),
                ("immutable fields", "change role of a binding"), ("patch", "strict merge")), TEXT),
    Difference("Columns of a table have no descriptions: they are not in the embedded schema, and kubectl does not show them.",
               (("read", "table of maps"), ("read", "table of one")), (".body.columnDefinitions",)),
    Difference("Answers are JSON or YAML, never protobuf.", (("read", "nothing acceptable"),), (".body.message",)),
    Difference("Fields of custom resources count as declared by their definition, also where its schema leaves them open: nobody owns the map around them.",
               (("custom resources", "applied"), ("custom resources", "list"), ("custom resources", "merged")),
               tuple(f".body.{place}metadata.managedFields[0].fieldsV1.f:spec.." for place in ("", "items[0]."))),
    Difference("Bad YAML is told in the words of kforge's own parser.", (("server-side apply", "not YAML"),), (".body.message",)),
)


def reason_of(area: str, step: str, line: str) -> str | None:
    """Why this difference is meant, or None when it is not."""
    for known in KNOWN:
        if (area, step) in known.steps and line.startswith(known.fields):
            return known.why
    return None
