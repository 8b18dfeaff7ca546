// SPDX-License-Identifier: Apache-2.0
#include "render/render.hpp"

#include "base/diagnostics.hpp"
#include "render/components.hpp"
#include "render/drafts.hpp"
#include "render/limits.hpp"
#include "render/naming.hpp"
#include "render/order.hpp"

#include <fmt/format.h>

#include <set>

namespace kforge::render {
namespace {

void report_twice(const Draft& one, const Draft& other, Diagnostics& problems) {
  const Draft& culprit = other.own ? other : one;
  const SourcePlace& place = (other.own ? one : other).workload->origin;
  const auto& [group, kind, name_space, name] = culprit.identity;
  problems.error(culprit.workload->origin,
                 fmt::format("{} '{}{}{}' is rendered twice", kind, name_space, name_space.empty() ? "" : "/", name),
                 place.known() ? fmt::format("the other one comes from {}", place.to_string()) : "");
}

void refuse_duplicates(const std::deque<Draft>& drafts) {
  const auto before = [](const Draft* a, const Draft* b) { return a->identity < b->identity; };
  Diagnostics problems;
  std::set<const Draft*, decltype(before)> seen(before);
  for (const Draft& draft : drafts)
    if (const auto [first, fresh] = seen.insert(&draft); !fresh) report_twice(**first, draft, problems);
  if (!problems.ok()) throw InvalidInput(std::move(problems));
}

Rendered collect(Drafts& drafts) {
  Rendered rendered;
  rendered.objects.reserve(drafts.items.size());
  for (Draft* draft : in_order(drafts.items))
    rendered.objects.push_back(Object{.manifest = std::move(draft->manifest),
                                      .tier = draft->workload->tier,
                                      .service = draft->workload->service,
                                      .origin = draft->workload->origin});
  return rendered;
}

}  // namespace

Rendered render(const project::Project& project, const SecretValues& secrets) {
  Drafts drafts{.project = project,
                .secrets = secrets,
                .applyset = applyset_id(applyset_parent_name(project), state_namespace(project), "Secret", ""),
                .items = {},
                .workloads = {}};
  draft_namespaces(drafts);
  draft_database(drafts);
  draft_auth(drafts);
  draft_services(drafts);
  draft_gateway(drafts);
  draft_own_manifests(drafts);
  apply_patches(drafts);
  place_secrets(drafts);
  fit_limit_ranges(drafts);
  assign_names(drafts);
  refuse_duplicates(drafts.items);
  return collect(drafts);
}

}  // namespace kforge::render
