// SPDX-License-Identifier: Apache-2.0
#include "deploy/edits.hpp"

#include "deploy/names.hpp"
#include "deploy/plan.hpp"
#include "project/image.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace kforge::deploy {
namespace {

// Remembers how many pods a stopped service had. Owned by the manager that stopped it, so it goes when that manager
// sets another number.
constexpr const char* stopped_annotation = "kforge.dev/stopped-replicas";
constexpr const char* restarted_annotation = "kubectl.kubernetes.io/restartedAt";

Json identity_of(const Json& live) {
  return {{"apiVersion", string_at(live, {"apiVersion"})},
          {"kind", string_at(live, {"kind"})},
          {"metadata",
           {{"name", string_at(live, {"metadata", "name"})},
            {"namespace", string_at(live, {"metadata", "namespace"})},
            {"uid", string_at(live, {"metadata", "uid"})}}}};
}

Edit edit_of(const RunningService& service, const Json& live, std::string manager) {
  Edit edit;
  edit.service = &service;
  edit.live = &live;
  edit.body = identity_of(live);
  edit.manager = std::move(manager);
  return edit;
}

// The section of the project file that a service is described in.
std::vector<std::string> section_of(const project::Project& project, const std::string& service) {
  if (project.find_service(service) != nullptr) return {"services", service};
  return {service == "keycloak" ? "auth" : service == "kong" ? "gateway" : "database"};
}

std::vector<std::string> key_of(const project::Project& project, const std::string& service,
                                std::initializer_list<std::string> keys) {
  std::vector<std::string> path = section_of(project, service);
  path.insert(path.end(), keys.begin(), keys.end());
  return path;
}

// "kforge.yaml:12" of the place that decides.
std::string place_text(const project::Project& project, const std::vector<std::string>& path) {
  const SourcePlace place = project.place_of(path);
  return place.known() ? fmt::format("{}:{}", place.file, place.line) : project.file;
}

// Pods that the project file asks for; with an autoscaler its minimum.
std::int64_t wanted_by_file(const project::Project& project, const std::string& name) {
  if (const project::Service* service = project.find_service(name))
    return service->scale ? service->scale->min : service->replicas;
  if (name == "keycloak" && project.auth) return project.auth->replicas;
  if (name == "kong" && project.gateway) return project.gateway->replicas;
  return 1;
}

const project::Scale* scale_of_file(const project::Project& project, const std::string& name) {
  const project::Service* service = project.find_service(name);
  return service != nullptr && service->scale ? &*service->scale : nullptr;
}

void refuse_paused(const RunningService& service, std::string_view verb) {
  if (!service.is_paused()) return;
  throw Error(ErrorKind::guard_refused, fmt::format("'{}' is paused, so {} would not end", service.name, verb))
      .hint(fmt::format("`kforge resume {}` first", service.name));
}

std::string from_to(std::string_view what, std::int64_t before, std::int64_t after) {
  return before == after ? fmt::format("{} {}", what, after) : fmt::format("{} {} -> {}", what, before, after);
}

Edit replicas_edit(const RunningService& service, std::int64_t count) {
  Edit edit = edit_of(service, *service.workload, scale_manager);
  edit.body["spec"]["replicas"] = count;
  edit.changes = service.replicas() != count;
  edit.detail = from_to("replicas", service.replicas(), count);
  return edit;
}

struct Bounds {
  std::int64_t min, max;
  std::string text() const { return fmt::format("{}..{}", min, max); }
  bool operator==(const Bounds&) const = default;
};

Bounds bounds_of(const Json& autoscaler) {
  return {int_at(autoscaler, {"spec", "minReplicas"}, 1), int_at(autoscaler, {"spec", "maxReplicas"}, 1)};
}

Edit bounds_edit(const project::Project& project, const RunningService& service, const Bounds& bounds) {
  const Bounds before = bounds_of(*service.autoscaler);
  Edit edit = edit_of(service, *service.autoscaler, scale_manager);
  edit.body["spec"] = {{"minReplicas", bounds.min}, {"maxReplicas", bounds.max}};
  edit.changes = bounds != before;
  edit.detail = bounds == before ? "autoscaler " + bounds.text()
                                 : fmt::format("autoscaler {} -> {}", before.text(), bounds.text());
  const project::Scale* file = scale_of_file(project, service.name);
  if (file == nullptr) return edit;  // made by somebody else: `up` knows nothing of it
  if (const Bounds ours{file->min, file->max}; ours != bounds)
    edit.next_up = fmt::format("the next `kforge up` sets the autoscaler of {} back to {} ({})", service.name,
                               ours.text(), place_text(project, key_of(project, service.name, {"scale"})));
  edit.settings = {{key_of(project, service.name, {"scale", "min"}), bounds.min},
                   {key_of(project, service.name, {"scale", "max"}), bounds.max}};
  return edit;
}

void refuse_second_database(const RunningService& service, std::int64_t count) {
  if (service.name != "postgres" || count <= 1) return;
  throw Error(ErrorKind::guard_refused, "'postgres' runs as one pod: a second one would be an empty database")
      .hint("give it more CPU and memory under 'database' instead");
}

std::string file_size_text(const project::Project& project, const RunningService& service, std::int64_t count) {
  const std::int64_t wanted = wanted_by_file(project, service.name);
  if (wanted == count) return {};
  return fmt::format("the next `kforge up` sets {} back to {} {} ({})", service.name, wanted,
                     wanted == 1 ? "pod" : "pods", place_text(project, key_of(project, service.name, {"replicas"})));
}

std::string container_name(const Json& container) {
  return string_at(container, {"name"});
}

}  // namespace

