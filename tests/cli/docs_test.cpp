// SPDX-License-Identifier: Apache-2.0
// Committed pages and scripts equal what the program generates; UPDATE_GOLDEN=1 rewrites them.
#include "cli/docgen/docgen.hpp"
#include "project/project.hpp"
#include "tests/cli/world.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/golden.hpp"

#include <string>

using namespace kforge;

namespace {

void check_file(const std::string& path, const std::string& text) {
  const std::string difference = tests::difference_from_file(path, text);
  INFO(difference << "; UPDATE_GOLDEN=1 rewrites it");
  CHECK(difference.empty());
}

}  // namespace

TEST_CASE("pages of the documentation are what the program says") {
  check_file("docs/cli.md", cli::docgen::cli_markdown());
  check_file("docs/exit-codes.md", cli::docgen::exit_codes_markdown());
  check_file("docs/kforge-yaml.md", project::reference_markdown());
  check_file("docs/kforge.1", cli::docgen::man_page());
}

TEST_CASE("completion scripts are what the program prints") {
  check_file("completions/kforge.bash", cli::docgen::bash_completion());
  check_file("completions/_kforge", cli::docgen::zsh_completion());
  check_file("completions/kforge.fish", cli::docgen::fish_completion());
  tests::World world;
  CHECK(world.run({"completion", "bash"}) == 0);
  CHECK(world.out() == cli::docgen::bash_completion());
}

TEST_CASE("completion scripts ask the program for services and keys") {
  tests::World world;
  CHECK(world.run({"__complete", "services"}) == 0);
  CHECK(world.out().empty());
  CHECK(world.err().empty());
  world.write_project(tests::small_project);
  CHECK(world.run({"__complete", "services"}) == 0);
  CHECK(world.out() == "order-service\norder-worker\nproduct-service\n");
  CHECK(world.run({"__complete", "keys"}) == 0);
  CHECK(world.out().find("services") != std::string::npos);
  CHECK(world.out().find("KF2003\n") != std::string::npos);
  CHECK_FALSE(world.network_used());
}
