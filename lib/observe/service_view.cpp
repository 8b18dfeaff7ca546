// SPDX-License-Identifier: Apache-2.0
#include "observe/service_view.hpp"

#include "base/text.hpp"
#include "observe/template_changes.hpp"
#include "rollout/event_reading.hpp"
#include "rollout/index.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace kforge::observe {
namespace {

using rollout::count_at;
using rollout::kind_of;
using rollout::list_at;
using rollout::name_of;
using rollout::namespace_of;
using rollout::text_at;

// Ports by number or name.
std::string port_text(const Json& port) {
  return port.is_number_integer() ? fmt::format("{}", port.get<std::int64_t>())
         : port.is_string()       ? port.get<std::string>()
                                  : "";
}

// A name of the container's own ports becomes its number.
std::string probe_port_text(const Json& container, const Json& port) {
  const std::string text = port_text(port);
  for (const Json& declared : list_at(container, {"ports"}))
    if (text_at(declared, {"name"}) == text) return port_text(at_path(declared, {"containerPort"}));
  return text;
}

std::string check_text(const Json& container, const Json& probe) {
  std::string what;
  if (const Json& http = at_path(probe, {"httpGet"}); http.is_object())
    what = fmt::format("GET :{}{}", probe_port_text(container, at_path(http, {"port"})), text_at(http, {"path"}));
  else if (const Json& tcp = at_path(probe, {"tcpSocket"}); tcp.is_object())
    what = fmt::format("TCP :{}", probe_port_text(container, at_path(tcp, {"port"})));
  else if (const Json& grpc = at_path(probe, {"grpc"}); grpc.is_object())
    what = fmt::format("gRPC :{}", port_text(at_path(grpc, {"port"})));
  else {
    std::vector<std::string> words;
    for (const Json& word : list_at(probe, {"exec", "command"}))
      if (word.is_string()) words.push_back(word.get<std::string>());
    what = "exec " + join(words, " ");
  }
  return fmt::format("{} every {}s, {} in a row", what, count_at(probe, {"periodSeconds"}, 10),
                     counted(static_cast<std::size_t>(count_at(probe, {"failureThreshold"}, 3)), "failure"));
}

struct PodsOf {
  std::vector<const Json*> pods;
  std::vector<const Json*> events;  // about them, oldest first
};

const Json& status_of_container(const Json& pod, std::string_view container) {
  return rollout::named(list_at(pod, {"status", "containerStatuses"}), container);
}

// "Readiness probe failed: HTTP probe failed with statuscode: 503", said last about any of the pods that still run.
std::string trouble_of(const PodsOf& around, std::string_view kubelet_name) {
  std::string said;
  for (const Json* event : around.events)
    if (rollout::event_reason(*event) == "Unhealthy" &&
        contains_ignoring_case(rollout::event_message(*event), fmt::format("{} probe", kubelet_name)))
      said = std::string(trim(rollout::event_message(*event)));
  return said;
}

ProbeView probe_view(const Json& container, std::string_view field, const PodsOf& around) {
  ProbeView view{.name = field == "livenessProbe"    ? "live"
                         : field == "readinessProbe" ? "ready"
                                                     : "startup",
                 .check = check_text(container, at_path(container, {field})),
                 .result = {},
                 .trouble = {}};
  std::size_t pass = 0;
  for (const Json* pod : around.pods) {
    const Json& status = status_of_container(*pod, text_at(container, {"name"}));
    pass += bool_at(status, {view.name == "ready" ? "ready" : "started"}) ? 1 : 0;
  }
  // A container that fails its liveness probe is started again, so what runs passes or has not failed often enough yet.
  view.result = fmt::format("{} of {} {}", pass, counted(around.pods.size(), "pod"),
                            view.name == "live"      ? "alive"
                            : view.name == "startup" ? "started"
                                                     : "pass");
  view.good = pass == around.pods.size();
  view.trouble = trouble_of(around, view.name == "live" ? "liveness" : view.name == "ready" ? "readiness" : "startup");
  return view;
}

// Values of plain variables; of others only where they come from.
std::string variable_text(const Json& variable) {
  if (const Json& value = at_path(variable, {"value"}); value.is_string()) return value.get<std::string>();
  const Json& source = at_path(variable, {"valueFrom"});
  for (const auto& [field, word] : {std::pair{"secretKeyRef", "secret"}, std::pair{"configMapKeyRef", "configmap"}})
    if (const Json& ref = at_path(source, {field}); ref.is_object())
      return fmt::format("({} {}, key {})", word, text_at(ref, {"name"}), text_at(ref, {"key"}));
  if (const auto path = text_at(source, {"fieldRef", "fieldPath"}); !path.empty()) return fmt::format("({})", path);
  return {};
}

std::string amounts_text(const Json& amounts) {
  std::vector<std::string> parts;
  if (const auto cpu = text_at(amounts, {"cpu"}); !cpu.empty()) parts.push_back(fmt::format("{} CPU", cpu));
  if (const auto memory = text_at(amounts, {"memory"}); !memory.empty()) parts.emplace_back(memory);
  return join(parts, ", ");
}

const Json* find_object(const kube::ObjectRef& ref, const std::vector<Json>& objects) {
  const auto found =
      std::find_if(objects.begin(), objects.end(), [&](const Json& object) { return kube::ref_of(object) == ref; });
  return found == objects.end() ? nullptr : &*found;
}

kube::ObjectRef config_map(std::string_view name_space, std::string_view name) {
  return {.kind = {.group = "", .version = "v1", .kind = "ConfigMap"},
          .name_space = std::string(name_space),
          .name = std::string(name)};
}

// What the parts of a page are made from.
struct Scene {
  const Json& workload;
  const std::vector<Json>& objects;
  PodsOf pods;
};

using Variables = std::vector<std::pair<std::string, std::string>>;

void add_all_keys(Variables& variables, const Json& source, const Scene& scene) {
  if (const auto secret = text_at(source, {"secretRef", "name"}); !secret.empty())
    variables.emplace_back("*", fmt::format("(all keys of secret {})", secret));
  const std::string_view name = text_at(source, {"configMapRef", "name"});
  if (name.empty()) return;
  const Json* map = find_object(config_map(namespace_of(scene.workload), name), scene.objects);
  if (map == nullptr) {
    variables.emplace_back("*", fmt::format("(all keys of configmap {})", name));
    return;
  }
  for (const auto& [key, value] : at_path(*map, {"data"}).items())
    if (value.is_string()) variables.emplace_back(key, value.get<std::string>());
}

Variables environment_of(const Json& container, const Scene& scene) {
  Variables variables;
  for (const Json& source : list_at(container, {"envFrom"})) add_all_keys(variables, source, scene);
  // As Kubernetes does it, what is named alone wins.
  for (const Json& variable : list_at(container, {"env"})) {
    const std::string name(text_at(variable, {"name"}));
    std::erase_if(variables, [&](const auto& known) { return known.first == name; });
    variables.emplace_back(name, variable_text(variable));
  }
  std::stable_sort(variables.begin(), variables.end());
  return variables;
}

ContainerView container_view(const Json& container, const Scene& scene) {
  ContainerView view{.name = std::string(text_at(container, {"name"})),
                     .image = std::string(text_at(container, {"image"})),
                     .requests = amounts_text(at_path(container, {"resources", "requests"})),
                     .limits = amounts_text(at_path(container, {"resources", "limits"})),
                     .command = {},
                     .environment = environment_of(container, scene),
                     .probes = {}};
  for (const char* field : {"command", "args"})
    for (const Json& word : list_at(container, {field}))
      if (word.is_string()) view.command.push_back(word.get<std::string>());
  for (const char* field : {"startupProbe", "readinessProbe", "livenessProbe"})
    if (at_path(container, {field}).is_object()) view.probes.push_back(probe_view(container, field, scene.pods));
  return view;
}

std::vector<std::string> volumes_of(const Json& spec) {
  std::vector<std::string> texts;
  for (const Json& container : list_at(spec, {"containers"}))
    for (const Json& mount : list_at(container, {"volumeMounts"})) {
      const std::string_view name = text_at(mount, {"name"});
      const Json& volume = rollout::named(list_at(spec, {"volumes"}), name);
      std::string source = fmt::format("claim {}", name);  // of a claim template
      for (const char* kind : {"configMap", "secret", "persistentVolumeClaim", "emptyDir", "projected"})
        if (const Json& content = at_path(volume, {kind}); content.is_object()) {
          std::string_view of = text_at(content, {"name"});
          if (of.empty()) of = text_at(content, {"secretName"});
          if (of.empty()) of = text_at(content, {"claimName"});
          source = of.empty() ? std::string(kind) : fmt::format("{} {}", kind, of);
        }
      texts.push_back(fmt::format("{}: {}", text_at(mount, {"mountPath"}), source));
    }
  return texts;
}

std::vector<std::string> addresses_of(const Json& workload, const std::vector<Json>& objects) {
  std::vector<std::string> addresses;
  for (const Json* service : Companions(objects).services_of(workload))
    for (const Json& port : list_at(*service, {"spec", "ports"}))
      addresses.push_back(fmt::format("{}.{}.svc.cluster.local:{}", name_of(*service), namespace_of(*service),
                                      port_text(at_path(port, {"port"}))));
  return addresses;
}

std::string strategy_of(const Json& workload) {
  if (text_at(workload, {"spec", "strategy", "type"}) == "Recreate") return "all at once, with a gap";
  if (kind_of(workload) == "StatefulSet") return "one pod after another";
  const Json& rolling = at_path(workload, {"spec", "strategy", "rollingUpdate"});
  if (!rolling.is_object()) return {};
  return fmt::format("rolling, {} more and {} fewer at a time", port_text(at_path(rolling, {"maxSurge"})),
                     port_text(at_path(rolling, {"maxUnavailable"})));
}

// The events of the workload, of what it controls, and of its autoscaler.
std::vector<Json> events_of(const Json& workload, const rollout::Surroundings& around, const std::vector<Json>& objects,
                            const std::vector<Json>& events) {
  std::vector<std::string_view> uids{rollout::uid_of(workload)};
  for (const auto* part : {&around.pods, &around.replica_sets})
    for (const Json* object : *part) uids.push_back(rollout::uid_of(*object));
  for (const Json& object : objects)
    if (kind_of(object) == "HorizontalPodAutoscaler" && namespace_of(object) == namespace_of(workload) &&
        text_at(object, {"spec", "scaleTargetRef", "name"}) == name_of(workload))
      uids.push_back(rollout::uid_of(object));
  std::vector<Json> own;
  for (const Json& event : events)
    if (std::find(uids.begin(), uids.end(), rollout::event_subject(event)) != uids.end()) own.push_back(event);
  return own;
}

PodsOf pods_of(const Json& workload, const rollout::Surroundings& around, const std::vector<Json>& events) {
  PodsOf found{.pods = rollout::all_pods(workload, around), .events = {}};
  std::vector<std::string_view> uids;
  for (const Json* pod : found.pods) uids.push_back(rollout::uid_of(*pod));
  for (const Json& event : events)
    if (std::find(uids.begin(), uids.end(), rollout::event_subject(event)) != uids.end())
      found.events.push_back(&event);
  std::stable_sort(found.events.begin(), found.events.end(),
                   [](const Json* a, const Json* b) { return rollout::event_time(*a) < rollout::event_time(*b); });
  return found;
}

}  // namespace

