// SPDX-License-Identifier: Apache-2.0
// Whether services answer when they are really asked: what to ask, and what the answers amount to.
#pragma once

#include "observe/status.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace kforge::observe {

// What the kubelet asks a pod over HTTP: its readiness probe, otherwise its liveness probe.
struct HealthUrl {
  int port = 0;
  std::string path;
  std::string to_string() const;  // ":8000/health"
};
// Empty when the main container has no such probe, or one over TLS.
std::optional<HealthUrl> health_url_of(const Json& pod);

// "4ms", "1.2s"
std::string latency_text(std::chrono::milliseconds took);

struct HealthAnswer {
  int status = 0;  // 0: none came
  std::chrono::milliseconds took{};
  std::string error;
  bool good() const { return status >= 200 && status < 400; }  // as a kubelet sees it
  std::string to_string() const;                               // "200 in 4ms"
};

struct PodHealth {
  std::string pod, state;
  bool ready = false;
  std::optional<HealthAnswer> answer;  // empty: not asked
};

struct ServiceHealth {
  std::string service, tier, url;  // url: of the first pod; empty: nothing to ask
  std::optional<Endpoints> endpoints;
  std::int64_t wanted = 0;
  std::vector<PodHealth> pods;

  bool stopped() const { return wanted == 0 && pods.empty(); }
  // What is wrong with it, for people; empty when it is healthy.
  std::string problem() const;
};

// A route of the gateway, asked at the gateway.
struct RouteHealth {
  std::string service, path;
  bool guarded = false;  // asks for a token or a key
  HealthAnswer answer;
  std::string body;  // its beginning

  std::string problem() const;
};

Json to_json(const std::vector<ServiceHealth>& services);
Json to_json(const std::vector<RouteHealth>& routes);

}  // namespace kforge::observe
