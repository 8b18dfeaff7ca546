// SPDX-License-Identifier: Apache-2.0
#include "sandbox/api/field_walk.hpp"

#include "base/quantity.hpp"
#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace kforge::sandbox {
namespace {

using schema::Field;
using schema::FieldType;

std::string_view last_part(std::string_view dotted_name) {
  return dotted_name.substr(dotted_name.rfind('.') + 1);
}

// "io.k8s.api.core.v1.Container" -> "v1.Container"
std::string package_type(std::string_view name) {
  const std::size_t dot = name.rfind('.');
  return fmt::format("{}.{}", last_part(name.substr(0, dot)), last_part(name));
}

// The names of Go's types, as its decoder's errors have them.
std::string go_type(const Field& field) {
  switch (field.type) {
    case FieldType::integer:
      return field.format.empty() ? "int64" : std::string(field.format);
    case FieldType::number:
      return "float64";
    case FieldType::boolean:
      return "bool";
    case FieldType::bytes:
      return "[]uint8";
    case FieldType::list:
      return "[]" + (field.element == nullptr ? "interface {}" : go_type(*field.element));
    case FieldType::map:
      return "map[string]" + (field.element == nullptr ? "interface {}" : go_type(*field.element));
    case FieldType::object:
      return field.object_type == nullptr ? "map[string]interface {}" : package_type(field.object_type->name);
    default:
      return "string";
  }
}

std::string json_type(FieldType wanted, const Json& value) {
  if (value.is_string()) return "string";
  if (value.is_boolean()) return "bool";
  if (value.is_number()) return wanted == FieldType::integer ? "number " + to_text(value) : "number";
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

// Where Go's base64 decoder gives up; npos when it does not.
std::size_t base64_error(std::string_view text) {
  constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/\r\n";
  const std::size_t end = std::min(text.find_first_not_of(alphabet), text.size());
  const std::size_t padding = text.size() - end;
  if (padding > 2 || text.find_first_not_of('=', end) != std::string_view::npos) return end;
  const auto breaks = std::ranges::count_if(text, [](char c) { return c == '\r' || c == '\n'; });
  return (text.size() - static_cast<std::size_t>(breaks)) % 4 == 0 ? std::string_view::npos : text.size();
}

class FieldWalk {
 public:
  explicit FieldWalk(std::string_view kind) : kind_(kind) {}

  // `path` names list items by their index, as unknown fields are told; `go_path` does not, as the decoder has it.
  void object(const schema::Type& type, Json& value, const std::string& path, const std::string& go_path) {
    if (type.preserves_unknown) return;
    for (auto at = value.begin(); at != value.end();) {
      const std::string child = path.empty() ? at.key() : path + "." + at.key();
      const Field* field = type.find(at.key());
      if (field == nullptr || at->is_null()) {  // null is the same as absent
        if (field == nullptr) result.unknown.push_back(child);
        at = value.erase(at);
        continue;
      }
      const std::string_view holder = go_path.empty() ? kind_ : last_part(type.name);
      walk(*field, *at, child, {holder, go_path.empty() ? at.key() : go_path + "." + at.key()});
      ++at;
    }
  }

  Decoded result;

 private:
  // A field of a Go struct, for messages.
  struct Place {
    std::string_view holder;
    std::string path;
  };

  void walk(const Field& field, Json& value, const std::string& path, const Place& place) {
    if (!fits(field.type, value))
      return complain(fmt::format("json: cannot unmarshal {} into Go struct field {}.{} of type {}",
                                  json_type(field.type, value), place.holder, place.path, go_type(field)));
    if (field.type == FieldType::object && field.object_type != nullptr)
      object(*field.object_type, value, path, place.path);
    if (field.type == FieldType::quantity) quantity(value);
    if (field.type == FieldType::bytes) bytes(value.get_ref<const std::string&>());
    if (field.element == nullptr) return;
    if (field.type == FieldType::list)
      for (std::size_t i = 0; i < value.size(); ++i)
        if (!value[i].is_null()) walk(*field.element, value[i], fmt::format("{}[{}]", path, i), place);
    if (field.type == FieldType::map)
      for (auto& [key, element] : value.items())
        if (!element.is_null()) walk(*field.element, element, path + "." + key, place);
  }

  void quantity(Json& value) {
    if (const auto parsed = Quantity::parse(value.is_string() ? value.get<std::string>() : to_text(value)))
      value = parsed->canonical();
    else
      complain("quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'");
  }

  void bytes(const std::string& text) {
    if (const std::size_t at = base64_error(text); at != std::string_view::npos)
      complain(fmt::format("illegal base64 data at input byte {}", at));
  }

  void complain(std::string problem) {
    if (result.problem.empty()) result.problem = std::move(problem);
  }

  std::string_view kind_;
};

}  // namespace

Decoded decode_fields(const schema::Type& type, std::string_view kind, Json& object) {
  FieldWalk walk(kind);
  walk.object(type, object, "", "");
  return std::move(walk.result);
}

}  // namespace kforge::sandbox
