// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace kforge::cli {

// "0.1.0", from cmake/Version.cmake.
std::string_view version();

}  // namespace kforge::cli
