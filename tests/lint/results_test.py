# SPDX-License-Identifier: Apache-2.0
"""scripts/results.py counts what the test programs say."""

import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "scripts"))
import results  # noqa: E402


class Counts(unittest.TestCase):
    def test_catch_reports(self):
        self.assertEqual(results.counts_of_output("===\nAll tests passed (12 assertions in 3 test cases)\n"), (3, 0))
        self.assertEqual(results.counts_of_output("All tests passed (1 assertion in 1 test case)\n"), (1, 0))
        self.assertEqual(results.counts_of_output("test cases:  5 |  3 passed | 2 failed\nassertions: 9 | 7 passed | 2 failed\n"), (3, 2))
        self.assertEqual(results.counts_of_output("test cases: 1 | 1 failed\nassertions: 1 | 1 failed\n"), (0, 1))
        self.assertEqual(results.counts_of_output("1 passed, 1 failed\n.\n4 passed, 0 failed\n"), (4, 0))
        self.assertIsNone(results.counts_of_output("Segmentation fault\n"))

    def test_a_ctest_report_of_programs_and_crashes(self):
        report = """<testsuite><testcase name="a" status="run"><system-out>All tests passed (2 assertions in 2 test cases)</system-out></testcase>
          <testcase name="b" status="fail"><failure/><system-out>Segmentation fault</system-out></testcase>
          <testcase name="c" status="fail"><failure/><system-out>All tests passed (2 assertions in 2 test cases)</system-out></testcase>
          <testcase name="d" status="run"><system-out>fine</system-out></testcase></testsuite>"""
        with tempfile.NamedTemporaryFile("w", suffix=".xml") as file:
            file.write(report)
            file.flush()
            self.assertEqual(results.counts_of_file(Path(file.name)), (5, 2))

    def test_a_pytest_report_where_a_skipped_test_counts_as_failed(self):
        report = '<testsuites><testsuite><testcase name="a"/><testcase name="b"><failure/></testcase><testcase name="c"><skipped/></testcase></testsuite></testsuites>'
        with tempfile.NamedTemporaryFile("w", suffix=".xml") as file:
            file.write(report)
            file.flush()
            self.assertEqual(results.counts_of_file(Path(file.name)), (1, 2))

    def test_a_rung_that_failed_without_a_report_is_one_failure(self):
        with tempfile.TemporaryDirectory() as folder:
            Path(folder, "rungs").write_text("build-dev 1 12\nlint 0 1\n")
            Path(folder, "lint.xml").write_text('<testsuite><testcase name="a" status="run"><system-out/></testcase></testsuite>')
            self.assertEqual(results.summary(Path(folder)), 1)
            Path(folder, "rungs").write_text("lint 0 1\n")
            self.assertEqual(results.summary(Path(folder)), 0)


if __name__ == "__main__":
    program = unittest.main(exit=False)
    bad = len(program.result.failures) + len(program.result.errors)
    print(f"{program.result.testsRun - bad} passed, {bad} failed")
    raise SystemExit(1 if bad else 0)
