// SPDX-License-Identifier: Apache-2.0
#include "cli/append_file.hpp"

#include "base/error.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace kforge::cli {

AppendFile::AppendFile(const std::string& path, Start start)
    : fd_(::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | O_APPEND | (start == Start::empty ? O_TRUNC : 0),
                 0644)) {
  if (fd_ < 0)
    throw Error(ErrorKind::usage, fmt::format("cannot write '{}'", path)).why(std::generic_category().message(errno));
}

AppendFile::~AppendFile() {
  ::close(fd_);
}

void AppendFile::write(std::string_view text) noexcept {
  while (!text.empty()) {
    const ssize_t written = ::write(fd_, text.data(), text.size());
    if (written < 0 && errno != EINTR) return;
    if (written > 0) text.remove_prefix(static_cast<std::size_t>(written));
  }
}

}  // namespace kforge::cli
