// SPDX-License-Identifier: Apache-2.0
// Golden files: expected texts under tests/golden/. UPDATE_GOLDEN=1 rewrites them.
#pragma once

#include <string>
#include <string_view>

namespace kforge::tests {

// Empty when `actual` equals tests/golden/<name>; otherwise what differs first, for INFO/FAIL.
std::string difference_from_golden(std::string_view name, std::string_view actual);
// The content of a file of the repository; fails the test when it is missing.
std::string repository_file(std::string_view path);

}  // namespace kforge::tests
