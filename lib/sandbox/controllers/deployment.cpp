// SPDX-License-Identifier: Apache-2.0
// Deployments: revisions, rolling update, progress (pkg/controller/deployment).
#include "base/text.hpp"
#include "sandbox/controllers/controller.hpp"
#include "sandbox/controllers/deployment_scaling.hpp"
#include "sandbox/controllers/deployment_status.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace kforge::sandbox {
namespace {

constexpr std::string_view resource = "deployments.apps", set_resource = "replicasets.apps";
constexpr const char *revision_annotation = "deployment.kubernetes.io/revision",
                     *history_annotation = "deployment.kubernetes.io/revision-history";
constexpr const char* hash_label = "pod-template-hash";

Json template_without_hash(const Json& workload) {
  Json pod_template = at_path(workload, {"spec", "template"});
  if (pod_template.contains("metadata") && pod_template["metadata"].contains("labels"))
    pod_template["metadata"]["labels"].erase(hash_label);
  if (pod_template.contains("metadata")) pod_template["metadata"].erase("creationTimestamp");
  return pod_template;
}

std::int64_t revision_of(const Json& object) {
  const std::string text = string_at(object, {"metadata", "annotations", revision_annotation});
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size() ? number : 0;
}

std::int64_t replicas_of(const Json& object) {
  return int_at(object, {"spec", "replicas"});
}
std::int64_t available_of(const Json& set) {
  return int_at(set, {"status", "availableReplicas"});
}

class DeploymentController final : public Controller {
 public:
  DeploymentController(Api& api, Timers& timers)
      : kit_(api, timers, "deployment-controller"), queue_(timers, [this](const Key& key) { reconcile(key); }) {}

  void on_change(const Change& change) override {
    if (change.key.resource == resource) queue_.add(change.key);
    if (change.key.resource != set_resource) return;
    const Json& owner = controlling_owner(*change.object);
    if (string_at(owner, {"kind"}) == "Deployment")
      queue_.add({std::string(resource), change.key.name_space, string_at(owner, {"name"})});
  }

 private:
  void reconcile(const Key& key) {
    const ObjectPtr live = kit_.get(key);
    if (!live || is_terminating(*live)) return;
    Json deployment = *live;
    RolloutSets sets = sets_of(deployment);
    const bool paused = bool_at(deployment, {"spec", "paused"});
    if (!paused || sets.current) renew_current(deployment, sets, paused);
    if (paused || size_has_changed(deployment, sets))
      scale_in_proportion(deployment, sets);
    else if (string_at(deployment, {"spec", "strategy", "type"}) == "Recreate")
      recreate(deployment, sets);
    else
      roll(deployment, sets);
    sets = sets_of(deployment);
    if (!paused) clean_up(deployment, sets);
    const Milliseconds again = write_deployment_status(kit_, deployment, sets_of(deployment));
    if (again.count() > 0) queue_.add_after(key, again);
  }

  RolloutSets sets_of(const Json& deployment) {
    RolloutSets sets;
    const Json wanted = template_without_hash(deployment);
    for (const ObjectPtr& set : kit_.owned(std::string(set_resource), namespace_of(deployment), uid_of(deployment))) {
      if (!sets.current && template_without_hash(*set) == wanted)
        sets.current = set;
      else
        sets.old.push_back(set);
    }
    std::ranges::sort(sets.old, {}, [](const ObjectPtr& set) { return std::pair(revision_of(*set), name_of(*set)); });
    return sets;
  }

  // Creates the ReplicaSet of the template, or renumbers the one that has it (a rollback re-uses it).
  void renew_current(Json& deployment, RolloutSets& sets, bool paused) {
    std::int64_t highest = 0;
    for (const ObjectPtr& set : sets.old) highest = std::max(highest, revision_of(*set));
    if (!sets.current && !paused) {
      sets.current = create_set(deployment, highest + 1);
      if (!sets.current) return;
    } else if (revision_of(*sets.current) <= highest ||
               string_at(*sets.current, {"metadata", "annotations", revision_annotation}).empty()) {
      Json set = *sets.current;
      remember_revision(set);
      set["metadata"]["annotations"][revision_annotation] = std::to_string(highest + 1);
      copy_annotations(deployment, set);
      if (Outcome outcome = kit_.update(set); outcome.ok())
        sets.current = kit_.get({std::string(set_resource), namespace_of(set), name_of(set)});
    } else {
      follow_annotations(deployment, sets);
    }
    const std::string revision = string_at(*sets.current, {"metadata", "annotations", revision_annotation});
    if (string_at(deployment, {"metadata", "annotations", revision_annotation}) == revision) return;
    deployment["metadata"]["annotations"][revision_annotation] = revision;
    if (Outcome outcome = kit_.update(deployment); outcome.ok()) deployment = outcome.body;
  }

