// SPDX-License-Identifier: Apache-2.0
// The HTTP face of the API: URLs to verbs, content types, watches, discovery, logs, exec.
#pragma once

#include "sandbox/api/api.hpp"
#include "sandbox/pods/runtime.hpp"
#include "sandbox/server/http_server.hpp"

#include <memory>

namespace kforge::sandbox {

class ApiServer {
 public:
  // All references outlive the server.
  ApiServer(Api& api, Timers& timers, PodRuntime& runtime, const schema::Table& table);
  ~ApiServer();
  ApiServer(const ApiServer&) = delete;
  ApiServer& operator=(const ApiServer&) = delete;

  void handle(HttpRequest request, const std::shared_ptr<Responder>& responder);
  // Ends every watch with a cut connection (fault: watch cut).
  void cut_watches();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace kforge::sandbox
