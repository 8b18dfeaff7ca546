// SPDX-License-Identifier: Apache-2.0
#include "deploy/records.hpp"

#include "deploy/compare.hpp"
#include "deploy/names.hpp"

namespace kforge::deploy {
namespace {

const schema::Kind& secret_kind() {
  return *schema::Table::embedded().find(schema::kind_name("v1", "Secret"));
}

}  // namespace

ParentRecord::ParentRecord(Session& session, const ApplySet& set, Json live)
    : session_(session), set_(set), live_(std::move(live)) {}

bool ParentRecord::says(const Extent& extent) const {
  return !live_.is_null() && is_up_to_date(&secret_kind(), parent_manifest(set_, extent), live_, applyset_manager);
}

void ParentRecord::write(const Extent& extent) {
  if (says(extent)) return;
  const kube::ApplyOptions options{.field_manager = applyset_manager, .force = true};
  std::optional<Error> failure;
  RequestGroup group(session_);
  group.send(kube::apply_request(secret_kind(), parent_manifest(set_, extent), options), [&](kube::ApiResult result) {
    if (result.ok())
      live_ = std::move(result.body);
    else
      failure = failure_of(result, "cannot record what belongs to the project");
  });
  group.finish("recording what belongs to the project");
  if (failure) throw *failure;
}

Extent ParentRecord::widened(Extent extent) const {
  extent.unite(extent_of(live_));
  return extent;
}

}  // namespace kforge::deploy