const Json& main_container(const RunningService& service) {
  const Json& pods = at_path(*service.workload, {"spec", "template"});
  const Json& containers = at_path(pods, {"spec", "containers"});
  const std::string chosen =
      string_at(pods, {"metadata", "annotations", "kubectl.kubernetes.io/default-container"}, service.name);
  const auto found = std::ranges::find(containers, chosen, container_name);
  return found != containers.end() ? *found : containers.at(0);
}

Edits scale_edits(const project::Project& project, const RunningService& service, std::int64_t count) {
  refuse_paused(service, "scaling it");
  refuse_second_database(service, count);
  if (count == 0) return stop_edits(project, service);
  Edits edits;
  if (service.autoscaler != nullptr)
    edits.push_back(bounds_edit(project, service, {count, std::max(count, bounds_of(*service.autoscaler).max)}));
  Edit edit = replicas_edit(service, count);
  if (service.autoscaler == nullptr) {
    edit.next_up = file_size_text(project, service, count);
    if (service.name != "postgres") edit.settings = {{key_of(project, service.name, {"replicas"}), count}};
  }
  edits.push_back(std::move(edit));
  return edits;
}

Edits stop_edits(const project::Project& project, const RunningService& service) {
  refuse_paused(service, "stopping it");
  Edit edit = replicas_edit(service, 0);
  const std::int64_t before = service.replicas() > 0
                                  ? service.replicas()
                                  : start_edits(project, service).front().body["spec"]["replicas"].get<std::int64_t>();
  edit.body["metadata"]["annotations"][stopped_annotation] = fmt::format("{}", before);
  // `up` leaves the number of pods to an autoscaler, and an autoscaler leaves zero pods alone.
  edit.next_up = scale_of_file(project, service.name) != nullptr && service.autoscaler != nullptr
                     ? fmt::format("{0} stays stopped through `kforge up`; `kforge start {0}` starts it", service.name)
                     : fmt::format("`kforge start {0}` or the next `kforge up` starts {0} again", service.name);
  return {std::move(edit)};
}

Edits start_edits(const project::Project& project, const RunningService& service) {
  refuse_paused(service, "starting it");
  if (service.replicas() > 0) {
    Edit edit = replicas_edit(service, service.replicas());
    edit.detail = "runs already";
    return {std::move(edit)};
  }
  std::int64_t count = wanted_by_file(project, service.name);
  const std::string remembered = string_at(*service.workload, {"metadata", "annotations", stopped_annotation});
  if (!remembered.empty() && remembered.size() < 6 && remembered.find_first_not_of("0123456789") == std::string::npos)
    count = std::stoll(remembered);
  Edit edit = replicas_edit(service, std::max<std::int64_t>(count, 1));
  if (service.autoscaler == nullptr) edit.next_up = file_size_text(project, service, std::max<std::int64_t>(count, 1));
  return {std::move(edit)};
}

Edits restart_edits(const RunningService& service, WallTime at) {
  refuse_paused(service, "restarting it");
  const std::string strategy = string_at(*service.workload, {"spec", "updateStrategy", "type"});
  if (strategy == "OnDelete")
    throw Error(
        ErrorKind::guard_refused,
        fmt::format("'{}' replaces pods only when somebody deletes them (updateStrategy OnDelete)", service.name))
        .hint("delete its pods one by one, each after the last is ready");
  Edit edit = edit_of(service, *service.workload, restart_manager);
  edit.body["spec"]["template"]["metadata"]["annotations"][restarted_annotation] = format_rfc3339(at);
  edit.changes = service.replicas() > 0;
  edit.rolls = true;
  edit.detail = edit.changes ? "restarted" : "stopped, nothing to restart";
  return {std::move(edit)};
}

