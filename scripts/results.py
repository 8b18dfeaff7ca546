#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Counts what scripts/test.sh ran.

results.py summary FOLDER   prints a table of the rungs and, as the last line, `N passed, N failed`; exits 1 on a failure
"""

import re
import sys
import xml.etree.ElementTree as xml
from pathlib import Path

# The last line of Catch2's console reporter, in its three forms, and that of the lint scripts.
CATCH_ALL = re.compile(r"All tests passed \(\d+ assertions? in (\d+) test cases?\)")
CATCH_SOME = re.compile(r"^test cases:\s*\d+(?P<parts>( \| +\d+ [a-z ]+)+)\s*$", re.M)
PLAIN = re.compile(r"^(\d+) passed, (\d+) failed$", re.M)


def counts_of_output(text: str) -> tuple[int, int] | None:
    """Passed and failed test cases that one test program reports; None when it reports none (it crashed, or counts as one)."""
    if lines := PLAIN.findall(text):  # the last one: a test of this script may print others before
        return int(lines[-1][0]), int(lines[-1][1])
    if match := CATCH_ALL.search(text):
        return int(match[1]), 0
    if match := CATCH_SOME.search(text):
        parts = dict((word.strip(), int(number)) for number, word in re.findall(r"(\d+) ([a-z ]+)", match["parts"]))
        return parts.get("passed", 0), parts.get("failed", 0)
    return None


def counts_of_case(case: xml.Element) -> tuple[int, int]:
    """Of one <testcase>: a pytest case is one test, a CTest entry is a program of many."""
    failed = case.get("status") in ("fail", "disabled", "notrun") or any(case.find(tag) is not None for tag in ("failure", "error", "skipped"))
    counted = counts_of_output(case.findtext("system-out") or "") if case.get("status") else None
    if counted is None:
        return (0, 1) if failed else (1, 0)
    passed, bad = counted
    return passed, bad or int(failed)


def counts_of_file(path: Path) -> tuple[int, int]:
    counts = [counts_of_case(case) for case in xml.parse(path).iter("testcase")]
    return sum(passed for passed, _ in counts), sum(failed for _, failed in counts)


def summary(folder: Path) -> int:
    passed = failed = 0
    for line in (folder / "rungs").read_text().splitlines():
        name, code, seconds = line.split()
        report = folder / f"{name}.xml"
        good, bad = counts_of_file(report) if report.exists() else (0, 0)
        bad = bad or int(code != "0")
        passed, failed = passed + good, failed + bad
        counts = f"{good:5} passed {bad:4} failed" if good or bad else " " * 24
        print(f"{name:15} {counts} {seconds:>6} s{'' if code == '0' else f'   exit code {code}'}")
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


def main(arguments: list[str]) -> int:
    match arguments:
        case ["summary", folder]:
            return summary(Path(folder))
    print(__doc__, file=sys.stderr)
    return 64


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
