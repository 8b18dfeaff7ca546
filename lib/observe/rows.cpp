// SPDX-License-Identifier: Apache-2.0
#include "observe/rows.hpp"

#include "base/text.hpp"
#include "rollout/pod_reading.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace kforge::observe {
namespace {

using rollout::text_at;

constexpr std::chrono::hours recent{1};
constexpr std::array tiers = {project::Tier::namespaces, project::Tier::database, project::Tier::auth,
                              project::Tier::backend, project::Tier::gateway};

// The container that kubectl would choose: the one of the annotation, otherwise the first.
const Json& main_container(const Json& pod_template) {
  const auto& containers = rollout::list_at(pod_template, {"spec", "containers"});
  const std::string_view wanted =
      text_at(pod_template, {"metadata", "annotations", "kubectl.kubernetes.io/default-container"});
  const Json& chosen = rollout::named(containers, wanted);
  if (!chosen.is_null() || containers.empty()) return chosen;
  return containers.front();
}

const Json& pod_template_of(const Json& workload) {
  const std::string_view kind = rollout::kind_of(workload);
  if (kind == "Pod") return workload;
  if (kind == "CronJob") return at_path(workload, {"spec", "jobTemplate", "spec", "template"});
  return at_path(workload, {"spec", "template"});
}

}  // namespace

std::string tier_of(const Json& object) {
  if (rollout::kind_of(object) == "Namespace") return std::string(to_string(project::Tier::namespaces));
  const std::string_view tier = text_at(object, {"metadata", "labels", "tier"});
  return std::string(tier.empty() ? text_at(pod_template_of(object), {"metadata", "labels", "tier"}) : tier);
}

int tier_rank(std::string_view tier) {
  const auto known =
      std::find_if(tiers.begin(), tiers.end(), [&](project::Tier each) { return to_string(each) == tier; });
  if (known != tiers.end()) return static_cast<int>(known - tiers.begin());
  return static_cast<int>(tiers.size()) + (tier.empty() ? 1 : 0);
}

std::string service_of(const Json& object) {
  const Json& labels = at_path(object, {"metadata", "labels"});
  for (const std::string_view label : {"kforge.dev/service", "app.kubernetes.io/name", "app"})
    if (const auto name = text_at(labels, {label}); !name.empty()) return std::string(name);
  return std::string(rollout::name_of(object));
}

std::string image_tag_of(const Json& workload) {
  const std::string_view image = text_at(main_container(pod_template_of(workload)), {"image"});
  const std::string_view name = image.substr(0, image.find('@'));
  const auto colon = name.rfind(':');
  if (colon != name.npos && name.find('/', colon) == name.npos) return std::string(name.substr(colon + 1));
  constexpr std::size_t short_digest = std::string_view("sha256:").size() + 12;
  if (name.size() < image.size()) return std::string(image.substr(name.size() + 1, short_digest));
  return image.empty() ? "" : "latest";
}

PodRow pod_row(const Json& pod) {
  PodRow row{.name = std::string(rollout::name_of(pod)),
             .state = rollout::pod_status_word(pod),
             .node = std::string(text_at(pod, {"spec", "nodeName"})),
             .restarts = rollout::restarts_of(pod)};
  row.started = rollout::time_at(pod, {"status", "startTime"});
  if (!row.started) row.started = rollout::time_at(pod, {"metadata", "creationTimestamp"});
  row.ready = rollout::is_ready(pod);
  row.request = requests_of(at_path(pod, {"spec"}));
  row.limit = limits_of(at_path(pod, {"spec"}));
  if (const auto exit = rollout::last_exit_of(pod)) {
    row.last_exit = exit->text;
    if (row.restarts > 0) row.last_restart = exit->at;
  }
  return row;
}

std::string restart_note(const ObjectRow& row, WallTime now) {
  if (row.verdict.state == rollout::State::failed) return {};
  const PodRow* latest = nullptr;
  for (const PodRow& pod : row.pods)
    if (pod.last_restart && now - *pod.last_restart < recent && now >= *pod.last_restart &&
        (latest == nullptr || *pod.last_restart > *latest->last_restart))
      latest = &pod;
  if (latest == nullptr) return {};
  const auto ago = std::chrono::duration_cast<Milliseconds>(now - *latest->last_restart);
  return fmt::format("{} restarted {} ago: {} (kforge logs {} --previous)", row.service, rollout::elapsed_text(ago),
                     latest->last_exit, row.service);
}

std::string warning_note(const ObjectRow& row) {
  if (row.verdict.state != rollout::State::ready_with_warning) return {};
  return fmt::format("{}: {}", row.object.to_string(), row.verdict.message);
}

std::string drift_note(const ObjectRow& row, WallTime now) {
  if (!row.drift) return {};
  const std::string what = fmt::format("{} was changed by {}", row.object.to_string(), row.drift->manager);
  if (!row.drift->at || *row.drift->at > now) return what + " (kforge drift)";
  const auto ago = std::chrono::duration_cast<Milliseconds>(now - *row.drift->at);
  return fmt::format("{} {} ago (kforge drift)", what, rollout::elapsed_text(ago));
}

}  // namespace kforge::observe
