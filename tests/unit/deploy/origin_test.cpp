// SPDX-License-Identifier: Apache-2.0
// Who a release is by, as its record says.
#include "deploy/origin.hpp"

#include "os/process_identity.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/temp_dir.hpp"

namespace kforge::tests {
namespace {

deploy::Origin origin(std::map<std::string, std::string, std::less<>> variables) {
  const TempDir folder;
  return deploy::origin_of(Environment{.variables = std::move(variables), .working_directory = folder.path()},
                           folder.path());
}

}  // namespace

TEST_CASE("a CI job is told with its user, link, commit and branch") {
  const deploy::Origin job = origin({{"GITHUB_ACTOR", "alice"},
                                     {"GITHUB_RUN_ID", "7"},
                                     {"GITHUB_REPOSITORY", "team/shop"},
                                     {"GITHUB_SHA", "0a1b2c3d"},
                                     {"GITHUB_REF_NAME", "main"},
                                     {"USER", "runner"}});
  CHECK(job.by() == "alice@" + host_name());
  CHECK(job.url == "https://github.com/team/shop/actions/runs/7");
  CHECK(job.commit == "0a1b2c3d");
  CHECK(job.branch == "main");
}

TEST_CASE("a person is told by $USER, or by the account without it") {
  CHECK(origin({{"USER", "bob"}, {"LOGNAME", "robert"}}).by() == "bob@" + host_name());
  CHECK(origin({}).user == user_name());
  CHECK_FALSE(user_name().empty());
}

TEST_CASE("an account without a name is told as unknown") {
  CHECK(deploy::Origin{.user = {}, .host = "runner-7"}.by() == "unknown@runner-7");
}

}  // namespace kforge::tests
