// SPDX-License-Identifier: Apache-2.0
#include "deploy/claims.hpp"

#include "base/quantity.hpp"
#include "deploy/names.hpp"

#include <fmt/format.h>

namespace kforge::deploy {
namespace {

const schema::Kind& claims_kind() {
  return *schema::Table::embedded().find(schema::kind_name("v1", "PersistentVolumeClaim"));
}

std::string size_of(const Json& claim_template) {
  return string_at(claim_template, {"spec", "resources", "requests", "storage"});
}

const Json* named(const Json& templates, const std::string& name) {
  for (const Json& each : templates)
    if (string_at(each, {"metadata", "name"}) == name) return &each;
  return nullptr;
}

bool is_more(const std::string& size, const std::string& than) {
  const auto a = Quantity::parse(size), b = Quantity::parse(than);
  return a && b && *a > *b;
}

}  // namespace

std::vector<ClaimGrowth> wanted_growth(const Change& stateful_set) {
  std::vector<ClaimGrowth> growth;
  const Json& before = at_path(*stateful_set.live, {"spec", "volumeClaimTemplates"});
  for (const Json& wanted : at_path(stateful_set.intent(), {"spec", "volumeClaimTemplates"})) {
    const std::string name = string_at(wanted, {"metadata", "name"});
    const Json* live = named(before, name);
    if (live == nullptr || !is_more(size_of(wanted), size_of(*live))) continue;
    for (std::int64_t pod = 0; pod < int_at(*stateful_set.live, {"spec", "replicas"}, 1); ++pod)
      growth.push_back(
          {{claims_kind().name, stateful_set.ref.name_space, fmt::format("{}-{}-{}", name, stateful_set.ref.name, pod)},
           size_of(wanted)});
  }
  return growth;
}

kube::ApiRequest growth_request(const ClaimGrowth& claim, kube::DryRun dry_run) {
  kube::ApiRequest request = kube::merge_patch_request(
      claims_kind(), claim.claim, {{"spec", {{"resources", {{"requests", {{"storage", claim.size}}}}}}}}, grow_manager);
  if (dry_run == kube::DryRun::server) request.path += "&dryRun=All";
  return request;
}

void grow_claims(Session& session, const std::vector<ClaimGrowth>& claims) {
  std::optional<Error> failure;
  RequestGroup group(session);
  for (const ClaimGrowth& claim : claims)
    group.send(growth_request(claim, kube::DryRun::no), [&](const kube::ApiResult& result) {
      if (!result.ok() && !result.not_found() && !failure)
        failure = failure_of(result, "cannot grow " + claim.claim.to_string());
    });
  group.finish("growing volumes");
  if (failure) throw *failure;
}

}  // namespace kforge::deploy
