// SPDX-License-Identifier: Apache-2.0
// Volumes and sandboxes, which pods themselves say nothing about: only events do. Words: pkg/kubelet/events, the attach
// and detach controller, and the persistent volume controller.
#include "base/text.hpp"
#include "rollout/signal.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace kforge::rollout {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

bool is_one_of(std::string_view word, std::initializer_list<std::string_view> words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

// Whether every container still waits for volumes and sandbox, as far as the pod itself tells.
bool is_being_set_up(const Json& pod) {
  if (text_at(pod, {"status", "phase"}) != "Pending" || has_condition(pod, "PodReadyToStartContainers", "True"))
    return false;
  const auto waits = [](const Json& status) {
    return is_one_of(text_at(status, {"state", "waiting", "reason"}), {"", "ContainerCreating", "PodInitializing"}) &&
           !at_path(status, {"state", "running"}).is_object() && !at_path(status, {"state", "terminated"}).is_object();
  };
  const auto& containers = list_at(pod, {"status", "containerStatuses"});
  const auto& inits = list_at(pod, {"status", "initContainerStatuses"});
  return std::all_of(containers.begin(), containers.end(), waits) && std::all_of(inits.begin(), inits.end(), waits);
}

// The quoted name in: configmap "a" not found.
std::string missing_object(std::string_view said) {
  for (const std::string_view kind : {"configmap", "secret"}) {
    const auto at = said.find(fmt::format("{} \"", kind));
    if (at == std::string_view::npos) continue;
    const std::string_view rest = said.substr(at + kind.size() + 2);
    if (contains(rest, "not found")) return fmt::format("{} '{}'", kind, rest.substr(0, rest.find('"')));
  }
  return {};
}

Signal mount_signal(const Json& pod, const Json& event) {
  const std::string_view said = event_message(event);
  const bool syncing = contains(said, "failed to sync") && contains(said, "cache");
  if (const std::string missing = missing_object(said); !missing.empty() && !syncing) {
    Signal signal = signal_on(pod, CauseId::config_missing, missing + " is missing", said);
    signal.subject = missing;
    signal.fatal_after = seconds(20);
    return signal;
  }
  if (contains(said, "references non-existent")) {
    Signal signal = signal_on(pod, CauseId::config_missing, "a mounted key is missing", said);
    signal.fatal_after = seconds(20);
    return signal;
  }
  const bool attached_elsewhere = contains(said, "Multi-Attach");
  Signal signal = signal_on(
      pod, CauseId::volume_not_mounted,
      attached_elsewhere ? "its volume is still attached to another node" : "a volume cannot be mounted", said);
  signal.fatal_after = attached_elsewhere ? minutes(7) : minutes(5);
  return signal;
}

Signal sandbox_signal(const Json& pod, const Json& event) {
  Signal signal = signal_on(pod, CauseId::sandbox_fails, "the node cannot set up the pod", event_message(event));
  signal.fatal_after = seconds(180);
  return signal;
}

// Timed out waiting for volumes, without the reason: an older event may know more.
bool says_nothing(const Json& event) {
  return contains(event_message(event), "timed out waiting for the condition") &&
         event_message(event).starts_with("Unable to attach or mount volumes");
}

std::optional<Signal> setup_signal(const Judging& judging, const Json& pod) {
  std::optional<Signal> vague;
  for (const Json* event : events_about(judging, uid_of(pod))) {
    const std::string_view reason = event_reason(*event);
    // Newest first: once the node pulls or creates, what failed before is over.
    if (is_one_of(reason, {"Pulling", "Pulled", "Created", "Started"})) return vague;
    if (is_one_of(reason, {"FailedMount", "FailedAttachVolume", "FailedMapVolume"})) {
      if (!says_nothing(*event)) return mount_signal(pod, *event);
      if (!vague) vague = mount_signal(pod, *event);
    }
    if (is_one_of(reason, {"FailedCreatePodSandBox", "NetworkNotReady"})) return sandbox_signal(pod, *event);
  }
  return vague;
}

const Json* claim_named(const Judging& judging, const Json& pod, std::string_view name) {
  for (const Json* claim : judging.around.claims)
    if (name_of(*claim) == name && namespace_of(*claim) == namespace_of(pod)) return claim;
  return nullptr;
}

void add_claim_signals(Judging& judging, const Json& pod, std::vector<Signal>& out) {
  for (const Json& volume : list_at(pod, {"spec", "volumes"})) {
    const std::string_view name = text_at(volume, {"persistentVolumeClaim", "claimName"});
    const Json* claim = name.empty() ? nullptr : claim_named(judging, pod, name);
    auto signal = claim == nullptr ? std::nullopt : claim_signal(judging, *claim);
    if (!signal) continue;
    signal->pod = name_of(pod);
    signal->pod_uid = uid_of(pod);
    out.push_back(std::move(*signal));
  }
}

bool is_default_class(const Json& storage_class) {
  const Json& annotations = at_path(storage_class, {"metadata", "annotations"});
  return text_at(annotations, {"storageclass.kubernetes.io/is-default-class"}) == "true" ||
         text_at(annotations, {"storageclass.beta.kubernetes.io/is-default-class"}) == "true";
}

// The class is known to be missing from the list of classes.
std::optional<std::string> missing_class(const Judging& judging, const Json& claim) {
  const auto& classes = judging.around.storage_classes;
  if (classes.empty()) return std::nullopt;
  const Json& name = at_path(claim, {"spec", "storageClassName"});
  if (name.is_string() && name == "") return std::nullopt;  // wants a volume made by hand
  const bool found = std::any_of(classes.begin(), classes.end(), [&](const Json* each) {
    return name.is_string() ? name_of(*each) == text_at(claim, {"spec", "storageClassName"}) : is_default_class(*each);
  });
  if (found) return std::nullopt;
  if (!name.is_string()) return "the cluster has no default storage class";
  return fmt::format("storage class '{}' does not exist", text_at(claim, {"spec", "storageClassName"}));
}

Signal claim_trouble(const Json& claim, CauseId id, std::string message, std::string_view evidence) {
  Signal signal;
  signal.cause = id;
  signal.message = std::move(message);
  signal.evidence = evidence;
  signal.subject = fmt::format("claim '{}'", name_of(claim));
  signal.observed = time_at(claim, {"metadata", "creationTimestamp"});
  return signal;
}

std::optional<Signal> claim_event_signal(const Judging& judging, const Json& claim) {
  for (const Json* event : events_about(judging, uid_of(claim))) {
    const std::string_view reason = event_reason(*event), said = event_message(*event);
    if (reason == "ProvisioningSucceeded") return std::nullopt;
    const bool no_class =
        (reason == "ProvisioningFailed" && contains(said, "storageclass") && contains(said, "not found")) ||
        (reason == "FailedBinding" && contains(said, "no storage class is set"));
    if (no_class) {
      Signal signal = claim_trouble(claim, CauseId::storage_class_missing, "the storage class does not exist", said);
      if (const auto name = text_at(claim, {"spec", "storageClassName"}); !name.empty())
        signal.message = fmt::format("storage class '{}' does not exist", name);
      signal.fatal_after = seconds(20);
      return signal;
    }
    if (reason != "ProvisioningFailed" && reason != "FailedBinding") continue;
    Signal signal = claim_trouble(claim, CauseId::volume_not_provisioned, "no volume for the claim", said);
    signal.fatal_after = seconds(180);
    return signal;
  }
  return std::nullopt;
}

}  // namespace

std::optional<Signal> claim_signal(Judging& judging, const Json& claim) {
  const std::string_view phase = text_at(claim, {"status", "phase"});
  if (phase == "Bound") return std::nullopt;
  if (phase == "Lost") {
    Signal signal = claim_trouble(claim, CauseId::claim_lost, "the volume of the claim is gone", {});
    signal.fatal_after = Milliseconds{0};
    return signal;
  }
  if (auto message = missing_class(judging, claim)) {
    Signal signal = claim_trouble(claim, CauseId::storage_class_missing, std::move(*message), {});
    signal.fatal_after = seconds(20);
    return signal;
  }
  return claim_event_signal(judging, claim);
}

void add_volume_signals(Judging& judging, const Json& pod, std::vector<Signal>& out) {
  if (text_at(pod, {"status", "phase"}) == "Pending" || text_at(pod, {"status", "phase"}).empty())
    add_claim_signals(judging, pod, out);
  if (!is_being_set_up(pod)) return;
  if (auto signal = setup_signal(judging, pod)) out.push_back(std::move(*signal));
}

}  // namespace kforge::rollout
