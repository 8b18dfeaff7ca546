// SPDX-License-Identifier: Apache-2.0
// Signals as something that can be waited for: the handler writes to a pipe, and the next signal kills (SA_RESETHAND).
#pragma once

namespace kforge {

struct SignalSource {
  virtual ~SignalSource() = default;
  // Readable when a signal has arrived; -1 when there is nothing to poll (fakes).
  virtual int poll_fd() const = 0;
  // SIGINT or SIGTERM that arrived since start, or 0.
  virtual int pending() const = 0;
};

// Installs handlers for SIGINT and SIGTERM (one each) and ignores SIGPIPE; SIGWINCH only wakes the poll. One per
// process.
class SignalPipe final : public SignalSource {
 public:
  SignalPipe();
  ~SignalPipe() override;
  SignalPipe(const SignalPipe&) = delete;
  SignalPipe& operator=(const SignalPipe&) = delete;
  int poll_fd() const override;
  int pending() const override;
};

// Throws Error{interrupted|terminated} when a signal is pending.
void throw_if_signalled(const SignalSource& signals);

}  // namespace kforge
