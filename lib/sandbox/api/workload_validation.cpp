// SPDX-License-Identifier: Apache-2.0
#include "base/quantity.hpp"
#include "base/text.hpp"
#include "sandbox/api/selector.hpp"
#include "sandbox/api/workload_rules.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace kforge::sandbox {
namespace {

using Type = FieldError::Type;
using Errors = std::vector<FieldError>;

constexpr std::size_t config_limit = std::size_t{1} << 20;

void not_negative(const Json& object, std::initializer_list<std::string_view> path, Errors& errors) {
  const Json& value = at_path(object, path);
  if (!value.is_number_integer() || value.get<std::int64_t>() >= 0) return;
  std::string field;
  for (const std::string_view part : path) field += (field.empty() ? "" : ".") + std::string(part);
  errors.push_back({Type::invalid, field, "must be greater than or equal to 0", value});
}

void validate_resources(const Json& container, const std::string& path, Errors& errors) {
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

void validate_containers(const Json& spec, const std::string& path, const char* list, std::set<std::string>& names,
                         Errors& errors) {
  std::size_t index = 0;
  for (const Json& container : at_path(spec, {list})) {
    const std::string here = fmt::format("{}.{}[{}]", path, list, index++);
    const std::string name = string_at(container, {"name"});
    if (!is_dns_label(name))
      errors.push_back({name.empty() ? Type::required : Type::invalid, here + ".name",
                        name.empty() ? ""
                                     : "a lowercase RFC 1123 label must consist of lower case alphanumeric characters "
                                       "or '-', and must start and end with an alphanumeric character (e.g. 'my-name', "
                                       " or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')",
                        name});
    if (!names.insert(name).second) errors.push_back({Type::duplicate, here + ".name", "", name});
    if (string_at(container, {"image"}).empty()) errors.push_back({Type::required, here + ".image", "", nullptr});
    validate_resources(container, here, errors);
  }
}

void validate_mounts(const Json& spec, const std::string& path, Errors& errors) {
  std::set<std::string> volumes;
  for (const Json& volume : at_path(spec, {"volumes"})) volumes.insert(string_at(volume, {"name"}));
  for (const Json& claim : at_path(spec, {"volumeClaimTemplates"}))
    volumes.insert(string_at(claim, {"metadata", "name"}));
  std::size_t index = 0;
  for (const Json& container : at_path(spec, {"containers"})) {
    std::size_t mount_index = 0;
    for (const Json& mount : at_path(container, {"volumeMounts"})) {
      const std::string name = string_at(mount, {"name"});
      if (!volumes.contains(name))
        errors.push_back({Type::not_found,
                          fmt::format("{}.containers[{}].volumeMounts[{}].name", path, index, mount_index), "", name});
      ++mount_index;
    }
    ++index;
  }
}

void validate_pod_spec(const Json& spec, const std::string& path, Errors& errors) {
  if (at_path(spec, {"containers"}).empty()) errors.push_back({Type::required, path + ".containers", "", nullptr});
  std::set<std::string> names;
  for (const char* list : {"initContainers", "containers"}) validate_containers(spec, path, list, names, errors);
}

}  // namespace

void validate_config_map(const Json& object, Errors& errors) {
  std::size_t size = 0;
  for (const char* field : {"data", "binaryData"})
    for (const auto& [key, value] : at_path(object, {field}).items())
      size += key.size() + (value.is_string() ? value.get_ref<const std::string&>().size() : 0);
  if (size > config_limit)
    errors.push_back({Type::too_long, "", fmt::format("may not be more than {} bytes", config_limit), nullptr});
}

void validate_selected_template(const Json& object, Errors& errors) {
  not_negative(object, {"spec", "replicas"}, errors);
  not_negative(object, {"spec", "minReadySeconds"}, errors);
  const Json &selector = at_path(object, {"spec", "selector"}),
             &labels = at_path(object, {"spec", "template", "metadata", "labels"});
  if (at_path(selector, {"matchLabels"}).empty() && at_path(selector, {"matchExpressions"}).empty())
    errors.push_back({Type::invalid, "spec.selector", "empty selector is invalid for deployment", selector});
  else if (!label_selector_matches(selector, labels))
    errors.push_back({Type::invalid, "spec.template.metadata.labels", "`selector` does not match template `labels`",
                      labels.is_null() ? Json::object() : labels});
  const Json& spec = at_path(object, {"spec", "template", "spec"});
  validate_pod_spec(spec, "spec.template.spec", errors);
  Json with_claims = spec;
  with_claims["volumeClaimTemplates"] = at_path(object, {"spec", "volumeClaimTemplates"});
  validate_mounts(with_claims, "spec.template.spec", errors);
  if (const std::string policy = string_at(spec, {"restartPolicy"}); policy != "Always")
    errors.push_back({Type::not_supported, "spec.template.spec.restartPolicy", "supported values: \"Always\"", policy});
}

void validate_deployment(const Json& object, Errors& errors) {
  validate_selected_template(object, errors);
  const auto deadline = int_at(object, {"spec", "progressDeadlineSeconds"}),
             ready = int_at(object, {"spec", "minReadySeconds"});
  if (deadline <= ready)
    errors.push_back({Type::invalid, "spec.progressDeadlineSeconds", "must be greater than minReadySeconds", deadline});
  const Json& rolling = at_path(object, {"spec", "strategy", "rollingUpdate"});
  const auto zero = [](const Json& value) { return value == 0 || value == "0%" || value == "0"; };
  if (rolling.is_object() && zero(at_path(rolling, {"maxUnavailable"})) && zero(at_path(rolling, {"maxSurge"})))
    errors.push_back({Type::invalid, "spec.strategy.rollingUpdate.maxUnavailable", "may not be 0 when `maxSurge` is 0",
                      at_path(rolling, {"maxUnavailable"})});
}

void validate_autoscaler(const Json& object, Errors& errors) {
  const auto least = int_at(object, {"spec", "minReplicas"}), most = int_at(object, {"spec", "maxReplicas"});
  if (least < 1) errors.push_back({Type::invalid, "spec.minReplicas", "must be greater than or equal to 1", least});
  if (most < 1) errors.push_back({Type::invalid, "spec.maxReplicas", "must be greater than 0", most});
  if (most >= 1 && most < least)
    errors.push_back({Type::invalid, "spec.maxReplicas", "must be greater than or equal to `minReplicas`", most});
}

void validate_job(const Json& object, Errors& errors) {
  for (const char* field :
       {"parallelism", "completions", "backoffLimit", "activeDeadlineSeconds", "ttlSecondsAfterFinished"})
    not_negative(object, {"spec", field}, errors);
  const Json& spec = at_path(object, {"spec", "template", "spec"});
  validate_pod_spec(spec, "spec.template.spec", errors);
  validate_mounts(spec, "spec.template.spec", errors);
  if (const std::string policy = string_at(spec, {"restartPolicy"}); policy != "Never" && policy != "OnFailure")
    errors.push_back(
        {Type::required, "spec.template.spec.restartPolicy", "valid values: \"OnFailure\", \"Never\"", nullptr});
}

void validate_budget(const Json& object, Errors& errors) {
  if (at_path(object, {"spec", "minAvailable"}).is_null() || at_path(object, {"spec", "maxUnavailable"}).is_null())
    return;
  errors.push_back(
      {Type::invalid, "spec", "minAvailable and maxUnavailable cannot be both set", at_path(object, {"spec"})});
}

void validate_pod(const Json& object, Errors& errors) {
  validate_pod_spec(at_path(object, {"spec"}), "spec", errors);
  validate_mounts(at_path(object, {"spec"}), "spec", errors);
}

void validate_service(const Json& object, Errors& errors) {
  const Json& spec = at_path(object, {"spec"});
  const bool portless = string_at(spec, {"type"}) == "ExternalName" || string_at(spec, {"clusterIP"}) == "None";
  const Json& ports = at_path(spec, {"ports"});
  if (ports.empty() && !portless) errors.push_back({Type::required, "spec.ports", "", nullptr});
  std::set<std::string> names;
  std::size_t index = 0;
  for (const Json& port : ports) {
    const std::string here = fmt::format("spec.ports[{}]", index++);
    const auto number = int_at(port, {"port"});
    if (number < 1 || number > 65535)
      errors.push_back({Type::invalid, here + ".port", "must be between 1 and 65535, inclusive", number});
    const std::string name = string_at(port, {"name"});
    if (name.empty() && ports.size() > 1) errors.push_back({Type::required, here + ".name", "", nullptr});
    if (!name.empty() && !names.insert(name).second) errors.push_back({Type::duplicate, here + ".name", "", name});
  }
}

}  // namespace kforge::sandbox
