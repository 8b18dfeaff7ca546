// SPDX-License-Identifier: Apache-2.0
// Who this process is, and which commit a folder is at.
#include "base/text.hpp"
#include "os/git_head.hpp"
#include "os/process_identity.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/temp_dir.hpp"

using namespace kforge;
using tests::TempDir;

namespace {

const std::string commit(40, 'a'), other_commit(40, 'b');

}  // namespace

TEST_CASE("this process runs, and nobody takes it for ended") {
  REQUIRE_FALSE(own_process().empty());
  CHECK(own_process() == own_process());
  CHECK_FALSE(process_has_ended(own_process()));
}

TEST_CASE("a process that is gone has ended, also when its number is used again") {
  std::vector<std::string> parts = split(own_process(), '/');
  parts[3] = "1";
  CHECK(process_has_ended(join(parts, "/")));
}

TEST_CASE("what ran elsewhere, before the last boot or in another container may still run") {
  const std::vector<std::string> own = split(own_process(), '/');
  for (const std::size_t part : {0U, 1U}) {
    std::vector<std::string> parts = own;
    parts[part] += "x";
    parts[3] = "1";
    CHECK_FALSE(process_has_ended(join(parts, "/")));
  }
  for (const char* nonsense : {"", "///", "a/b", "a/b/c/d", "a/b/../1"}) CHECK_FALSE(process_has_ended(nonsense));
}

TEST_CASE("the commit of a folder is read from its repository") {
  TempDir dir;
  CHECK(git_head(dir.path()).commit.empty());
  dir.write(".git/HEAD", "ref: refs/heads/feature/x\n");
  CHECK(git_head(dir.path()).branch == "feature/x");
  CHECK(git_head(dir.path()).commit.empty());  // before the first commit
  dir.write(".git/packed-refs", "# pack-refs with: peeled\n" + other_commit + " refs/heads/feature/x\n");
  CHECK(git_head(dir.path() + "/deep/below").commit == other_commit);
  dir.write(".git/refs/heads/feature/x", commit + "\n");
  CHECK(git_head(dir.path()).commit == commit);
  dir.write(".git/HEAD", other_commit + "\n");
  CHECK(git_head(dir.path()).commit == other_commit);
  CHECK(git_head(dir.path()).branch.empty());
}

TEST_CASE("a worktree finds the branches of the repository that it belongs to") {
  TempDir dir;
  dir.write("main/.git/refs/heads/work", commit + "\n");
  dir.write("main/.git/worktrees/w/HEAD", "ref: refs/heads/work\n");
  dir.write("main/.git/worktrees/w/commondir", "../..\n");
  dir.write("tree/.git", "gitdir: " + dir.path() + "/main/.git/worktrees/w\n");
  CHECK(git_head(dir.path() + "/tree").commit == commit);
}
