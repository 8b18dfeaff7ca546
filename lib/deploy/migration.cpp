// SPDX-License-Identifier: Apache-2.0
#include "deploy/migration.hpp"

#include "deploy/compare.hpp"
#include "deploy/names.hpp"
#include "schema/merge_values.hpp"

#include <algorithm>
#include <iterator>

namespace kforge::deploy {
namespace {

using schema::ManagedEntry;
using schema::Operation;

bool holds_last_applied(const schema::FieldSet& fields) {
  const schema::FieldSet* at = &fields;
  for (const char* element : {"f:metadata", "f:annotations", "f:kubectl.kubernetes.io/last-applied-configuration"}) {
    const auto found = at->children.find(element);
    if (found == at->children.end()) return false;
    at = &found->second;
  }
  return true;
}

bool is_update(const ManagedEntry& entry) {
  return entry.operation == Operation::update && entry.subresource.empty();
}

// The local twin of the server's apply, to see what ownership alone makes of it.
Json applied(const schema::Kind* kind, const Json& live, const Json& intent) {
  return schema::apply(kind, live, intent, {.manager = field_manager, .subresource = {}, .now = {}}, schema::Force::yes)
      .object;
}

}  // namespace

std::set<std::string> client_side_appliers(const Json& live) {
  std::set<std::string> managers;
  if (!apply_entry(live, field_manager).is_null()) return managers;
  for (const ManagedEntry& entry : schema::managed_fields_of(live))
    if (is_update(entry) && holds_last_applied(entry.fields)) managers.insert(entry.manager);
  return managers;
}

Json migrated(const Json& live) {
  const std::set<std::string> managers = client_side_appliers(live);
  std::vector<ManagedEntry> kept, theirs;
  for (ManagedEntry& entry : schema::managed_fields_of(live))
    (is_update(entry) && managers.contains(entry.manager) ? theirs : kept).push_back(std::move(entry));
  if (theirs.empty()) return live;
  // Field sets of other versions of the kind cannot be put together; the last writer's version counts.
  ManagedEntry own = *std::ranges::max_element(theirs, {}, &ManagedEntry::time);
  own.manager = field_manager;
  own.operation = Operation::apply;
  for (const ManagedEntry& entry : theirs)
    if (entry.api_version == own.api_version) own.fields = schema::unite(own.fields, entry.fields);
  kept.push_back(std::move(own));
  Json object = live;
  object["metadata"]["managedFields"] = schema::to_managed_fields(std::move(kept));
  return object;
}

kube::ApiRequest migration_request(const schema::Kind& kind, const Json& live) {
  kube::ApiRequest request = kube::get_request(kind, kube::ref_of(live));
  request.method = "PATCH";
  request.content_type = "application/json-patch+json";
  request.replay = kube::Replay::safe;  // the second one fails at the version
  request.body = to_text(Json::array(
      {{{"op", "replace"},
        {"path", "/metadata/managedFields"},
        {"value", migrated(live).at("metadata").at("managedFields")}},
       {{"op", "replace"}, {"path", "/metadata/resourceVersion"}, {"value", kube::resource_version_of(live)}}}));
  return request;
}

Json outcome_after_migration(const schema::Kind* kind, const Json& live, const Json& intent, const Json& outcome) {
  const schema::Comparison gone =
      schema::set_diff(kind, applied(kind, live, intent), applied(kind, migrated(live), intent));
  const schema::Field root = schema::root_place(kind);
  Json result = outcome;
  Json metadata = result["metadata"];
  result = schema::remove_fields(&root, result, gone.removed);
  result["metadata"]["managedFields"] = metadata["managedFields"];
  return result;
}

}  // namespace kforge::deploy
