// SPDX-License-Identifier: Apache-2.0
#include "os/files.hpp"

#include "base/error.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/temp_dir.hpp"

#include <sys/stat.h>

#include <filesystem>

using namespace kforge;
using kforge::tests::TempDir;

TEST_CASE("a missing file is no error, an unreadable one is") {
  const TempDir dir;
  CHECK_FALSE(read_file(dir.path() + "/missing"));
  CHECK_FALSE(read_file(dir.write("file", "x") + "/below"));
  CHECK_THROWS_WITH(read_file(dir.path()), "cannot read '" + dir.path() + "'");
}

TEST_CASE("a file larger than the limit is refused") {
  const TempDir dir;
  const std::string file = dir.write("big", std::string(101, 'x'));
  CHECK_THROWS_AS(read_file(file, 100), Error);
  CHECK(read_file(file, 101)->size() == 101);
}

TEST_CASE("an atomic write replaces the file, sets its mode and leaves nothing else behind") {
  const TempDir dir;
  const std::string file = dir.write("f", "old");
  write_file_atomically(file, "new", 0600);
  CHECK(read_file(file) == "new");
  struct stat info {};
  REQUIRE(::stat(file.c_str(), &info) == 0);
  CHECK((info.st_mode & 0777U) == 0600);
  CHECK(std::distance(std::filesystem::directory_iterator(dir.path()), {}) == 1);
}

TEST_CASE("an atomic write replaces a symbolic link instead of following it") {
  const TempDir dir;
  const std::string target = dir.write("target", "precious"), link = dir.path() + "/link";
  std::filesystem::create_symlink(target, link);
  write_file_atomically(link, "new");
  CHECK(read_file(target) == "precious");
  CHECK(read_file(link) == "new");
}

TEST_CASE("a write that cannot happen says where and why and keeps the old file") {
  const TempDir dir;
  CHECK_THROWS_WITH(write_file_atomically(dir.path() + "/no/such/folder/f", "x"),
                    "cannot write '" + dir.path() + "/no/such/folder/f'");
}

TEST_CASE("relative paths are resolved against the folder given") {
  CHECK(absolute_path("a/../b", "/x") == "/x/b");
  CHECK(absolute_path("/y", "/x") == "/y");
  CHECK(directory_of("/a/b.yaml") == "/a");
  CHECK(directory_of("b.yaml") == ".");
}
