// SPDX-License-Identifier: Apache-2.0
// Namespaces, CustomResourceDefinitions, APIServices and the custom resources themselves.
#include "rollout/rules.hpp"

#include <fmt/format.h>

namespace kforge::rollout {
namespace {

using std::chrono::seconds;

constexpr Milliseconds signal_grace = seconds(5);

// Without any readiness signal: a moment for its controller to write one, then the object counts as it is.
Verdict unsignalled(Judging& judging) {
  const auto created = time_at(judging.live, {"metadata", "creationTimestamp"});
  if (judging.passed(judging.true_since("no-signal", created), signal_grace))
    return warned(CauseId::no_readiness_signal);
  return waiting("NoStatus", "waiting for its controller");
}

}  // namespace

Verdict judge_namespace(Judging& judging) {
  const std::string_view phase = text_at(judging.live, {"status", "phase"});
  if (phase == "Terminating" || is_deleting(judging.live)) {
    if (judging.deploying()) return failed(CauseId::namespace_terminating);
    return waiting("Terminating", "is being deleted");
  }
  return phase == "Active" ? ready("active", "Active") : waiting("NotActive", "not active yet");
}

Verdict judge_definition(Judging& judging) {
  const Json& accepted = condition_of(judging.live, "NamesAccepted");
  const Json& established = condition_of(judging.live, "Established");
  if (text_at(accepted, {"status"}) == "False")
    return failed(CauseId::names_conflict, {}, std::string(text_at(accepted, {"message"})));
  if (text_at(established, {"status"}) == "False" && text_at(established, {"reason"}) != "Installing")
    return failed(CauseId::not_established, {}, std::string(text_at(established, {"message"})));
  if (text_at(accepted, {"status"}) == "True" && text_at(established, {"status"}) == "True")
    return ready("established", "Established");
  return waiting("NotEstablished", "not served yet");
}

Verdict judge_api_service(Judging& judging) {
  const Json& available = condition_of(judging.live, "Available");
  if (text_at(available, {"status"}) == "True") return ready("available", "Available");
  const std::string said(text_at(available, {"message"}));
  const auto since = judging.true_since_condition("unavailable", available);
  if (!available.is_null() && judging.passed(since, seconds(60)))
    return failed(CauseId::api_service_unavailable, fmt::format("does not answer ({})", text_at(available, {"reason"})),
                  said);
  Verdict verdict = waiting("NotAvailable", "not available yet");
  verdict.evidence = said;
  return verdict;
}

Verdict judge_custom_resource(Judging& judging) {
  const Json& condition = condition_of(judging.live, "Ready");
  if (condition.is_null()) return unsignalled(judging);
  const Json& observed = at_path(condition, {"observedGeneration"});
  if (observed.is_number() &&
      int_at(condition, {"observedGeneration"}) < int_at(judging.live, {"metadata", "generation"}))
    return waiting("NotObserved", "change not yet seen by its controller");
  if (text_at(condition, {"status"}) == "True") return ready("ready");
  const std::string_view reason = text_at(condition, {"reason"});
  Verdict verdict = waiting("NotReady", reason.empty() ? "not ready" : fmt::format("not ready ({})", reason));
  verdict.evidence = text_at(condition, {"message"});
  return verdict;
}

}  // namespace kforge::rollout
