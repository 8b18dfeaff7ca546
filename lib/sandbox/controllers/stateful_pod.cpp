// SPDX-License-Identifier: Apache-2.0
#include "sandbox/controllers/stateful_pod.hpp"

#include "sandbox/controllers/revisions.hpp"
#include "sandbox/controllers/toolkit.hpp"

#include <fmt/format.h>

#include <charconv>

namespace kforge::sandbox {

std::optional<std::int64_t> stateful_ordinal(const Json& set, const Json& pod) {
  const std::string name = name_of(pod), prefix = name_of(set) + "-";
  if (!name.starts_with(prefix)) return std::nullopt;
  std::int64_t ordinal = 0;
  const char* const end = name.data() + name.size();
  const auto [last, error] = std::from_chars(name.data() + prefix.size(), end, ordinal);
  return error == std::errc() && last == end ? std::optional(ordinal) : std::nullopt;
}

std::vector<Json> stateful_claims(const Json& set, std::int64_t ordinal) {
  std::vector<Json> claims;
  for (const Json& wanted : at_path(set, {"spec", "volumeClaimTemplates"})) {
    Json claim = wanted;
    claim["apiVersion"] = "v1";
    claim["kind"] = "PersistentVolumeClaim";
    claim.erase("status");
    claim["metadata"]["name"] = fmt::format("{}-{}-{}", name_of(wanted), name_of(set), ordinal);
    claim["metadata"]["namespace"] = namespace_of(set);
    for (const auto& [key, value] : at_path(set, {"spec", "selector", "matchLabels"}).items())
      claim["metadata"]["labels"][key] = value;
    if (string_at(set, {"spec", "persistentVolumeClaimRetentionPolicy", "whenDeleted"}) == "Delete")
      claim["metadata"]["ownerReferences"] = {controller_reference(set)};
    claims.push_back(std::move(claim));
  }
  return claims;
}

Json stateful_pod(const Json& set, const Json& pod_template, const std::string& revision, std::int64_t ordinal) {
  Json pod = pod_from_template(pod_template, set, namespace_of(set));
  const std::string name = fmt::format("{}-{}", name_of(set), ordinal);
  pod["metadata"]["name"] = name;
  Json& labels = pod["metadata"]["labels"];
  labels[revision_label] = revision;
  labels["statefulset.kubernetes.io/pod-name"] = name;
  labels["apps.kubernetes.io/pod-index"] = std::to_string(ordinal);
  Json& spec = pod["spec"];
  spec["hostname"] = name;
  if (const std::string service = string_at(set, {"spec", "serviceName"}); !service.empty())
    spec["subdomain"] = service;
  Json volumes = Json::array();
  for (const Json& wanted : at_path(set, {"spec", "volumeClaimTemplates"}))
    volumes.push_back({{"name", name_of(wanted)},
                       {"persistentVolumeClaim", {{"claimName", fmt::format("{}-{}", name_of(wanted), name)}}}});
  for (const Json& volume : at_path(pod_template, {"spec", "volumes"})) {
    bool replaced = false;
    for (const Json& claim : volumes) replaced = replaced || claim.at("name") == at_path(volume, {"name"});
    if (!replaced) volumes.push_back(volume);
  }
  if (!volumes.empty()) spec["volumes"] = std::move(volumes);
  return pod;
}

}  // namespace kforge::sandbox
