// SPDX-License-Identifier: Apache-2.0
// Files of the repository that a test compares with what kforge makes. UPDATE_GOLDEN=1 rewrites them.
#pragma once

#include <string>
#include <string_view>

namespace kforge::tests {

// Empty when `actual` equals the file; otherwise what differs first, for INFO/FAIL.
std::string difference_from_file(std::string_view path, std::string_view actual);
// The same for tests/golden/<name>.
std::string difference_from_golden(std::string_view name, std::string_view actual);
// The absolute path of a file of the repository, which need not exist.
std::string repository_path(std::string_view path);
// The content of a file of the repository; fails the test when it is missing.
std::string repository_file(std::string_view path);

}  // namespace kforge::tests
