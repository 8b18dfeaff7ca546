// SPDX-License-Identifier: Apache-2.0
#include "os/environment.hpp"

#include "tests/support/catch.hpp"

using namespace kforge;

TEST_CASE("an empty variable counts as set but not as given") {
  const Environment environment{{{"EMPTY", ""}, {"FULL", "x"}}, "/"};
  CHECK(environment.get("EMPTY") == "");
  CHECK_FALSE(environment.has("EMPTY"));
  CHECK(environment.has("FULL"));
  CHECK_FALSE(environment.get("MISSING"));
  CHECK(environment.get_or("MISSING", "y") == "y");
}

TEST_CASE("the environment of the process is captured with its working directory") {
  const Environment environment = Environment::from_process();
  CHECK(environment.has("PATH"));
  CHECK(environment.working_directory.starts_with('/'));
}
