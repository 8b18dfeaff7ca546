// SPDX-License-Identifier: Apache-2.0
#include "sandbox/server/tables.hpp"

#include "base/text.hpp"
#include "sandbox/server/pod_row.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace kforge::sandbox {
namespace {

struct Column {
  std::string_view name, type = "string";
  int priority = 0;  // above 0: only with -o wide
};

// One cell per column; name and age are common to all.
using Cells = std::vector<Json> (*)(const Json& object, WallTime now);

struct Layout {
  std::string_view resource;
  std::vector<Column> columns;
  Cells cells;
};

std::string name_of_object(const Json& object) {
  return string_at(object, {"metadata", "name"});
}
std::string age_of(const Json& object, WallTime now) {
  return human_age(string_at(object, {"metadata", "creationTimestamp"}), now);
}
std::int64_t number(const Json& object, std::initializer_list<std::string_view> path) {
  return int_at(object, path);
}
std::string or_none(std::string text) {
  return text.empty() ? "<none>" : text;
}

std::string images_of(const Json& object) {
  std::vector<std::string> images;
  for (const Json& container : at_path(object, {"spec", "template", "spec", "containers"}))
    images.push_back(string_at(container, {"image"}));
  return join(images, ",");
}
std::string container_names_of(const Json& object) {
  std::vector<std::string> names;
  for (const Json& container : at_path(object, {"spec", "template", "spec", "containers"}))
    names.push_back(string_at(container, {"name"}));
  return join(names, ",");
}
std::string selector_of(const Json& labels) {
  std::vector<std::string> terms;
  if (labels.is_object())
    for (const auto& [key, value] : labels.items())
      terms.push_back(fmt::format("{}={}", key, value.is_string() ? value.get<std::string>() : ""));
  return or_none(join(terms, ","));
}

std::vector<Json> deployment(const Json& object, WallTime now) {
  return {name_of_object(object),
          fmt::format("{}/{}", number(object, {"status", "readyReplicas"}), number(object, {"spec", "replicas"})),
          number(object, {"status", "updatedReplicas"}),
          number(object, {"status", "availableReplicas"}),
          age_of(object, now),
          container_names_of(object),
          images_of(object),
          selector_of(at_path(object, {"spec", "selector", "matchLabels"}))};
}

std::vector<Json> replica_set(const Json& object, WallTime now) {
  return {name_of_object(object),
          number(object, {"spec", "replicas"}),
          number(object, {"status", "replicas"}),
          number(object, {"status", "readyReplicas"}),
          age_of(object, now),
          container_names_of(object),
          images_of(object),
          selector_of(at_path(object, {"spec", "selector", "matchLabels"}))};
}

std::vector<Json> stateful_set(const Json& object, WallTime now) {
  return {name_of_object(object),
          fmt::format("{}/{}", number(object, {"status", "readyReplicas"}), number(object, {"spec", "replicas"})),
          age_of(object, now), container_names_of(object), images_of(object)};
}

std::vector<Json> daemon_set(const Json& object, WallTime now) {
  const Json& status = at_path(object, {"status"});
  return {name_of_object(object),
          int_at(status, {"desiredNumberScheduled"}),
          int_at(status, {"currentNumberScheduled"}),
          int_at(status, {"numberReady"}),
          int_at(status, {"updatedNumberScheduled"}),
          int_at(status, {"numberAvailable"}),
          selector_of(at_path(object, {"spec", "template", "spec", "nodeSelector"})),
          age_of(object, now)};
}

bool has_condition(const Json& object, std::string_view type) {
  for (const Json& condition : at_path(object, {"status", "conditions"}))
    if (string_at(condition, {"type"}) == type && string_at(condition, {"status"}) == "True") return true;
  return false;
}

std::vector<Json> job(const Json& object, WallTime now) {
  const std::string started = string_at(object, {"status", "startTime"}),
                    ended = string_at(object, {"status", "completionTime"});
  const std::string state = has_condition(object, "Complete")      ? "Complete"
                            : has_condition(object, "Failed")      ? "Failed"
                            : bool_at(object, {"spec", "suspend"}) ? "Suspended"
                                                                   : "Running";
  const std::string duration = started.empty() ? "" : human_age(started, parse_rfc3339(ended).value_or(now));
  return {name_of_object(object), state,
          fmt::format("{}/{}", number(object, {"status", "succeeded"}), int_at(object, {"spec", "completions"}, 1)),
          duration, age_of(object, now)};
}

std::vector<Json> cron_job(const Json& object, WallTime now) {
  const std::string last = string_at(object, {"status", "lastScheduleTime"});
  return {name_of_object(object),
          string_at(object, {"spec", "schedule"}),
          or_none(string_at(object, {"spec", "timeZone"})),
          bool_at(object, {"spec", "suspend"}) ? "True" : "False",
          at_path(object, {"status", "active"}).size(),
          last.empty() ? "<none>" : human_age(last, now),
          age_of(object, now)};
}

std::string external_addresses(const Json& service) {
  std::vector<std::string> addresses;
  for (const Json& ingress : at_path(service, {"status", "loadBalancer", "ingress"}))
    addresses.push_back(string_at(ingress, {"ip"}, string_at(ingress, {"hostname"})));
  if (!addresses.empty()) return join(addresses, ",");
  const std::string type = string_at(service, {"spec", "type"});
  return type == "LoadBalancer"   ? "<pending>"
         : type == "ExternalName" ? string_at(service, {"spec", "externalName"})
                                  : "<none>";
}

std::string ports_of(const Json& service) {
  std::vector<std::string> ports;
  for (const Json& port : at_path(service, {"spec", "ports"})) {
    const auto node = int_at(port, {"nodePort"});
    ports.push_back(node == 0 ? fmt::format("{}/{}", int_at(port, {"port"}), string_at(port, {"protocol"}))
                              : fmt::format("{}:{}/{}", int_at(port, {"port"}), node, string_at(port, {"protocol"})));
  }
  return or_none(join(ports, ","));
}

std::vector<Json> service(const Json& object, WallTime now) {
  return {name_of_object(object),
          string_at(object, {"spec", "type"}),
          or_none(string_at(object, {"spec", "clusterIP"})),
          external_addresses(object),
          ports_of(object),
          age_of(object, now),
          selector_of(at_path(object, {"spec", "selector"}))};
}

std::vector<Json> autoscaler(const Json& object, WallTime now) {
  const Json& spec = at_path(object, {"spec"});
  std::vector<std::string> targets;
  for (const Json& metric : at_path(spec, {"metrics"})) {
    std::string current = "<unknown>";
    for (const Json& seen : at_path(object, {"status", "currentMetrics"}))
      if (at_path(seen, {"resource", "name"}) == at_path(metric, {"resource", "name"}) &&
          !at_path(seen, {"resource", "current", "averageUtilization"}).is_null())
        current = fmt::format("{}%", int_at(seen, {"resource", "current", "averageUtilization"}));
    targets.push_back(fmt::format("{}: {}/{}%", string_at(metric, {"resource", "name"}), current,
                                  int_at(metric, {"resource", "target", "averageUtilization"})));
  }
  return {
      name_of_object(object),
      fmt::format("{}/{}", string_at(spec, {"scaleTargetRef", "kind"}), string_at(spec, {"scaleTargetRef", "name"})),
      or_none(join(targets, ", ")),
      fmt::format("{}", int_at(spec, {"minReplicas"}, 1)),
      int_at(spec, {"maxReplicas"}),
      number(object, {"status", "currentReplicas"}),
      age_of(object, now)};
}

std::string number_or_text(const Json& value) {
  return value.is_string() ? value.get<std::string>() : value.is_null() ? "N/A" : to_text(value);
}

std::vector<Json> budget(const Json& object, WallTime now) {
  return {name_of_object(object), number_or_text(at_path(object, {"spec", "minAvailable"})),
          number_or_text(at_path(object, {"spec", "maxUnavailable"})), number(object, {"status", "disruptionsAllowed"}),
          age_of(object, now)};
}

std::vector<Json> name_space(const Json& object, WallTime now) {
  return {name_of_object(object), string_at(object, {"status", "phase"}), age_of(object, now)};
}

std::vector<Json> node(const Json& object, WallTime now) {
  std::vector<std::string> states{has_condition(object, "Ready") ? "Ready" : "NotReady"};
  if (bool_at(object, {"spec", "unschedulable"})) states.emplace_back("SchedulingDisabled");
  return {name_of_object(object), join(states, ","), "<none>", age_of(object, now),
          string_at(object, {"status", "nodeInfo", "kubeletVersion"})};
}

std::vector<Json> config_map(const Json& object, WallTime now) {
  return {name_of_object(object), at_path(object, {"data"}).size() + at_path(object, {"binaryData"}).size(),
          age_of(object, now)};
}
std::vector<Json> secret(const Json& object, WallTime now) {
  return {name_of_object(object), string_at(object, {"type"}), at_path(object, {"data"}).size(), age_of(object, now)};
}
std::vector<Json> service_account(const Json& object, WallTime now) {
  return {name_of_object(object), at_path(object, {"secrets"}).size(), age_of(object, now)};
}

std::string access_modes(const Json& modes) {
  std::vector<std::string> shorts;
  for (const Json& mode : modes)
    shorts.push_back(mode == "ReadWriteOnce"   ? "RWO"
                     : mode == "ReadOnlyMany"  ? "ROX"
                     : mode == "ReadWriteMany" ? "RWX"
                                               : "RWOP");
  return join(shorts, ",");
}

std::vector<Json> claim(const Json& object, WallTime now) {
  return {name_of_object(object),
          string_at(object, {"status", "phase"}),
          string_at(object, {"spec", "volumeName"}),
          string_at(object, {"status", "capacity", "storage"}),
          access_modes(at_path(object, {"status", "accessModes"})),
          string_at(object, {"spec", "storageClassName"}),
          "<unset>",
          age_of(object, now)};
}

std::vector<Json> volume(const Json& object, WallTime now) {
  const std::string claim_name = string_at(object, {"spec", "claimRef", "name"});
  return {
      name_of_object(object),
      string_at(object, {"spec", "capacity", "storage"}),
      access_modes(at_path(object, {"spec", "accessModes"})),
      string_at(object, {"spec", "persistentVolumeReclaimPolicy"}),
      string_at(object, {"status", "phase"}),
      claim_name.empty() ? "" : fmt::format("{}/{}", string_at(object, {"spec", "claimRef", "namespace"}), claim_name),
      string_at(object, {"spec", "storageClassName"}),
      "<unset>",
      "",
      age_of(object, now)};
}

std::vector<Json> endpoint_slice(const Json& object, WallTime now) {
  std::vector<std::string> ports, addresses;
  for (const Json& port : at_path(object, {"ports"})) ports.push_back(std::to_string(int_at(port, {"port"})));
  for (const Json& endpoint : at_path(object, {"endpoints"}))
    for (const Json& address : at_path(endpoint, {"addresses"}))
      addresses.push_back(address.is_string() ? address.get<std::string>() : "");
  return {name_of_object(object), string_at(object, {"addressType"}), ports.empty() ? "<unset>" : join(ports, ","),
          addresses.empty() ? "<unset>" : join(addresses, ","), age_of(object, now)};
}

std::vector<Json> endpoints(const Json& object, WallTime now) {
  std::vector<std::string> all;
  for (const Json& subset : at_path(object, {"subsets"}))
    for (const Json& address : at_path(subset, {"addresses"}))
      for (const Json& port : at_path(subset, {"ports"}))
        all.push_back(fmt::format("{}:{}", string_at(address, {"ip"}), int_at(port, {"port"})));
  const std::size_t count = all.size();
  if (count > 3) all.resize(3);
  return {name_of_object(object), or_none(join(all, ",") + (count > 3 ? fmt::format(" + {} more...", count - 3) : "")),
          age_of(object, now)};
}

std::vector<Json> event(const Json& object, WallTime now) {
  std::string seen = string_at(object, {"lastTimestamp"});
  if (seen.empty()) seen = string_at(object, {"eventTime"}, string_at(object, {"metadata", "creationTimestamp"}));
  return {human_age(seen, now), string_at(object, {"type"}), string_at(object, {"reason"}),
          fmt::format("{}/{}", to_lower(string_at(object, {"involvedObject", "kind"})),
                      string_at(object, {"involvedObject", "name"})),
          std::string(trim(string_at(object, {"message"})))};
}

std::vector<Json> ingress(const Json& object, WallTime now) {
  std::vector<std::string> hosts;
  for (const Json& rule : at_path(object, {"spec", "rules"})) hosts.push_back(string_at(rule, {"host"}, "*"));
  return {name_of_object(object),
          or_none(string_at(object, {"spec", "ingressClassName"})),
          hosts.empty() ? "*" : join(hosts, ","),
          "",
          at_path(object, {"spec", "tls"}).empty() ? "80" : "80, 443",
          age_of(object, now)};
}

std::vector<Json> lease(const Json& object, WallTime now) {
  return {name_of_object(object), string_at(object, {"spec", "holderIdentity"}), age_of(object, now)};
}
std::vector<Json> dated(const Json& object, WallTime) {
  return {name_of_object(object), string_at(object, {"metadata", "creationTimestamp"})};
}
std::vector<Json> plain(const Json& object, WallTime now) {
  return {name_of_object(object), age_of(object, now)};
}

constexpr Column number(std::string_view name) {
  return {.name = name, .type = "integer"};
}
// Only with -o wide.
constexpr Column wide(std::string_view name) {
  return {.name = name, .priority = 1};
}
constexpr Column name{"Name"}, age{"Age"};

std::vector<Layout> layouts_of_workloads() {
  const Column containers = wide("Containers"), images = wide("Images"), selector = wide("Selector");
  return {
      {"pods",
       {name,
        {"Ready"},
        {"Status"},
        {"Restarts"},
        age,
        wide("IP"),
        wide("Node"),
        wide("Nominated Node"),
        wide("Readiness Gates")},
       pod_cells},
      {"deployments.apps",
       {name, {"Ready"}, {"Up-to-date"}, {"Available"}, age, containers, images, selector},
       deployment},
      {"replicasets.apps",
       {name, number("Desired"), number("Current"), number("Ready"), age, containers, images, selector},
       replica_set},
      {"statefulsets.apps", {name, {"Ready"}, age, containers, images}, stateful_set},
      {"daemonsets.apps",
       {name,
        number("Desired"),
        number("Current"),
        number("Ready"),
        number("Up-to-date"),
        number("Available"),
        {"Node Selector"},
        age},
       daemon_set},
      {"jobs.batch", {name, {"Status"}, {"Completions"}, {"Duration"}, age}, job},
      {"cronjobs.batch",
       {name, {"Schedule"}, {"Timezone"}, {"Suspend", "boolean"}, number("Active"), {"Last Schedule"}, age},
       cron_job},
  };
}

std::vector<Layout> layouts_of_others() {
  return {
      {"services", {name, {"Type"}, {"Cluster-IP"}, {"External-IP"}, {"Port(s)"}, age, wide("Selector")}, service},
      {"horizontalpodautoscalers.autoscaling",
       {name, {"Reference"}, {"Targets"}, {"MinPods"}, {"MaxPods"}, {"Replicas"}, age},
       autoscaler},
      {"poddisruptionbudgets.policy",
       {name, {"Min Available"}, {"Max Unavailable"}, {"Allowed Disruptions"}, age},
       budget},
      {"namespaces", {name, {"Status"}, age}, name_space},
      {"nodes", {name, {"Status"}, {"Roles"}, age, {"Version"}}, node},
      {"configmaps", {name, {"Data"}, age}, config_map},
      {"secrets", {name, {"Type"}, {"Data"}, age}, secret},
      {"serviceaccounts", {name, {"Secrets"}, age}, service_account},
      {"persistentvolumeclaims",
       {name, {"Status"}, {"Volume"}, {"Capacity"}, {"Access Modes"}, {"StorageClass"}, {"VolumeAttributesClass"}, age},
       claim},
      {"persistentvolumes",
       {name,
        {"Capacity"},
        {"Access Modes"},
        {"Reclaim Policy"},
        {"Status"},
        {"Claim"},
        {"StorageClass"},
        {"VolumeAttributesClass"},
        {"Reason"},
        age},
       volume},
      {"endpointslices.discovery.k8s.io", {name, {"AddressType"}, {"Ports"}, {"Endpoints"}, age}, endpoint_slice},
      {"endpoints", {name, {"Endpoints"}, age}, endpoints},
      {"events", {{"Last Seen"}, {"Type"}, {"Reason"}, {"Object"}, {"Message"}}, event},
      {"ingresses.networking.k8s.io", {name, {"Class"}, {"Hosts"}, {"Address"}, {"Ports"}, age}, ingress},
      {"leases.coordination.k8s.io", {name, {"Holder"}, age}, lease},
      {"roles.rbac.authorization.k8s.io", {name, {"Created At", "date"}}, dated},
      {"clusterroles.rbac.authorization.k8s.io", {name, {"Created At", "date"}}, dated},
      {"customresourcedefinitions.apiextensions.k8s.io", {name, {"Created At", "date"}}, dated},
  };
}

const Layout& layout_of(const Resource& resource) {
  static const std::vector<Layout> workloads = layouts_of_workloads(), others = layouts_of_others();
  static const Layout any{"", {name, age}, plain};
  const std::string id = resource.id();
  for (const std::vector<Layout>* layouts : {&workloads, &others})
    if (const auto found = std::ranges::find(*layouts, std::string_view(id), &Layout::resource);
        found != layouts->end())
      return *found;
  return any;
}

}  // namespace