std::vector<kube::ObjectRef> config_maps_of(const ObjectRow& row, const std::vector<Json>& objects) {
  std::vector<kube::ObjectRef> refs;
  const Json* workload = find_object(row.object, objects);
  if (workload == nullptr) return refs;
  for (const Json& container : list_at(*workload, {"spec", "template", "spec", "containers"}))
    for (const Json& source : list_at(container, {"envFrom"}))
      if (const auto name = text_at(source, {"configMapRef", "name"}); !name.empty())
        refs.push_back(config_map(row.object.name_space, name));
  return refs;
}

ServiceView service_view(const ObjectRow& row, const std::vector<Json>& objects, const std::vector<Json>& events) {
  ServiceView view;
  view.row = row;
  const Json* workload = find_object(row.object, objects);
  if (workload == nullptr) return view;
  rollout::Index index;
  for (const Json& object : objects) index.add(object);
  const rollout::Surroundings around = index.around(*workload);
  const std::vector<Json> own = events_of(*workload, around, objects, events);
  const Scene scene{*workload, objects, pods_of(*workload, around, own)};
  const Json& spec = at_path(*workload, {"spec", "template", "spec"});
  for (const Json& container : list_at(spec, {"containers"}))
    view.containers.push_back(container_view(container, scene));
  view.addresses = addresses_of(*workload, objects);
  view.volumes = volumes_of(spec);
  view.strategy = strategy_of(*workload);
  view.changes = changes_of(*workload, around.replica_sets);
  view.changed_by = last_manager(*workload);
  view.events = event_rows(own, {row.service});
  return view;
}

}  // namespace kforge::observe
