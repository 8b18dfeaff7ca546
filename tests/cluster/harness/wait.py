# SPDX-License-Identifier: Apache-2.0
"""Waiting for the cluster."""

import time


def until(condition, timeout: float = 30):
    """Calls `condition` until it returns something true, and returns that; its last answer is in the failure."""
    end = time.monotonic() + timeout
    while not (answer := condition()):
        assert time.monotonic() < end, f"not within {timeout}s; last answer: {answer!r}"
        time.sleep(0.05)
    return answer
