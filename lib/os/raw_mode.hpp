// SPDX-License-Identifier: Apache-2.0
// A terminal that passes every key on, while a remote terminal is shown in it.
#pragma once

#include <termios.h>

#include <optional>

namespace kforge {

class RawMode {
 public:
  RawMode();   // of stdin; nothing happens when it is no terminal
  ~RawMode();  // the settings of before
  RawMode(const RawMode&) = delete;
  RawMode& operator=(const RawMode&) = delete;

 private:
  std::optional<termios> before_;
};

}  // namespace kforge
