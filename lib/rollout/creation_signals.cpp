// SPDX-License-Identifier: Apache-2.0
// Pods that the API server refuses to create. Words: the admission plugins of kube-apiserver (resourcequota,
// podsecurity, webhook, serviceaccount, lifecycle), as controllers pass them on.
#include "base/text.hpp"
#include "rollout/signal.hpp"

#include <fmt/format.h>

#include <array>

namespace kforge::rollout {
namespace {

using std::chrono::seconds;

struct Refusal {
  std::string_view words;
  CauseId cause;
  Milliseconds fatal_after;
  std::string_view message;  // with {} for the name that follows `lead`
  std::string_view lead;
};

constexpr std::array refusals = {
    Refusal{"exceeded quota", CauseId::quota_exceeded, seconds(30), "quota '{}' is used up", "exceeded quota: "},
    Refusal{"failed quota", CauseId::quota_exceeded, seconds(30), "quota '{}' wants what the pods do not set",
            "failed quota: "},
    Refusal{"violates PodSecurity", CauseId::pod_security, seconds(10), "forbidden by PodSecurity '{}'",
            "violates PodSecurity \""},
    Refusal{"failed calling webhook", CauseId::webhook_unreachable, seconds(60),
            "admission webhook '{}' does not answer", "failed calling webhook \""},
    Refusal{"denied the request", CauseId::admission_denied, seconds(10), "denied by admission webhook '{}'",
            "admission webhook \""},
    Refusal{"ValidatingAdmissionPolicy", CauseId::admission_denied, seconds(10), "denied by policy '{}'",
            "ValidatingAdmissionPolicy '"},
    Refusal{"serviceaccount \"", CauseId::service_account_missing, seconds(30), "service account '{}' does not exist",
            "serviceaccount \""},
    Refusal{"being terminated", CauseId::namespace_terminating, Milliseconds{0}, "the namespace is being deleted", ""},
};

std::string refusal_message(const Refusal& refusal, std::string_view said) {
  if (refusal.lead.empty()) return std::string(refusal.message);
  const auto at = said.find(refusal.lead);
  if (at == std::string_view::npos) return std::string(cause(refusal.cause).title);
  const std::string_view rest = said.substr(at + refusal.lead.size());
  // PodSecurity levels hold a colon, so only what ends a name counts: the closing quote, or the next part of the
  // sentence.
  const std::string_view end = refusal.lead.ends_with('"') ? "\"" : refusal.lead.ends_with('\'') ? "'" : ",: ";
  return fmt::format(fmt::runtime(refusal.message), rest.substr(0, rest.find_first_of(end)));
}

Signal refused(std::string_view said) {
  Signal signal;
  signal.evidence = said;
  for (const Refusal& refusal : refusals) {
    if (!contains(said, refusal.words)) continue;
    signal.cause = refusal.cause;
    signal.message = refusal_message(refusal, said);
    signal.fatal_after = refusal.fatal_after;
    return signal;
  }
  signal.cause = CauseId::pods_not_created;
  signal.message = "pods cannot be created";
  signal.fatal_after = seconds(30);
  return signal;
}

std::optional<Signal> from_condition(const Json& owner) {
  const Json& failure = condition_of(owner, "ReplicaFailure");
  if (text_at(failure, {"status"}) != "True" || text_at(failure, {"reason"}) == "FailedDelete") return std::nullopt;
  Signal signal = refused(text_at(failure, {"message"}));
  signal.condition = &failure;
  return signal;
}

// StatefulSets, DaemonSets and Jobs have no such condition. A pod created after the refusal has settled it.
std::optional<Signal> from_events(const Judging& judging, const Json& owner) {
  for (const Json* event : events_about(judging, uid_of(owner))) {
    if (event_reason(*event) == "SuccessfulCreate" && !contains(event_message(*event), "Claim ")) return std::nullopt;
    if (event_reason(*event) != "FailedCreate") continue;
    Signal signal = refused(event_message(*event));
    signal.observed = time_at(*event, {"firstTimestamp"});
    return signal;
  }
  return std::nullopt;
}

}  // namespace

std::optional<Signal> creation_signal(Judging& judging, const Json& owner) {
  const std::string_view kind = kind_of(owner);
  return kind == "Deployment" || kind == "ReplicaSet" ? from_condition(owner) : from_events(judging, owner);
}

}  // namespace kforge::rollout
