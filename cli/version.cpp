// SPDX-License-Identifier: Apache-2.0
#include "cli/version.hpp"

namespace kforge::cli {

std::string_view version() {
  return KFORGE_VERSION;
}

}  // namespace kforge::cli
