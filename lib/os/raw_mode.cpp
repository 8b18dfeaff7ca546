// SPDX-License-Identifier: Apache-2.0
#include "os/raw_mode.hpp"

#include <unistd.h>

namespace kforge {

RawMode::RawMode() {
  termios settings{};
  if (::tcgetattr(STDIN_FILENO, &settings) != 0) return;
  before_ = settings;
  ::cfmakeraw(&settings);
  ::tcsetattr(STDIN_FILENO, TCSANOW, &settings);
}

RawMode::~RawMode() {
  if (before_) ::tcsetattr(STDIN_FILENO, TCSANOW, &*before_);
}

}  // namespace kforge
