// SPDX-License-Identifier: Apache-2.0
// A local socket in the sandbox's folder, for what must work when the API is made to fail: one JSON line in, one out.
#pragma once

#include "base/json.hpp"
#include "sandbox/process/home.hpp"

#include <boost/asio/io_context.hpp>

#include <functional>
#include <memory>
#include <optional>

namespace kforge::sandbox {

class ControlSocket {
 public:
  // `answer` runs on the loop. Throws Error{internal} when the socket cannot be made.
  ControlSocket(boost::asio::io_context& loop, const Home& home, std::function<Json(const Json&)> answer);
  ~ControlSocket();
  ControlSocket(const ControlSocket&) = delete;
  ControlSocket& operator=(const ControlSocket&) = delete;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

// Asks the serving process; empty when it does not answer within five seconds.
std::optional<Json> ask(const Home& home, const Json& question);

}  // namespace kforge::sandbox
