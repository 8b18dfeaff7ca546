// SPDX-License-Identifier: Apache-2.0
#include "render/render.hpp"

#include "base/diagnostics.hpp"
#include "render/components.hpp"
#include "render/drafts.hpp"
#include "render/identity.hpp"
#include "render/limits.hpp"
#include "render/naming.hpp"
#include "render/order.hpp"
#include "render/waivers.hpp"
#include "schema/schema.hpp"

#include <fmt/format.h>

#include <map>
#include <tuple>

namespace kforge::render {
namespace {

using Identity = std::tuple<std::string, std::string, std::string, std::string>;  // group, kind, namespace, name

Identity identity_of(const Json& manifest) {
  const schema::KindName kind = schema::kind_name(manifest);
  return {kind.group, kind.kind, string_at(manifest, {"metadata", "namespace"}),
          string_at(manifest, {"metadata", "name"})};
}

void refuse_duplicates(const std::deque<Draft>& drafts) {
  Diagnostics problems;
  std::map<Identity, const Draft*> seen;
  for (const Draft& draft : drafts) {
    const Identity identity = identity_of(draft.manifest);
    const auto [first, fresh] = seen.emplace(identity, &draft);
    if (fresh) continue;
    const auto& [group, kind, name_space, name] = identity;
    const Draft& culprit = draft.own ? draft : *first->second;
    const SourcePlace& other = draft.own ? first->second->workload.origin : draft.workload.origin;
    problems.error(culprit.workload.origin,
                   fmt::format("{} '{}{}{}' is rendered twice", kind, name_space, name_space.empty() ? "" : "/", name),
                   other.known() ? fmt::format("the other one comes from {}", other.to_string()) : "");
  }
  if (!problems.ok()) throw InvalidInput(std::move(problems));
}

Rendered collect(Drafts& drafts) {
  Rendered rendered;
  rendered.objects.reserve(drafts.items.size());
  for (Draft& draft : drafts.items) {
    mark_member(draft.manifest, drafts);
    rendered.objects.push_back(Object{.manifest = std::move(draft.manifest),
                                      .tier = draft.workload.tier,
                                      .service = std::move(draft.workload.service),
                                      .origin = std::move(draft.workload.origin)});
  }
  sort_objects(rendered.objects);
  return rendered;
}

}  // namespace

Rendered render(const project::Project& project, const SecretValues& secrets) {
  Drafts drafts{.project = project,
                .secrets = secrets,
                .applyset = applyset_id(applyset_parent_name(project), state_namespace(project), "Secret", ""),
                .items = {}};
  draft_namespaces(drafts);
  draft_database(drafts);
  draft_auth(drafts);
  draft_services(drafts);
  draft_gateway(drafts);
  for (Draft& draft : drafts.items) annotate_waivers(draft.manifest);
  draft_own_manifests(drafts);
  apply_patches(drafts);
  place_secrets(drafts);
  fit_limit_ranges(drafts);
  assign_names(drafts);
  refuse_duplicates(drafts.items);
  return collect(drafts);
}

}  // namespace kforge::render
