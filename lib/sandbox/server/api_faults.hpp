// SPDX-License-Identifier: Apache-2.0
// Faults of the API server, as a faults file names them: `api: [{match: "patch deployments", fault: "status
// code=503"}]`.
#pragma once

#include "base/duration.hpp"
#include "base/json.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kforge::sandbox {

struct ApiFault {
  enum class Kind {
    latency,
    too_many_requests,
    status,
    reset,
    watch_cut,
    watch_expired,
    stale_reads,
    leader_change,
    webhook_failure,
    clock_skew,
    expired_certificate
  };
  Kind kind = Kind::status;
  int code = 503, retry_after = 1;  // status code=500, too-many-requests retry-after=2
  Milliseconds by{0}, after{0};     // latency by=200ms, clock-skew by=5m; watch-cut after=2s
  std::size_t at = 0, behind = 1;   // reset at=100 bytes of the answer; stale-reads behind=10 revisions
  std::string webhook = "policy.example.com";
  long skip = 0;              // requests that pass before it begins
  std::optional<long> times;  // requests that it hits; empty: all

  // Hits no request but the server as a whole.
  bool of_server() const { return kind == Kind::clock_skew || kind == Kind::expired_certificate; }
};

// "status code=503 times=2". Throws Error{project_invalid} naming what is wrong with it and what there is.
ApiFault parse_api_fault(std::string_view text);
std::vector<std::string> api_fault_names();

// Which requests a fault concerns: "VERB RESOURCE NAMESPACE/NAME", each "*" or left out for all; the last is the start
// of the object's place, so "backend/" means a namespace.
struct RequestMatch {
  std::string verb, resource, place;

  // Resource as "deployments.apps" or "deployments". Throws Error{project_invalid}.
  static RequestMatch parse(std::string_view text);
  bool covers(const RequestMatch& request) const;
};

struct ApiFaultRule {
  RequestMatch match;
  ApiFault fault;
};
// The `api` list of a faults file. Throws Error{project_invalid}.
std::vector<ApiFaultRule> parse_api_faults(const Json& list);

}  // namespace kforge::sandbox