  // A note on the Deployment, such as why it changed, belongs to the revision that is current.
  void follow_annotations(const Json& deployment, RolloutSets& sets) {
    if (!sets.current) return;
    Json set = *sets.current;
    copy_annotations(deployment, set);
    if (set == *sets.current) return;
    if (Outcome outcome = kit_.update(set); outcome.ok())
      sets.current = kit_.get({std::string(set_resource), namespace_of(set), name_of(set)});
  }

  // The numbers that a ReplicaSet had before it was used again.
  static void remember_revision(Json& set) {
    const std::string last = string_at(set, {"metadata", "annotations", revision_annotation}),
                      known = string_at(set, {"metadata", "annotations", history_annotation});
    if (!last.empty()) set["metadata"]["annotations"][history_annotation] = known.empty() ? last : known + "," + last;
  }

  static void copy_annotations(const Json& deployment, Json& set) {
    for (const auto& [name, value] : at_path(deployment, {"metadata", "annotations"}).items())
      if (name != revision_annotation && name != "kubectl.kubernetes.io/last-applied-configuration")
        set["metadata"]["annotations"][name] = value;
  }

  ObjectPtr create_set(const Json& deployment, std::int64_t revision) {
    Json pod_template = at_path(deployment, {"spec", "template"});
    const std::string hash = template_hash(pod_template);
    pod_template["metadata"]["labels"][hash_label] = hash;
    Json selector = at_path(deployment, {"spec", "selector"});
    selector["matchLabels"][hash_label] = hash;
    const std::string name = fmt::format("{}-{}", name_of(deployment), hash);
    Json set{{"apiVersion", "apps/v1"},
             {"kind", "ReplicaSet"},
             {"metadata",
              {{"name", name},
               {"namespace", namespace_of(deployment)},
               {"labels", pod_template["metadata"]["labels"]},
               {"ownerReferences", {controller_reference(deployment)}}}},
             {"spec", {{"replicas", 0}, {"selector", selector}, {"template", pod_template}}}};
    if (const auto seconds = int_at(deployment, {"spec", "minReadySeconds"}); seconds > 0)
      set["spec"]["minReadySeconds"] = seconds;
    copy_annotations(deployment, set);
    set["metadata"]["annotations"][revision_annotation] = std::to_string(revision);
    set["spec"]["replicas"] = first_size(deployment);
    set_size_annotations(deployment, set);
    const Outcome outcome = kit_.create(set);
    const ObjectPtr created = kit_.get({std::string(set_resource), namespace_of(deployment), name});
    if (outcome.ok())
      kit_.event(deployment, "Normal", "ScalingReplicaSet",
                 fmt::format("Scaled up replica set {} from 0 to {}", name, replicas_of(outcome.body)));
    return created && string_at(controlling_owner(*created), {"uid"}) == uid_of(deployment) ? created : nullptr;
  }

  static int surge_of(const Json& deployment) {
    return resolve_int_or_percent(at_path(deployment, {"spec", "strategy", "rollingUpdate", "maxSurge"}),
                                  static_cast<int>(replicas_of(deployment)), true);
  }

  static int unavailable_of(const Json& deployment) {
    const int allowed =
        resolve_int_or_percent(at_path(deployment, {"spec", "strategy", "rollingUpdate", "maxUnavailable"}),
                               static_cast<int>(replicas_of(deployment)), false);
    return allowed == 0 && surge_of(deployment) == 0 ? 1 : allowed;  // two zeros would stand still
  }

  std::int64_t total_of(const RolloutSets& sets) const {
    std::int64_t total = sets.current ? replicas_of(*sets.current) : 0;
    for (const ObjectPtr& set : sets.old) total += replicas_of(*set);
    return total;
  }

  // How large the new ReplicaSet may be now, beside what the old ones still hold.
  std::int64_t first_size(const Json& deployment) {
    RolloutSets sets = sets_of(deployment);
    sets.current = nullptr;
    if (string_at(deployment, {"spec", "strategy", "type"}) == "Recreate")
      return total_of(sets) == 0 ? replicas_of(deployment) : 0;
    return new_size(deployment, sets, 0);
  }

  std::int64_t new_size(const Json& deployment, const RolloutSets& sets, std::int64_t current) const {
    const std::int64_t room = replicas_of(deployment) + surge_of(deployment) - total_of(sets);
    if (room <= 0) return current;
    return current + std::min(room, replicas_of(deployment) - current);
  }

