// SPDX-License-Identifier: Apache-2.0
// Whether a file with credentials is in good hands (a kubeconfig is code: its exec entry runs commands).
#pragma once

#include <optional>
#include <string>

namespace kforge::kube {

struct FileOwner {
  unsigned mode = 0;  // permission bits
  unsigned owner = 0, ourselves = 0;
};
// Of what a path leads to (symbolic links followed); empty when it does not exist.
std::optional<FileOwner> owner_of(const std::string& path);

struct FileTrust {
  std::string refusal;  // not empty: the file must not be used
  std::string warning;
};
// World-writable or owned by a stranger: refused (root is only warned of strangers, as in CI containers with mounted
// checkouts). Readable by others although it is ours: a warning.
FileTrust judge(const std::string& path, const FileOwner& owner);

}  // namespace kforge::kube
