// SPDX-License-Identifier: Apache-2.0
#include "schema/ownership.hpp"

#include "schema/shape.hpp"

namespace kforge::schema {
namespace {

// subtract() in place: most of a set stays.
void drop(FieldSet& set, const FieldSet& unwanted) {
  if (unwanted.member) set.member = false;
  for (const auto& [element, part] : unwanted.children) {
    const auto found = set.children.find(element);
    if (found == set.children.end()) continue;
    drop(found->second, part);
    if (found->second.empty()) set.children.erase(found);
  }
}

}  // namespace

const FieldSet& never_owned() {
  static const FieldSet set = [] {
    FieldSet result;
    for (const char* field : {"f:apiVersion", "f:kind", "f:metadata"}) result.children[field].member = true;
    for (const char* field : {"f:name", "f:namespace", "f:creationTimestamp", "f:selfLink", "f:uid", "f:clusterName",
                              "f:generation", "f:managedFields", "f:resourceVersion"})
      result.children["f:metadata"].children[field].member = true;
    return result;
  }();
  return set;
}

FieldSet reset_fields(const Kind* kind, std::string_view subresource) {
  FieldSet result;
  const bool main_resource = subresource.empty() && kind != nullptr && kind->has_subresource("status");
  if (main_resource) result.children["f:status"].member = true;
  if (subresource == "status") result.children["f:spec"].member = true;
  return result;
}

FieldSet field_set_of(const Kind* kind, const Json& object) {
  const Field root = root_place(kind);
  FieldSet set = leaves_of(&root, object);
  for (const auto& [element, tree] : reset_fields(kind, {}).children) set.children.erase(element);
  drop(set, never_owned());
  return set;
}

}  // namespace kforge::schema