std::string human_age(const std::string& since, WallTime now) {
  const auto start = parse_rfc3339(since);
  if (!start) return "<unknown>";
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(now - *start).count();
  if (seconds < -1) return "<invalid>";
  if (seconds < 0) return "0s";
  if (seconds < 120) return fmt::format("{}s", seconds);
  const auto minutes = seconds / 60, hours = minutes / 60, days = hours / 24;
  if (minutes < 10)
    return seconds % 60 == 0 ? fmt::format("{}m", minutes) : fmt::format("{}m{}s", minutes, seconds % 60);
  if (minutes < 180) return fmt::format("{}m", minutes);
  if (hours < 8) return minutes % 60 == 0 ? fmt::format("{}h", hours) : fmt::format("{}h{}m", hours, minutes % 60);
  if (hours < 48) return fmt::format("{}h", hours);
  if (days < 8) return hours % 24 == 0 ? fmt::format("{}d", days) : fmt::format("{}d{}h", days, hours % 24);
  return fmt::format("{}d", days);
}

Json metadata_only(const Json& object) {
  return {
      {"kind", "PartialObjectMetadata"}, {"apiVersion", "meta.k8s.io/v1"}, {"metadata", at_path(object, {"metadata"})}};
}

Json table_of(const Resource& resource, const std::vector<const Json*>& objects, const std::string& resource_version,
              WallTime now, IncludeObject include) {
  const Layout& layout = layout_of(resource);
  Json columns = Json::array(), rows = Json::array();
  for (const Column& column : layout.columns)
    columns.push_back({{"name", column.name},
                       {"type", column.type},
                       {"format", column.name == "Name" ? "name" : ""},
                       {"description", ""},
                       {"priority", column.priority}});
  for (const Json* object : objects) {
    Json row{{"cells", layout.cells(*object, now)}};
    if (include == IncludeObject::metadata) row["object"] = metadata_only(*object);
    if (include == IncludeObject::object) row["object"] = *object;
    rows.push_back(std::move(row));
  }
  return {{"kind", "Table"},
          {"apiVersion", "meta.k8s.io/v1"},
          {"metadata", {{"resourceVersion", resource_version}}},
          {"columnDefinitions", columns},
          {"rows", rows}};
}

}  // namespace kforge::sandbox
