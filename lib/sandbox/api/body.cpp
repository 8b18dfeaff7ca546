// SPDX-License-Identifier: Apache-2.0
#include "sandbox/api/body.hpp"

#include "base/quantity.hpp"
#include "base/text.hpp"
#include "sandbox/api/object_meta.hpp"

#include <fmt/format.h>

namespace kforge::sandbox {
namespace {

using schema::Field;
using schema::FieldType;

// The names of Go's types, as its decoder's errors have them.
std::string_view go_type(FieldType type) {
  switch (type) {
    case FieldType::integer:
      return "int32";
    case FieldType::number:
      return "float64";
    case FieldType::boolean:
      return "bool";
    case FieldType::list:
      return "[]interface {}";
    case FieldType::map:
    case FieldType::object:
      return "map[string]interface {}";
    default:
      return "string";
  }
}

std::string_view json_type(const Json& value) {
  if (value.is_string()) return "string";
  if (value.is_boolean()) return "bool";
  if (value.is_number()) return "number";
  return value.is_array() ? "array" : "object";
}

bool fits(FieldType type, const Json& value) {
  switch (type) {
    case FieldType::any:
      return true;
    case FieldType::string:
    case FieldType::bytes:
    case FieldType::time:
      return value.is_string();
    case FieldType::integer:
      return value.is_number_integer();
    case FieldType::number:
      return value.is_number();
    case FieldType::boolean:
      return value.is_boolean();
    case FieldType::object:
    case FieldType::map:
      return value.is_object();
    case FieldType::list:
      return value.is_array();
    case FieldType::quantity:
      return value.is_string() || value.is_number();
    case FieldType::int_or_string:
      return value.is_string() || value.is_number_integer();
  }
  return true;
}

// Walks an object along its schema, pruning what is unknown.
class FieldWalk {
 public:
  explicit FieldWalk(std::string kind) : kind_(std::move(kind)) {}

  void object(const schema::Type& type, Json& value, const std::string& path) {
    if (type.preserves_unknown) return;
    for (auto at = value.begin(); at != value.end();) {
      const std::string child = path.empty() ? at.key() : path + "." + at.key();
      const Field* field = type.find(at.key());
      if (field == nullptr) {
        unknown.push_back(child);
        at = value.erase(at);
        continue;
      }
      if (at->is_null()) {  // null is the same as absent
        at = value.erase(at);
        continue;
      }
      walk(*field, *at, child);
      ++at;
    }
  }

  std::vector<std::string> unknown;

 private:
  void walk(const Field& field, Json& value, const std::string& path) {
    if (!fits(field.type, value))
      throw bad_request(
          fmt::format("{} in version \"v1\" cannot be handled as a {}: json: cannot unmarshal {} into Go struct field "
                      "{}.{} of type {}",
                      kind_, kind_, json_type(value), kind_, path, go_type(field.type)));
    if (field.type == FieldType::object && field.object_type != nullptr) object(*field.object_type, value, path);
    if (field.type == FieldType::quantity) quantity(value, path);
    if (field.element == nullptr) return;
    if (field.type == FieldType::list)
      for (std::size_t i = 0; i < value.size(); ++i)
        if (!value[i].is_null()) walk(*field.element, value[i], fmt::format("{}[{}]", path, i));
    if (field.type == FieldType::map)
      for (auto& [key, element] : value.items())
        if (!element.is_null()) walk(*field.element, element, path + "." + key);
  }

  // Stored in canonical form, as the server's own type does it.
  void quantity(Json& value, const std::string& path) {
    const auto parsed = Quantity::parse(value.is_string() ? value.get<std::string>() : to_text(value));
    if (!parsed)
      throw bad_request(
          fmt::format("{} in version \"v1\" cannot be handled as a {}: quantities must match the regular expression "
                      "'^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$' ({})",
                      kind_, kind_, path));
    value = parsed->canonical();
  }

  std::string kind_;
};

}  // namespace

Json parse_body(const std::string& body) {
  Json object = Json::parse(body, nullptr, false);
  if (object.is_discarded())
    throw bad_request(
        "the object provided is unrecognized (must be of type Status): couldn't get version/kind; json parse error");
  if (!object.is_object()) throw bad_request("the object provided is unrecognized: it must be a JSON object");
  return object;
}

void check_identity(const Resource& resource, const Target& target, Json& object) {
  const std::string api_version = string_at(object, {"apiVersion"}, resource.api_version()),
                    kind = string_at(object, {"kind"}, resource.kind);
  if (api_version != resource.api_version())
    throw bad_request(fmt::format("the API version in the data ({}) does not match the expected API version ({})",
                                  api_version, resource.api_version()));
  if (kind != resource.kind)
    throw bad_request(fmt::format("{} in version \"{}\" cannot be handled as a {}: no kind \"{}\" is registered", kind,
                                  resource.version, resource.kind, kind));
  object["apiVersion"] = api_version;
  object["kind"] = kind;
  if (!object.contains("metadata") || object["metadata"].is_null()) object["metadata"] = Json::object();
  if (!object["metadata"].is_object())
    throw bad_request(fmt::format("{} in version \"{}\" cannot be handled as a {}: metadata must be an object", kind,
                                  resource.version, kind));
  if (!target.name.empty() && name_of(object).empty()) object["metadata"]["name"] = target.name;
  if (!target.name.empty() && name_of(object) != target.name)
    throw bad_request(fmt::format("the name of the object ({}) does not match the name on the URL ({})",
                                  name_of(object), target.name));
  if (!resource.namespaced) {
    object["metadata"].erase("namespace");
    return;
  }
  if (namespace_of(object).empty()) object["metadata"]["namespace"] = target.name_space;
  if (namespace_of(object) != target.name_space)
    throw bad_request("the namespace of the provided object does not match the namespace sent on the request");
}

void check_fields(const Resource& resource, Json& object, FieldValidation validation,
                  std::vector<std::string>& warnings) {
  if (resource.schema == nullptr || resource.schema->type == nullptr) return;
  FieldWalk walk(resource.kind);
  walk.object(*resource.schema->type, object, "");
  if (walk.unknown.empty() || validation == FieldValidation::ignore) return;
  std::vector<std::string> texts;
  for (const std::string& path : walk.unknown) texts.push_back(fmt::format("unknown field \"{}\"", path));
  if (validation == FieldValidation::strict)
    throw bad_request(fmt::format("{} in version \"{}\" cannot be handled as a {}: strict decoding error: {}",
                                  resource.kind, resource.version, resource.kind, join(texts, ", ")));
  warnings.insert(warnings.end(), texts.begin(), texts.end());
}

}  // namespace kforge::sandbox
