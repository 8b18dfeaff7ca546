// SPDX-License-Identifier: Apache-2.0
#include "os/git_head.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <optional>

namespace kforge {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view branches = "refs/heads/";

std::string first_line(const fs::path& path) {
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  return std::string(trim(line));
}

bool is_commit(std::string_view text) {
  return (text.size() == 40 || text.size() == 64) && text.find_first_not_of("0123456789abcdef") == std::string::npos;
}

// The folder with HEAD: ".git", or where a ".git" file of a worktree or submodule points.
std::optional<fs::path> repository_of(fs::path folder) {
  std::error_code failure;
  for (; !folder.empty(); folder = folder.parent_path()) {
    const fs::path git = folder / ".git";
    if (fs::is_directory(git, failure)) return git;
    if (const std::string line = first_line(git); line.starts_with("gitdir: ")) return folder / line.substr(8);
    if (folder == folder.parent_path()) break;
  }
  return std::nullopt;
}

// A line "<commit> <ref>".
std::string packed(const fs::path& file, const std::string& ref) {
  std::ifstream lines(file);
  for (std::string line; std::getline(lines, line);)
    if (line.ends_with(" " + ref)) return line.substr(0, line.find(' '));
  return {};
}

std::string commit_of(const fs::path& repository, const std::string& ref) {
  const std::string common = first_line(repository / "commondir");  // of worktrees: the refs are all over there
  for (const fs::path& folder : {repository, repository / common}) {
    if (const std::string loose = first_line(folder / ref); is_commit(loose)) return loose;
    if (const std::string found = packed(folder / "packed-refs", ref); is_commit(found)) return found;
  }
  return {};
}

}  // namespace

GitHead git_head(const std::string& directory) {
  const std::optional<fs::path> repository = repository_of(directory);
  if (!repository) return {};
  const std::string head = first_line(*repository / "HEAD");
  if (is_commit(head)) return {.commit = head, .branch = {}};
  if (!head.starts_with("ref: ")) return {};
  const std::string ref = head.substr(5);
  return {.commit = commit_of(*repository, ref),
          .branch = ref.starts_with(branches) ? ref.substr(branches.size()) : std::string()};
}

}  // namespace kforge
