// SPDX-License-Identifier: Apache-2.0
#include "sandbox/api/kind_validation.hpp"

#include "sandbox/api/pod_validation.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace kforge::sandbox {
namespace {

using Type = FieldError::Type;

constexpr std::size_t config_limit = std::size_t{1} << 20;

// Keys of a ConfigMap or Secret, and its whole size.
void check_entries(const Json& object, FieldErrors& errors) {
  std::size_t size = 0;
  for (const char* field : {"data", "binaryData"})
    for (const auto& [key, value] : at_path(object, {field}).items()) {
      check_text(config_key_complaints, key, fmt::format("{}[{}]", field, key), errors);
      size += key.size() + (value.is_string() ? value.get_ref<const std::string&>().size() : 0);
    }
  if (size > config_limit)
    errors.push_back({Type::too_long, "", fmt::format("may not be more than {} bytes", config_limit), nullptr});
}

// What a typed Secret must hold: every key, or one of them.
struct SecretType {
  std::string_view type;
  std::array<std::string_view, 2> keys;
  bool one_is_enough = false;
};
constexpr std::array<SecretType, 4> secret_types{{{"kubernetes.io/basic-auth", {"username", "password"}, true},
                                                  {"kubernetes.io/dockerconfigjson", {".dockerconfigjson", ""}},
                                                  {"kubernetes.io/ssh-auth", {"ssh-privatekey", ""}},
                                                  {"kubernetes.io/tls", {"tls.crt", "tls.key"}}}};

void validate_secret(const Json& object, FieldErrors& errors) {
  check_entries(object, errors);
  const Json& data = at_path(object, {"data"});
  for (const SecretType& known : secret_types) {
    if (string_at(object, {"type"}) != known.type) continue;
    FieldErrors missing;
    for (const std::string_view key : known.keys)
      if (!key.empty() && !data.contains(key))
        missing.push_back({Type::required, fmt::format("data[{}]", key), "", nullptr});
    if (!known.one_is_enough || missing.size() == known.keys.size())
      errors.insert(errors.end(), missing.begin(), missing.end());
  }
}

void validate_claim(const Json& object, FieldErrors& errors) {
  const Json& spec = at_path(object, {"spec"});
  if (at_path(spec, {"accessModes"}).empty())
    errors.push_back({Type::required, "spec.accessModes", "at least 1 access mode is required", nullptr});
  if (at_path(spec, {"resources", "requests", "storage"}).is_null())
    errors.push_back({Type::required, "spec.resources[storage]", "", nullptr});
}

void validate_budget(const Json& object, FieldErrors& errors) {
  const Json& spec = at_path(object, {"spec"});
  if (!at_path(spec, {"minAvailable"}).is_null() && !at_path(spec, {"maxUnavailable"}).is_null())
    errors.push_back({Type::invalid, "spec", "minAvailable and maxUnavailable cannot be both set", spec});
}

void validate_pod(const Json& object, FieldErrors& errors) {
  validate_pod_spec(at_path(object, {"spec"}), "spec", errors);
}

void validate_role(const Json& object, FieldErrors& errors) {
  std::size_t index = 0;
  for (const Json& rule : at_path(object, {"rules"})) {
    const std::string here = fmt::format("rules[{}]", index++);
    if (at_path(rule, {"verbs"}).empty())
      errors.push_back({Type::required, here + ".verbs", "verbs must contain at least one value", nullptr});
    if (!at_path(rule, {"nonResourceURLs"}).empty()) continue;
    if (at_path(rule, {"apiGroups"}).empty())
      errors.push_back(
          {Type::required, here + ".apiGroups", "resource rules must supply at least one api group", nullptr});
    if (at_path(rule, {"resources"}).empty())
      errors.push_back(
          {Type::required, here + ".resources", "resource rules must supply at least one resource", nullptr});
  }
}

constexpr std::array<std::pair<std::string_view, Validator>, 16> validators{{
    {"clusterroles.rbac.authorization.k8s.io", validate_role},
    {"configmaps", check_entries},
    {"cronjobs.batch", validate_cron_job},
    {"daemonsets.apps", validate_daemon_set},
    {"deployments.apps", validate_deployment},
    {"horizontalpodautoscalers.autoscaling", validate_autoscaler},
    {"ingresses.networking.k8s.io", validate_ingress},
    {"jobs.batch", validate_job},
    {"persistentvolumeclaims", validate_claim},
    {"poddisruptionbudgets.policy", validate_budget},
    {"pods", validate_pod},
    {"replicasets.apps", validate_replica_set},
    {"roles.rbac.authorization.k8s.io", validate_role},
    {"secrets", validate_secret},
    {"services", validate_service},
    {"statefulsets.apps", validate_stateful_set},
}};

}  // namespace

Validator validator_of(const std::string& resource) {
  const auto* const found =
      std::ranges::find(validators, std::string_view(resource), &std::pair<std::string_view, Validator>::first);
  return found == validators.end() ? nullptr : found->second;
}

}  // namespace kforge::sandbox
