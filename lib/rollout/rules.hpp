// SPDX-License-Identifier: Apache-2.0
// The table kind -> readiness rule. A rule sees objects that have passed the gate: it is the object we applied, it is
// not going away, and its status speaks of its current spec.
#pragma once

#include "rollout/judging.hpp"

#include <optional>
#include <string_view>

namespace kforge::rollout {

// What observedGeneration means for a kind: absent is "not observed yet" for those whose controller always writes it.
enum class Observed { required, if_present, ignored };

struct Rule {
  std::string_view group, kind;
  Verdict (*judge)(Judging&);
  Observed observed = Observed::if_present;
};
const Rule& rule_for(const Json& live);

// What holds for every kind, before its rule: identity, deletion, generations, Stalled and Reconciling.
std::optional<Verdict> gate(Judging& judging, Observed observed);

Verdict judge_deployment(Judging& judging);
Verdict judge_stateful_set(Judging& judging);
Verdict judge_daemon_set(Judging& judging);
Verdict judge_replica_set(Judging& judging);
Verdict judge_pod(Judging& judging);
Verdict judge_job(Judging& judging);
Verdict judge_cron_job(Judging& judging);
Verdict judge_service(Judging& judging);
Verdict judge_ingress(Judging& judging);
Verdict judge_claim(Judging& judging);
Verdict judge_autoscaler(Judging& judging);
Verdict judge_disruption_budget(Judging& judging);
Verdict judge_namespace(Judging& judging);
Verdict judge_definition(Judging& judging);
Verdict judge_api_service(Judging& judging);
Verdict judge_existing(Judging& judging);  // ConfigMap, Secret, RBAC: there is nothing to wait for
Verdict judge_custom_resource(Judging& judging);

}  // namespace kforge::rollout
