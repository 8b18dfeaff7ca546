# SPDX-License-Identifier: Apache-2.0
"""The checks find what they are for, and leave alone what is right."""

import json
import tempfile
import unittest
from pathlib import Path

import built
import layering
import libraries
import scenarios
import sizes
import syntax
import texts
from tree import Tree

LAYERS = "base: \nos: base\nkube: os\ndeploy: kube\n"


class Checks(unittest.TestCase):
    def setUp(self):
        self._folder = tempfile.TemporaryDirectory()
        self.root = Path(self._folder.name)
        self.build = self.root / "build"
        self.build.mkdir()
        (self.build / "layers.txt").write_text(LAYERS)

    def tearDown(self):
        self._folder.cleanup()

    def tree(self, **files: str) -> Tree:
        """A tree of files; `__` in a name is a slash, `_dot_` a dot."""
        for name, text in files.items():
            path = self.root / name.replace("_dot_", ".").replace("__", "/")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        return Tree(self.root, self.build)

    def test_an_include_of_a_higher_layer_is_found(self):
        tree = self.tree(lib__os__a_dot_cpp='#include "kube/client.hpp"\n', lib__kube__client_dot_hpp="", lib__base__b_dot_hpp="",
                         lib__deploy__d_dot_cpp='#include "base/b.hpp"\n#include "deploy/d.hpp"\n')
        self.assertEqual(layering.problems(tree), ["lib/os/a.cpp:1: 'os' does not use 'kube', but includes 'kube/client.hpp'"])

    def test_a_folder_without_a_layer_is_found(self):
        self.assertEqual(layering.problems(self.tree(lib__new__a_dot_cpp="")), ["lib/new: no kforge_layer(new …)"])

    def test_a_product_file_that_includes_a_test_file_is_found(self):
        tree = self.tree(cli__run_dot_cpp='#include "tests/fakes/fake_clock.hpp"\n')
        self.assertEqual(layering.problems(tree), ["cli/run.cpp:1: a product file includes 'tests/fakes/fake_clock.hpp'"])

    def test_a_library_outside_of_its_home_is_found(self):
        tree = self.tree(lib__deploy__a_dot_cpp="#include <curl/curl.h>\n", lib__http__b_dot_cpp="#include <curl/curl.h>\n")
        self.assertEqual(libraries.problems(tree), ["lib/deploy/a.cpp:1: <curl/curl.h> belongs to lib/http/"])

    def test_a_test_that_no_target_builds_is_found(self):
        tree = self.tree(tests__unit__base__lost_test_dot_cpp="", tests__unit__base__error_test_dot_cpp="")
        commands = [{"directory": str(self.build), "file": str(self.root / "tests/unit/base/error_test.cpp")}]
        (self.build / "compile_commands.json").write_text(json.dumps(commands))
        self.assertEqual(built.problems(tree), ["tests/unit/base/lost_test.cpp: no target builds it"])

    def test_a_file_without_a_licence_is_found(self):
        tree = self.tree(lib__base__a_dot_hpp="#pragma once\n", lib__base__b_dot_hpp=f"// {texts.SPDX}\n")
        self.assertEqual(texts.licences(tree), [f"lib/base/a.hpp: no '{texts.SPDX}' at the top"])

    def test_reading_the_environment_outside_of_its_file_is_found(self):
        tree = self.tree(lib__os__environment_dot_cpp="getenv(x);\n", lib__kube__a_dot_cpp="// getenv\nint a = getenv(x);\n", cli__main_dot_cpp="environ;\n")
        self.assertEqual(texts.environment(tree), ["lib/kube/a.cpp:2: reads the environment; take it from Environment"])

    def test_sleeping_is_found(self):
        tree = self.tree(tests__unit__a_test_dot_cpp="std::this_thread::sleep_for(1s);\n", lib__os__b_dot_cpp="// sleep_for\nasleep(1);\n")
        self.assertEqual(texts.sleeps(tree), ["tests/unit/a_test.cpp:1: sleeps; wait for an event or move a fake clock"])

    def test_paths_of_a_machine_and_hosts_of_registries_are_found(self):
        tree = self.tree(a_dot_txt="see /" + "work/main\nand https://py" + "pi.org/x\n", b_dot_txt="/workspace /rootless $HOME/root/a ok.org\n")
        self.assertEqual([problem.split(":")[:2] for problem in texts.machine(tree)], [["a.txt", "1"], ["a.txt", "2"]])

    def test_a_scenario_without_its_test_is_found(self):
        rows = [f"| {number} | name-{number} | what | `tests/a.py`: test_a |" for number in range(1, scenarios.COUNT)]
        rows[2] = rows[2].replace("test_a |", "test_b |")
        tree = self.tree(docs__testing_dot_md="\n".join(rows) + "\n", tests__a_dot_py="def test_a(): pass\n")
        self.assertEqual(scenarios.problems(tree), ["docs/testing.md: scenario 3, name-3: no test 'test_b' in tests/a.py",
                                                    "docs/testing.md: no row for scenario 87"])

    def test_a_file_over_the_cap_is_found(self):
        tree = self.tree(lib__base__long_dot_cpp="x\n" * 501, tests__unit__long_dot_cpp="x\n" * 800)
        self.assertEqual(sizes.problems(tree), ["lib/base/long.cpp: 501 lines, the cap is 500"])

    def test_broken_scripts_are_found(self):
        tree = self.tree(a="#!/usr/bin/env bash\nif true\n", b_dot_py="def x(:\n", c_dot_py="x = 1\n")
        self.assertEqual(len(syntax.shell(tree)), 1)
        self.assertEqual([problem.split(":")[0] for problem in syntax.python(tree)], ["b.py"])

    def test_unformatted_code_is_found(self):
        (self.root / ".clang-format").write_text("BasedOnStyle: Google\n")
        tree = self.tree(lib__a_dot_cpp="int   a ;\n", lib__b_dot_cpp="int a;\n")
        self.assertEqual(syntax.formatting(tree), ["lib/a.cpp: run clang-format-14 -i"])


if __name__ == "__main__":
    program = unittest.main(exit=False)
    bad = len(program.result.failures) + len(program.result.errors)
    print(f"{program.result.testsRun - bad} passed, {bad} failed")
    raise SystemExit(1 if bad else 0)
