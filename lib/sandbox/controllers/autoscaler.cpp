// SPDX-License-Identifier: Apache-2.0
// HorizontalPodAutoscalers: the bounds at once, more or fewer pods by metrics where there are any
// (pkg/controller/podautoscaler/horizontal.go).
#include "sandbox/api/selector.hpp"
#include "sandbox/controllers/autoscaler_metrics.hpp"
#include "sandbox/controllers/controller.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace kforge::sandbox {
namespace {

constexpr const char* resource = "horizontalpodautoscalers.autoscaling";
constexpr Milliseconds period{15'000};

struct Decision {
  std::int64_t replicas = 0;
  std::string reason;
  bool known = true;  // false: the metrics gave no number
};

class AutoscalerController final : public Controller {
 public:
  AutoscalerController(Api& api, Timers& timers, PodRuntime& runtime)
      : kit_(api, timers, "horizontal-pod-autoscaler"),
        runtime_(runtime),
        queue_(timers, [this](const Key& key) { reconcile(key); }) {}

  void on_change(const Change& change) override {
    if (change.key.resource == resource) return queue_.add(change.key);
    if (change.key.resource != "pods" && change.key.resource != "deployments.apps" &&
        change.key.resource != "statefulsets.apps")
      return;
    for (const ObjectPtr& autoscaler : kit_.list(resource, change.key.name_space))
      queue_.add({resource, change.key.name_space, name_of(*autoscaler)});
  }

 private:
  void reconcile(const Key& key) {
    const ObjectPtr live = kit_.get(key);
    if (!live) {
      recent_.erase(key);
      return;
    }
    Json autoscaler = *live;
    if (const ObjectPtr target = target_of(autoscaler)) steer(key, autoscaler, *target);
    kit_.update_status(autoscaler);
  }

  // Null, with the condition that says so, when there is nothing to scale.
  ObjectPtr target_of(Json& autoscaler) const {
    const Json& reference = at_path(autoscaler, {"spec", "scaleTargetRef"});
    const std::string api_version = string_at(reference, {"apiVersion"});
    const std::size_t slash = api_version.find('/');
    const Resource* found = kit_.api.registry().find_kind(
        slash == std::string::npos ? "" : api_version.substr(0, slash), string_at(reference, {"kind"}));
    const std::string name = string_at(reference, {"name"});
    ObjectPtr target = found == nullptr ? nullptr : kit_.get(found->key(namespace_of(autoscaler), name));
    if (target) {
      set(autoscaler, {"AbleToScale", "True", "SucceededGetScale",
                       "the HPA controller was able to get the target's current scale"});
      return target;
    }
    const std::string error =
        found == nullptr ? fmt::format("no matches for kind \"{}\" in group \"{}\"", string_at(reference, {"kind"}),
                                       slash == std::string::npos ? "" : api_version.substr(0, slash))
                         : fmt::format("{} \"{}\" not found", found->id(), name);
    if (set(autoscaler, {"AbleToScale", "False", "FailedGetScale",
                         "the HPA controller was unable to get the target's current scale: " + error}))
      kit_.event(autoscaler, "Warning", "FailedGetScale", error);
    return nullptr;
  }

  // True when the condition was not that before.
  bool set(Json& autoscaler, const Condition& condition) const {
    Json& status = autoscaler["status"];
    const Json* known = find_condition(status, condition.type);
    const bool news = known == nullptr || string_at(*known, {"reason"}) != condition.reason ||
                      string_at(*known, {"status"}) != condition.status;
    set_condition(status, condition, kit_.timestamp());
    return news;
  }

  void steer(const Key& key, Json& autoscaler, const Json& target) {
    const auto current = int_at(target, {"spec", "replicas"}, 1),
               least = int_at(autoscaler, {"spec", "minReplicas"}, 1),
               most = int_at(autoscaler, {"spec", "maxReplicas"}, 1);
    autoscaler["status"]["currentReplicas"] = int_at(target, {"status", "replicas"});
    Decision decision{current, ""};
    if (current == 0) {
      set(autoscaler, {"ScalingActive", "False", "ScalingDisabled",
                       "scaling is disabled since the replica count of the target is zero"});
      decision.replicas = 0;
    } else if (current > most) {
      decision = {most, "Current number of replicas above Spec.MaxReplicas"};
    } else if (current < least) {
      decision = {least, "Current number of replicas below Spec.MinReplicas"};
    } else {
      decision = by_metrics(key, autoscaler, target, current);
    }
    if (!decision.known) return;
    autoscaler["status"]["desiredReplicas"] = decision.replicas;
    if (decision.replicas != current) rescale(autoscaler, target, decision);
  }

  Decision by_metrics(const Key& key, Json& autoscaler, const Json& target, std::int64_t current) {
    std::vector<ObjectPtr> pods = kit_.list("pods", namespace_of(target));
    std::erase_if(pods, [&](const ObjectPtr& pod) {
      return !pod_is_active(*pod) ||
             !label_selector_matches(at_path(target, {"spec", "selector"}), at_path(*pod, {"metadata", "labels"}));
    });
    Json statuses = Json::array();
    std::optional<MetricProposal> best, first_error;
    std::size_t failures = 0, metrics = 0;
    for (const Json& metric : at_path(autoscaler, {"spec", "metrics"})) {
      ++metrics;
      MetricProposal proposal = propose(metric, pods, current, runtime_);
      if (!proposal.error.empty()) {
        ++failures;
        statuses.push_back({{"type", ""}});
        if (!first_error) first_error = std::move(proposal);
        continue;
      }
      statuses.push_back(proposal.status);
      if (!best || proposal.replicas > best->replicas) best = std::move(proposal);
    }
    autoscaler["status"]["currentMetrics"] = statuses.empty() ? Json(nullptr) : statuses;
    if (!best || (first_error && best->replicas < current)) {
      if (first_error) report(autoscaler, *first_error, failures, metrics);
      return {current, "", false};
    }
    set(autoscaler, {"ScalingActive", "True", "ValidMetricFound",
                     "the HPA was able to successfully calculate a replica count from " + best->name});
    const std::int64_t wanted = within_bounds(autoscaler, stabilized(key, autoscaler, best->replicas));
    if (wanted != current) queue_.add_after(key, period);
    return {wanted, wanted > current ? best->name + " above target" : "All metrics below target"};
  }

  void report(Json& autoscaler, const MetricProposal& failure, std::size_t failures, std::size_t metrics) const {
    const bool news = set(autoscaler, {"ScalingActive", "False", failure.reason,
                                       "the HPA was unable to compute the replica count: " + failure.error});
    if (!news) return;
    kit_.event(autoscaler, "Warning", failure.reason, failure.error);
    kit_.event(
        autoscaler, "Warning", "FailedComputeMetricsReplicas",
        fmt::format(
            "invalid metrics ({} invalid out of {}), first error is: failed to get {} resource metric value: {}",
            failures, metrics, string_at(autoscaler["spec"]["metrics"][0], {"resource", "name"}), failure.error));
  }

  // The highest recommendation of the window: a target shrinks only when it is not needed for a while.
  std::int64_t stabilized(const Key& key, Json& autoscaler, std::int64_t wanted) {
    const Milliseconds window =
        seconds_at(autoscaler, {"spec", "behavior", "scaleDown", "stabilizationWindowSeconds"}, 300);
    auto& recent = recent_[key];
    const Clock::time_point now = kit_.timers.now();
    std::erase_if(recent, [&](const auto& each) { return now - each.first >= window; });
    recent.emplace_back(now, wanted);
    const auto highest = std::ranges::max_element(recent, {}, [](const auto& each) { return each.second; });
    if (highest->second == wanted) {
      set(autoscaler, {"AbleToScale", "True", "ReadyForNewScale", "recommended size matches current size"});
      return wanted;
    }
    set(autoscaler,
        {"AbleToScale", "True", "ScaleDownStabilized",
         "recent recommendations were higher than current one, applying the highest recent recommendation"});
    queue_.add_after(key, std::chrono::ceil<Milliseconds>(highest->first + window - now));
    return highest->second;
  }

  std::int64_t within_bounds(Json& autoscaler, std::int64_t wanted) const {
    const auto least = int_at(autoscaler, {"spec", "minReplicas"}, 1),
               most = int_at(autoscaler, {"spec", "maxReplicas"}, 1);
    if (wanted > most)
      set(autoscaler, {"ScalingLimited", "True", "TooManyReplicas",
                       "the desired replica count is more than the maximum replica count"});
    else if (wanted < least)
      set(autoscaler, {"ScalingLimited", "True", "TooFewReplicas",
                       "the desired replica count is less than the minimum replica count"});
    else
      set(autoscaler,
          {"ScalingLimited", "False", "DesiredWithinRange", "the desired count is within the acceptable range"});
    return std::clamp(wanted, least, most);
  }

  void rescale(Json& autoscaler, const Json& target, const Decision& decision) {
    Json next = target;
    next["spec"]["replicas"] = decision.replicas;
    if (const Outcome outcome = kit_.update(next); !outcome.ok()) {
      const std::string error = string_at(outcome.body, {"message"});
      set(autoscaler, {"AbleToScale", "False", "FailedUpdateScale",
                       "the HPA controller was unable to update the target scale: " + error});
      return kit_.event(autoscaler, "Warning", "FailedRescale",
                        fmt::format("New size: {}; reason: {}; error: {}", decision.replicas, decision.reason, error));
    }
    set(autoscaler, {"AbleToScale", "True", "SucceededRescale",
                     fmt::format("the HPA controller was able to update the target scale to {}", decision.replicas)});
    autoscaler["status"]["lastScaleTime"] = kit_.timestamp();
    kit_.event(autoscaler, "Normal", "SuccessfulRescale",
               fmt::format("New size: {}; reason: {}", decision.replicas, decision.reason));
  }

  Kit kit_;
  PodRuntime& runtime_;
  std::map<Key, std::vector<std::pair<Clock::time_point, std::int64_t>>> recent_;  // recommendations
  WorkQueue queue_;
};

}  // namespace

std::unique_ptr<Controller> make_autoscaler_controller(Api& api, Timers& timers, PodRuntime& runtime) {
  return std::make_unique<AutoscalerController>(api, timers, runtime);
}

}  // namespace kforge::sandbox