Edits image_edits(const project::Project& project, const RunningService& service, const std::string& typed) {
  const std::string image = project::with_registry(project.defaults.registry, typed);
  refuse_paused(service, "a new image");
  const Json& container = main_container(service);
  Edit edit = edit_of(service, *service.workload, image_manager);
  edit.body["spec"]["template"]["spec"]["containers"] = {{{"name", container_name(container)}, {"image", image}}};
  edit.changes = string_at(container, {"image"}) != image;
  edit.rolls = edit.changes;
  Json after = *service.workload;
  for (Json& each : after["spec"]["template"]["spec"]["containers"])
    if (container_name(each) == container_name(container)) each["image"] = image;
  const std::vector<std::string> changes = image_changes(*service.workload, after);
  edit.detail = changes.empty() ? "image " + image : changes.front();
  const std::string before = string_at(container, {"image"});
  edit.undo = edit.body;
  edit.undo["spec"]["template"]["spec"]["containers"][0]["image"] = before;
  edit.undo_detail = "image back to " + before;
  const std::vector<std::string> key = key_of(project, service.name, {"image"});
  const project::Service* in_file = project.find_service(service.name);
  if (in_file == nullptr || in_file->image != image)
    edit.next_up =
        fmt::format("the next `kforge up` sets {} back to the image of {}", service.name, place_text(project, key));
  edit.settings = {{key, typed}};
  return {std::move(edit)};
}

Edits autoscale_edits(const project::Project& project, const RunningService& service, const Json& autoscaler) {
  refuse_paused(service, "scaling it");
  const Bounds bounds = bounds_of(autoscaler);
  const Json& cpu = at_path(autoscaler, {"spec", "metrics"}).at(0);
  const std::int64_t percent = int_at(cpu, {"resource", "target", "averageUtilization"});
  Edit edit;
  edit.service = &service;
  edit.live = service.autoscaler;
  edit.manager = autoscale_manager;
  edit.body = autoscaler;
  if (service.autoscaler != nullptr) {
    edit.body = identity_of(*service.autoscaler);
    edit.body["spec"] = {{"minReplicas", bounds.min},
                         {"maxReplicas", bounds.max},
                         {"metrics", at_path(autoscaler, {"spec", "metrics"})}};
  }
  edit.detail = fmt::format("autoscaler {} at {} % CPU", bounds.text(), percent);
  const project::Scale* file = scale_of_file(project, service.name);
  const bool same = file != nullptr && file->min == bounds.min && file->max == bounds.max && file->cpu == percent;
  if (file == nullptr)
    edit.next_up = fmt::format("the next `kforge up` goes back to a fixed number of pods for {} ({})", service.name,
                               place_text(project, key_of(project, service.name, {"replicas"})));
  else if (!same)
    edit.next_up =
        fmt::format("the next `kforge up` sets the autoscaler of {} back to {}..{} at {} % CPU ({})", service.name,
                    file->min, file->max, file->cpu, place_text(project, key_of(project, service.name, {"scale"})));
  edit.settings = {
      {key_of(project, service.name, {"replicas"}), Json()},
      {key_of(project, service.name, {"scale"}), Json{{"min", bounds.min}, {"max", bounds.max}, {"cpu", percent}}}};
  Edits edits{std::move(edit)};
  // An autoscaler would get there by itself, at some time; the wait is for pods that are asked for now.
  const std::int64_t count = std::clamp(service.replicas(), bounds.min, bounds.max);
  if (service.replicas() > 0 && count != service.replicas()) edits.push_back(replicas_edit(service, count));
  return edits;
}

Edits pause_edits(const RunningService& service, Pause pause) {
  if (!service.is_deployment())
    throw Error(ErrorKind::guard_refused, fmt::format("'{}' is a StatefulSet, which cannot be paused", service.name));
  Edit edit = edit_of(service, *service.workload, pause_manager);
  edit.body["spec"]["paused"] = pause == Pause::yes;
  edit.changes = service.is_paused() != (pause == Pause::yes);
  edit.detail = pause == Pause::yes ? "paused" : "resumed";
  if (pause == Pause::yes)
    edit.next_up =
        fmt::format("`kforge up` refuses to work while {0} is paused; `kforge resume {0}` goes on", service.name);
  return {std::move(edit)};
}

}  // namespace kforge::deploy
