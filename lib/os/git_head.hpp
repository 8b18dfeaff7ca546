// SPDX-License-Identifier: Apache-2.0
// Which commit a folder is at, read from the repository's own files: no program is run.
#pragma once

#include <string>

namespace kforge {

struct GitHead {
  std::string commit;  // 40 or 64 hex digits; empty outside of a repository
  std::string branch;  // empty when detached
};

// Of the repository that `directory` is in. Never throws.
GitHead git_head(const std::string& directory);

}  // namespace kforge
