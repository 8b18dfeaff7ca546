# SPDX-License-Identifier: Apache-2.0
"""The event stream of `--events`."""

import json

TYPES = {"started", "planned", "stage_started", "applied", "state", "stage_ended", "warning", "diagnosis", "summary"}


def check_events(text: str) -> list[dict]:
    """Parses the stream and checks what holds for every one: one object a line, numbered, dated, and one summary at the end."""
    assert text.endswith("\n"), "the last line is complete"
    events = [json.loads(line) for line in text.splitlines()]
    assert [event["seq"] for event in events] == list(range(1, len(events) + 1))
    assert all(event["v"] == 1 and event["ts"].endswith("Z") for event in events)
    assert {event["type"] for event in events} <= TYPES
    assert [i for i, event in enumerate(events) if event["type"] == "summary"] == [len(events) - 1]
    return events
