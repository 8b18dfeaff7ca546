// SPDX-License-Identifier: Apache-2.0
#include "base/quantity.hpp"
#include "base/text.hpp"
#include "sandbox/api/pod_validation.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

namespace kforge::sandbox {
namespace {

using Type = FieldError::Type;

void check_ports(const Json& container, const std::string& path, FieldErrors& errors) {
  std::set<std::string> names;
  std::size_t index = 0;
  for (const Json& port : at_path(container, {"ports"})) {
    const std::string here = fmt::format("{}.ports[{}]", path, index++), name = string_at(port, {"name"});
    if (!name.empty()) check_text(port_name_complaints, name, here + ".name", errors);
    if (!name.empty() && !names.insert(name).second) errors.push_back({Type::duplicate, here + ".name", "", name});
    if (const auto number = int_at(port, {"containerPort"}); number == 0)
      errors.push_back({Type::required, here + ".containerPort", "", nullptr});
    else
      check_port_number(number, here + ".containerPort", errors);
    if (const auto number = int_at(port, {"hostPort"}); number != 0)
      check_port_number(number, here + ".hostPort", errors);
    check_supported(string_at(port, {"protocol"}), {"SCTP", "TCP", "UDP"}, here + ".protocol", errors);
  }
}

// Fields of a pod that can be named, and those that a variable can take (pkg/apis/core/pods).
constexpr std::array<std::string_view, 13> pod_fields{
    "metadata.annotations", "metadata.labels", "metadata.name",      "metadata.namespace",
    "metadata.uid",         "spec.nodeName",   "spec.restartPolicy", "spec.serviceAccountName",
    "spec.schedulerName",   "status.phase",    "status.hostIP",      "status.podIP",
    "status.podIPs"};

void check_pod_field(const Json& reference, const std::string& path, FieldErrors& errors) {
  const std::string field = string_at(reference, {"fieldPath"});
  if (field.empty()) return errors.push_back({Type::required, path + ".fieldPath", "", nullptr});
  const std::string whole = field.substr(0, field.find('['));
  if (whole == "status.hostIPs" || std::ranges::find(pod_fields, whole) != pod_fields.end()) {
    if (whole != field) return;  // one label or annotation
    return check_supported(
        field,
        {"metadata.name", "metadata.namespace", "metadata.uid", "spec.nodeName", "spec.serviceAccountName",
         "status.hostIP", "status.hostIPs", "status.podIP", "status.podIPs"},
        path + ".fieldPath", errors);
  }
  errors.push_back(
      {Type::invalid, path + ".fieldPath", "error converting fieldPath: field label not supported: " + field, field});
}

void check_key_reference(const Json& reference, const std::string& path, FieldErrors& errors) {
  require_text(at_path(reference, {"name"}), path + ".name", errors);
  require_text(at_path(reference, {"key"}), path + ".key", errors);
}

void check_source(const Json& variable, const std::string& path, FieldErrors& errors) {
  const Json& source = at_path(variable, {"valueFrom"});
  if (!source.is_object()) return;
  if (source.contains("fieldRef")) check_pod_field(source["fieldRef"], path + ".fieldRef", errors);
  for (const char* kind : {"configMapKeyRef", "secretKeyRef"})
    if (source.contains(kind)) check_key_reference(source[kind], path + "." + kind, errors);
  if (source.empty())
    errors.push_back({Type::invalid, path,
                      "must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or "
                      "`fileKeyRef`",
                      ""});
  else if (!string_at(variable, {"value"}).empty())
    errors.push_back({Type::invalid, path, "may not be specified when `value` is not empty", ""});
  else if (source.size() > 1)
    errors.push_back({Type::invalid, path, "may not have more than one field specified at a time", ""});
}

void check_environment(const Json& container, const std::string& path, FieldErrors& errors) {
  std::size_t index = 0;
  for (const Json& variable : at_path(container, {"env"})) {
    const std::string here = fmt::format("{}.env[{}]", path, index++);
    require_text(at_path(variable, {"name"}), here + ".name", errors);
    check_text(variable_complaints, string_at(variable, {"name"}), here + ".name", errors);
    check_source(variable, here + ".valueFrom", errors);
  }
  index = 0;
  for (const Json& source : at_path(container, {"envFrom"})) {
    const std::string here = fmt::format("{}.envFrom[{}]", path, index++);
    for (const char* kind : {"configMapRef", "secretRef"})
      if (source.contains(kind)) require_text(at_path(source, {kind, "name"}), here + "." + kind + ".name", errors);
  }
}

void check_mounts(const Json& container, const std::string& path, const Json& volumes, FieldErrors& errors) {
  std::set<std::string> mounted;
  std::size_t index = 0;
  for (const Json& mount : at_path(container, {"volumeMounts"})) {
    const std::string here = fmt::format("{}.volumeMounts[{}]", path, index++), place = string_at(mount, {"mountPath"});
    const Json& name = at_path(mount, {"name"});
    require_text(name, here + ".name", errors);
    if (std::ranges::find(volumes, name) == volumes.end())
      errors.push_back({Type::not_found, here + ".name", "", name.is_string() ? name : Json("")});
    require_text(at_path(mount, {"mountPath"}), here + ".mountPath", errors);
    if (!mounted.insert(place).second) errors.push_back({Type::invalid, here + ".mountPath", "must be unique", place});
  }
}

void check_resources(const Json& container, const std::string& path, FieldErrors& errors) {
  const Json &requests = at_path(container, {"resources", "requests"}),
             &limits = at_path(container, {"resources", "limits"});
  if (!requests.is_object() || !limits.is_object()) return;
  for (const auto& [name, amount] : requests.items()) {
    if (!limits.contains(name) || !amount.is_string() || !limits[name].is_string()) continue;
    const auto asked = Quantity::parse(amount.get<std::string>()),
               most = Quantity::parse(limits[name].get<std::string>());
    if (asked && most && *asked > *most)
      errors.push_back(
          {Type::invalid, path + ".resources.requests",
           fmt::format("must be less than or equal to {} limit of {}", name, limits[name].get<std::string>()), amount});
  }
}

}  // namespace

void validate_container(const Json& container, const std::string& path, const Json& volumes, FieldErrors& errors) {
  require_text(at_path(container, {"name"}), path + ".name", errors);
  if (const std::string name = string_at(container, {"name"}); !name.empty())
    check_text(dns_label_complaints, name, path + ".name", errors);
  const std::string image = string_at(container, {"image"});
  require_text(at_path(container, {"image"}), path + ".image", errors);
  if (trim(image) != image)
    errors.push_back({Type::invalid, path + ".image", "must not have leading or trailing whitespace", image});
  check_supported(string_at(container, {"terminationMessagePolicy"}), {"FallbackToLogsOnError", "File"},
                  path + ".terminationMessagePolicy", errors);
  check_ports(container, path, errors);
  check_environment(container, path, errors);
  check_mounts(container, path, volumes, errors);
  check_supported(string_at(container, {"imagePullPolicy"}), {"Always", "IfNotPresent", "Never"},
                  path + ".imagePullPolicy", errors);
  check_resources(container, path, errors);
}

}  // namespace kforge::sandbox
