// SPDX-License-Identifier: Apache-2.0
// Logs, exec and port-forward of pods.
#pragma once

#include "sandbox/api/api.hpp"
#include "sandbox/pods/runtime.hpp"
#include "sandbox/server/http_server.hpp"

#include <memory>

namespace kforge::sandbox {

class PodStreams {
 public:
  PodStreams(Api& api, PodRuntime& runtime);
  ~PodStreams();
  PodStreams(const PodStreams&) = delete;
  PodStreams& operator=(const PodStreams&) = delete;

  // True when the target is one of these subresources; the answer is given or under way. Throws Refusal.
  bool handle(const HttpRequest& request, const Target& target, const std::shared_ptr<Responder>& responder);

 private:
  Api& api_;
  PodRuntime& runtime_;
};

}  // namespace kforge::sandbox