  void set_size_annotations(const Json& deployment, Json& set) const {
    set["metadata"]["annotations"][desired_annotation] = std::to_string(replicas_of(deployment));
    set["metadata"]["annotations"][max_annotation] =
        std::to_string(replicas_of(deployment) +
                       (string_at(deployment, {"spec", "strategy", "type"}) == "Recreate" ? 0 : surge_of(deployment)));
  }

  void resize(const Json& deployment, ObjectPtr& set, std::int64_t size) {
    const std::int64_t before = replicas_of(*set);
    Json next = *set;
    next["spec"]["replicas"] = size;
    set_size_annotations(deployment, next);
    if (next == *set) return;
    const Outcome outcome = kit_.update(next);
    if (!outcome.ok()) return;
    set = kit_.get({std::string(set_resource), namespace_of(next), name_of(next)});
    if (before != size)
      kit_.event(deployment, "Normal", "ScalingReplicaSet",
                 fmt::format("Scaled {} replica set {} from {} to {}", before < size ? "up" : "down", name_of(next),
                             before, size));
  }

  void roll(const Json& deployment, RolloutSets& sets) {
    if (!sets.current) return;
    const std::int64_t wanted = replicas_of(deployment), current = replicas_of(*sets.current);
    resize(deployment, sets.current, current > wanted ? wanted : new_size(deployment, sets, current));
    scale_down_old(deployment, sets);
  }

  // Unhealthy old pods go first, then as many as keep the service at its minimum.
  void scale_down_old(const Json& deployment, RolloutSets& sets) {
    const std::int64_t minimum = replicas_of(deployment) - unavailable_of(deployment);
    const std::int64_t new_unavailable = replicas_of(*sets.current) - available_of(*sets.current);
    std::int64_t may_go = total_of(sets) - minimum - new_unavailable;
    for (ObjectPtr& set : sets.old) {
      const std::int64_t unhealthy = std::max<std::int64_t>(0, replicas_of(*set) - available_of(*set));
      const std::int64_t count = std::min(unhealthy, may_go);
      if (count <= 0) continue;
      resize(deployment, set, replicas_of(*set) - count);
      may_go -= count;
    }
    std::int64_t available = available_of(*sets.current);
    for (const ObjectPtr& set : sets.old) available += std::min(available_of(*set), replicas_of(*set));
    std::int64_t surplus = available - minimum;
    for (ObjectPtr& set : sets.old) {
      const std::int64_t count = std::min(replicas_of(*set), surplus);
      if (count <= 0) continue;
      resize(deployment, set, replicas_of(*set) - count);
      surplus -= count;
    }
  }

  void recreate(const Json& deployment, RolloutSets& sets) {
    bool old_pods = false;
    for (ObjectPtr& set : sets.old) {
      if (replicas_of(*set) > 0) resize(deployment, set, 0);
      for (const ObjectPtr& pod : kit_.owned("pods", namespace_of(deployment), uid_of(*set))) {
        const std::string phase = string_at(*pod, {"status", "phase"});
        old_pods = old_pods || (phase != "Succeeded" && phase != "Failed");
      }
    }
    if (!old_pods && sets.current) resize(deployment, sets.current, replicas_of(deployment));
  }

  // Every ReplicaSet takes its part of a change of size; the rollout goes on from there.
  void scale_in_proportion(const Json& deployment, RolloutSets& sets) {
    for (const auto& [name, size] : proportional_sizes(deployment, sets, surge_of(deployment))) {
      if (sets.current && name_of(*sets.current) == name) resize(deployment, sets.current, size);
      for (ObjectPtr& set : sets.old)
        if (name_of(*set) == name) resize(deployment, set, size);
    }
  }

  void clean_up(const Json& deployment, const RolloutSets& sets) {
    const auto limit =
        static_cast<std::size_t>(std::max<std::int64_t>(0, int_at(deployment, {"spec", "revisionHistoryLimit"}, 10)));
    std::vector<ObjectPtr> idle;
    for (const ObjectPtr& set : sets.old)
      if (replicas_of(*set) == 0 && int_at(*set, {"status", "replicas"}) == 0 && !is_terminating(*set))
        idle.push_back(set);
    for (std::size_t i = 0; i + limit < idle.size(); ++i) kit_.remove(*idle[i]);
  }

  Kit kit_;
  WorkQueue queue_;
};

}  // namespace

std::unique_ptr<Controller> make_deployment_controller(Api& api, Timers& timers) {
  return std::make_unique<DeploymentController>(api, timers);
}

}  // namespace kforge::sandbox
