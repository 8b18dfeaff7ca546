// SPDX-License-Identifier: Apache-2.0
#include "render/drafts.hpp"

#include "base/diagnostics.hpp"
#include "base/digest.hpp"
#include "base/text.hpp"
#include "render/identity.hpp"
#include "render/waivers.hpp"
#include "schema/schema.hpp"

#include <fmt/format.h>

namespace kforge::render {
namespace {

[[noreturn]] void refuse_secret(const project::Project& project, const std::string& name, const std::string& message) {
  Diagnostics problems;
  problems.error(project.place_of({"secrets", name}), message);
  throw InvalidInput(std::move(problems));
}

}  // namespace

Identity identity_of(const Json& manifest) {
  schema::KindName kind = schema::kind_name(manifest);
  return {.group = std::move(kind.group),
          .kind = std::move(kind.kind),
          .name_space = string_at(manifest, {"metadata", "namespace"}),
          .name = string_at(manifest, {"metadata", "name"})};
}

const Workload& Drafts::begin(Workload workload) {
  return workloads.emplace_back(std::move(workload));
}

Draft& Drafts::add(const Workload& workload, Json manifest) {
  identify(manifest, workload, *this);
  annotate_waivers(manifest);
  return add_own(workload, std::move(manifest));
}

Draft& Drafts::add_own(const Workload& workload, Json manifest) {
  mark_member(manifest, *this);
  Identity identity = identity_of(manifest);
  return items.emplace_back(
      Draft{.manifest = std::move(manifest), .identity = std::move(identity), .workload = &workload});
}

Draft& Drafts::add_config(const Workload& workload, Json manifest, const std::map<std::string, std::string>& data) {
  manifest["data"] = data;
  Draft& draft = add(workload, std::move(manifest));
  draft.hashed = true;
  return draft;
}

Draft& Drafts::add_secret(const Workload& workload, Json manifest, const SecretData& data) {
  Draft& draft = add(workload, std::move(manifest));
  draft.hashed = true;
  draft.tokens = Json::object();
  std::vector<std::string> unknown;
  for (const auto& [key, text] : data) {
    draft.tokens[key] = text.token;
    if (text.value)
      draft.manifest["data"][key] = base64_encode(*text.value);
    else
      unknown.push_back(key);
  }
  if (!unknown.empty()) draft.manifest["metadata"]["annotations"][redacted_annotation] = join(unknown, ",");
  return draft;
}

SecretText Drafts::secret(const std::string& name, const std::string& key) const {
  const auto spec = project.secrets.find(name);
  if (spec == project.secrets.end()) refuse_secret(project, name, fmt::format("there is no secret '{}'", name));
  if (spec->second.existing)
    refuse_secret(project, name,
                  fmt::format("secret '{}' is 'existing': kforge cannot read its value '{}' to derive others from it",
                              name, key));
  const auto found = secrets.find(name + "/" + key);
  if (found == secrets.end()) refuse_secret(project, name, fmt::format("secret '{}' has no key '{}'", name, key));
  SecretText text{.value = std::nullopt, .token = found->second.token};
  if (found->second.value) text.value = found->second.value->reveal();
  return text;
}

SecretText plain(std::string text) {
  return {.value = text, .token = "text " + text};
}

SecretText in_url(std::string_view before, const SecretText& secret, std::string_view after) {
  SecretText text{.value = std::nullopt, .token = fmt::format("url {}{{{}}}{}", before, secret.token, after)};
  if (secret.value) text.value = fmt::format("{}{}{}", before, url_encode(*secret.value), after);
  return text;
}

std::string service_host(const project::Project& project, project::Tier tier, std::string_view service) {
  return fmt::format("{}.{}.svc.cluster.local", service, project.namespaces.of(tier));
}

}  // namespace kforge::render
