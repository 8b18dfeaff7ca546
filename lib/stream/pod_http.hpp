// SPDX-License-Identifier: Apache-2.0
// HTTP requests to ports of pods, through the API server: what a client inside of the cluster would get.
#pragma once

#include "stream/pod_port.hpp"

#include "os/signals.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace kforge::stream {

struct PodQuestion {
  PodPort target;
  std::string path = "/";
  std::string host;  // of the Host header; empty: localhost
};
struct PodAnswer {
  int status = 0;
  std::string body;                // its beginning
  std::chrono::milliseconds took;  // from the open connection to the last byte of the head
  std::optional<Error> error;      // instead of an answer
};

struct Patience {
  std::chrono::milliseconds each{10'000};
};
// All at once, answers in the order of the questions. Throws Error{interrupted|terminated} on a signal.
std::vector<PodAnswer> ask_pods(kube::Client& client, const SignalSource& signals,
                                const std::vector<PodQuestion>& questions, Patience patience = {});

}  // namespace kforge::stream
