// SPDX-License-Identifier: Apache-2.0
// A file that grows while a command runs: the event stream, and the files of a CI runner.
#pragma once

#include <string>
#include <string_view>

namespace kforge::cli {

class AppendFile {
 public:
  enum class Start { empty, at_end };
  // Throws Error{usage} naming the path when it cannot be written.
  AppendFile(const std::string& path, Start start);
  ~AppendFile();
  AppendFile(const AppendFile&) = delete;
  AppendFile& operator=(const AppendFile&) = delete;
  // Complete when it returns; a full disk is not an error of the run.
  void write(std::string_view text) noexcept;

 private:
  int fd_;
};

}  // namespace kforge::cli
