// SPDX-License-Identifier: Apache-2.0
// Going on in the background: a child in a session of its own, while the caller's process waits only until the child
// says that it is ready.
#pragma once

#include <string>
#include <string_view>

namespace kforge {

// The child's line to the process that waits for it.
class Starter {
 public:
  explicit Starter(int descriptor) : descriptor_(descriptor) {}
  ~Starter();
  Starter(const Starter&) = delete;
  Starter& operator=(const Starter&) = delete;
  Starter(Starter&& other) noexcept;
  Starter& operator=(Starter&&) = delete;
  // Lets the waiting process print `text` to its stdout and exit with 0. Without it, it exits with 1 when the child
  // ends.
  void ready(std::string_view text);

 private:
  int descriptor_;
};

// Returns in the child only; its stdin is /dev/null, stdout and stderr are appended to `log`. Throws Error{internal}
// when the system refuses.
Starter go_to_background(const std::string& log);

}  // namespace kforge
