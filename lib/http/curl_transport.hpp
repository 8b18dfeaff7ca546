// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "http/transport.hpp"
#include "os/signals.hpp"

#include <memory>

namespace kforge::http {

// libcurl multi: HTTP/2 multiplexing, one connection for short requests, others for streams.
class CurlTransport final : public Transport {
 public:
  CurlTransport(const Clock& clock, const SignalSource& signals);
  ~CurlTransport() override;
  TransferId start(Request request, Handler& handler) override;
  void cancel(TransferId id) noexcept override;
  void resume(TransferId id) override;
  void wait(Clock::time_point until) override;
  void watch_output(OutputWatch watch) override;
  void ignore_signals() override;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace kforge::http
