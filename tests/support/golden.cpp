// SPDX-License-Identifier: Apache-2.0
#include "tests/support/golden.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>

namespace kforge::tests {
namespace {

std::string read(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

std::string first_difference(const std::string& expected, const std::string& actual) {
  std::istringstream left(expected), right(actual);
  std::string a, b;
  for (int line = 1;; ++line) {
    const bool more_left = static_cast<bool>(std::getline(left, a)),
               more_right = static_cast<bool>(std::getline(right, b));
    if (!more_left && !more_right) return "they differ in the last line feed";
    if (more_left != more_right || a != b)
      return "line " + std::to_string(line) + "\n  expected: " + (more_left ? a : "(end)") +
             "\n  actual:   " + (more_right ? b : "(end)");
  }
}

}  // namespace

std::string repository_path(std::string_view path) {
  return std::filesystem::path(KFORGE_SOURCE_DIR) / path;
}

std::string difference_from_file(std::string_view name, std::string_view actual) {
  const std::filesystem::path path = repository_path(name);
  const char* update = std::getenv("UPDATE_GOLDEN");
  if (update != nullptr && std::string_view(update) == "1") {
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << actual;
    return {};
  }
  if (!std::filesystem::exists(path)) return std::string(name) + " does not exist; UPDATE_GOLDEN=1 writes it";
  const std::string expected = read(path);
  if (expected == actual) return {};
  return std::string(name) + ": " + first_difference(expected, std::string(actual));
}

std::string difference_from_golden(std::string_view name, std::string_view actual) {
  return difference_from_file("tests/golden/" + std::string(name), actual);
}

std::string repository_file(std::string_view path) {
  const std::filesystem::path full = repository_path(path);
  if (!std::filesystem::exists(full)) throw std::runtime_error(full.string() + " does not exist");
  return read(full);
}

}  // namespace kforge::tests
