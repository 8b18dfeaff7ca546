// SPDX-License-Identifier: Apache-2.0
// Stands between the connections and the API server and plays the faults of a faults file.
#pragma once

#include "sandbox/server/api_faults.hpp"
#include "sandbox/server/api_server.hpp"

#include <memory>
#include <vector>

namespace kforge::sandbox {

class FaultGate {
 public:
  FaultGate(ApiServer& server, Store& store, Timers& timers);

  // Replaces the rules; their counts start anew.
  void set(std::vector<ApiFaultRule> rules);
  void handle(HttpRequest request, const std::shared_ptr<Responder>& responder);

 private:
  struct Rule {
    ApiFaultRule rule;
    long seen = 0;
  };
  // Counts the request and says whether the rule hits it.
  static bool hits(Rule& rule, const RequestMatch& request);
  void play(const ApiFault& fault, HttpRequest request, const std::shared_ptr<Responder>& responder);

  ApiServer& server_;
  Store& store_;
  Timers& timers_;
  std::vector<Rule> rules_;
};

}  // namespace kforge::sandbox
