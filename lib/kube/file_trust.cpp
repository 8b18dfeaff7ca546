// SPDX-License-Identifier: Apache-2.0
#include "kube/file_trust.hpp"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

namespace kforge::kube {

std::optional<FileOwner> owner_of(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return std::nullopt;
  return FileOwner{.mode = status.st_mode & 07777U, .owner = status.st_uid, .ourselves = ::geteuid()};
}

FileTrust judge(const std::string& path, const FileOwner& owner) {
  if ((owner.mode & 02U) != 0)
    return {
        .refusal = fmt::format("{} is writable by everybody (mode {:04o}); run: chmod 600 {}", path, owner.mode, path),
        .warning = {}};
  if (owner.owner != owner.ourselves && owner.owner != 0) {
    std::string text = fmt::format("{} belongs to another user (uid {})", path, owner.owner);
    if (owner.ourselves != 0) return {.refusal = text + "; make a copy of your own", .warning = {}};
    return {.refusal = {}, .warning = std::move(text)};
  }
  if (owner.owner == owner.ourselves && (owner.mode & 077U) != 0)
    return {
        .refusal = {},
        .warning = fmt::format("{} can be read by others (mode {:04o}); run: chmod 600 {}", path, owner.mode, path)};
  return {};
}

}  // namespace kforge::kube
