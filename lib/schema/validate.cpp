// SPDX-License-Identifier: Apache-2.0
#include "schema/validate.hpp"

#include "schema/kind_check.hpp"
#include "schema/object_check.hpp"
#include "schema/shape.hpp"

#include <fmt/format.h>

namespace kforge::schema {
namespace {

// The text of apiVersion or kind; complains when it is not there.
std::string identity(const yaml::Node& object, const char* field, Completeness completeness, Diagnostics& problems) {
  const yaml::Node* found = object.find(field);
  if (found != nullptr && found->type == yaml::Type::string && !found->scalar.empty()) return found->scalar;
  if (found == nullptr && completeness == Completeness::whole_object)
    problems.error(object.place(), fmt::format("missing required field '{}'", field));
  if (found != nullptr) problems.error(found->place(), fmt::format("'{}' must be a name", field));
  return {};
}

void check_fields(const Kind* kind, const yaml::Node& object, Completeness completeness, Diagnostics& problems) {
  ObjectCheck check(kind, completeness, problems);
  check.run(object);
}

}  // namespace

void validate(const Table& table, const yaml::Node& object, Completeness completeness, Diagnostics& problems) {
  if (!object.is_mapping()) return problems.error(object.place(), "expected an object, found " + type_text(object));
  const std::string api_version = identity(object, "apiVersion", completeness, problems);
  const std::string kind_text = identity(object, "kind", completeness, problems);
  if (api_version.empty() || kind_text.empty()) return;
  const KindName name = kind_name(api_version, kind_text);
  if (const yaml::Node* items = object.find("items"); name == KindName{"", "v1", "List"} && items != nullptr) {
    for (const yaml::Node& item : items->items) validate(table, item, completeness, problems);
    return;
  }
  const Kind* kind = table.find(name);
  if (kind == nullptr && check_unknown_kind(table, name, object, problems) == KindVerdict::wrong) return;
  check_fields(kind, object, completeness, problems);
}

void validate(const Kind& kind, const yaml::Node& object, Completeness completeness, Diagnostics& problems) {
  if (!object.is_mapping()) return problems.error(object.place(), "expected an object, found " + type_text(object));
  check_fields(&kind, object, completeness, problems);
}

}  // namespace kforge::schema
