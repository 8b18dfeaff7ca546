// SPDX-License-Identifier: Apache-2.0
// Whether, and when, a request that did not succeed is sent again (deploy-engine §4.7 and §1.2, api-client §3.2).
#pragma once

#include "kube/client.hpp"
#include "kube/jitter.hpp"

#include <optional>
#include <string>

namespace kforge::kube {

// How an attempt ended: a failure without an answer, or an answer.
struct Outcome {
  http::Failure failure = http::Failure::none;
  int status = 0;
  Json body;                                // a Status, as a rule
  std::optional<Milliseconds> retry_after;  // Retry-After header in seconds, or details.retryAfterSeconds
};

struct RetryState {
  int attempts = 1;         // made so far
  Milliseconds elapsed{0};  // since the first one
  bool contacted = true;    // whether this server has ever answered in this run
};

struct NextTry {
  Milliseconds delay{0};
  bool whole_host = false;  // the server asked for it: nobody sends meanwhile
  std::string why;          // "it is overloaded"
};

std::optional<NextTry> next_try(const ApiRequest& request, const Outcome& outcome, const RetryState& state,
                                Jitter& jitter);

// The delta-seconds form of Retry-After, else details.retryAfterSeconds of a Status.
std::optional<Milliseconds> retry_after_of(const http::Response& response, const Json& body);

}  // namespace kforge::kube
