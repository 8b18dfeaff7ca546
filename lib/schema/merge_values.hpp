// SPDX-License-Identifier: Apache-2.0
// Comparing, merging and pruning values by their place in the schema: the steps that apply() is made of.
#pragma once

#include "schema/merge.hpp"
#include "schema/shape.hpp"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace kforge::schema {

// The value as a container of a shape: an empty one when it is missing, null or something else.
const Json& contents(Shape shape, const Json* value);

// The items of a list that carry one name; more than one when the name is repeated.
struct ItemGroup {
  std::string element;
  std::vector<const Json*> items;
  bool equals(const ItemGroup& other) const;
};

// A list of Shape::items by the names of its items, in the order of their first occurrence. Nameless items are left
// out.
class NamedItems {
 public:
  NamedItems(const Field& list, const Json& items);
  const std::vector<ItemGroup>& groups() const { return groups_; }
  // The items of a name; none when it does not occur.
  const ItemGroup& find(std::string_view element) const;

 private:
  std::vector<ItemGroup> groups_;
  std::map<std::string, std::size_t, std::less<>> index_;
};

// At most one of the two may be missing (nullptr).
Comparison compare(const Field* place, const Json* from, const Json* to);

// The live value with everything that the configuration says; nothing is removed. New items keep the configuration's
// order among the items that both have.
Json merge(const Field* place, const Json& live, const Json& configuration);

// The value without the members of `set`. Containers that lose everything become null.
Json remove_fields(const Field* place, const Json& value, const FieldSet& set);

// The set with every declared field on the way to a member: "spec" and "spec.replicas" for ".spec.replicas".
FieldSet with_declared_parents(const Field* place, const FieldSet& set);

// A value as Go prints it with %v, as messages of the server have it.
std::string go_value(const Json& value);
// Why a configuration does not fit its place, one text a problem, with paths.
std::vector<std::string> type_errors(const Field* place, const Json& value);

// Removes the fields of declared objects that the server's encoding leaves out: null, and empty lists and maps that are
// not required.
void drop_omitted_fields(const Field* place, Json& value);

}  // namespace kforge::schema
