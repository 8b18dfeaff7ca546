// SPDX-License-Identifier: Apache-2.0
// What the API server says when an applied configuration does not fit the schema, in its words.
#include "base/text.hpp"
#include "schema/merge_values.hpp"

#include <fmt/format.h>

#include <set>

namespace kforge::schema {
namespace {

std::string go_type(const Json& value) {
  if (value.is_object()) return "map[string]interface {}";
  if (value.is_array()) return "[]interface {}";
  return value.is_boolean() ? "bool" : "string";
}

class Checker {
 public:
  void check(const Field* place, const Json& value, const std::string& path) {
    if (value.is_null()) return;
    if (place == nullptr || place->type == FieldType::any) return;
    switch (place->type) {
      case FieldType::object:
        return check_object(*place, value, path);
      case FieldType::map:
        return check_map(*place, value, path);
      case FieldType::list:
        return check_list(*place, value, path);
      case FieldType::integer:
      case FieldType::number:
        if (!value.is_number()) add(path, "expected numeric (int or float), got " + go_type(value));
        return;
      case FieldType::boolean:
        if (!value.is_boolean()) add(path, "expected boolean, got &{" + go_value(value) + "}");
        return;
      case FieldType::string:
      case FieldType::bytes:
        if (!value.is_string())
          add(path, "expected string, got &value.valueUnstructured{Value:" + go_value(value) + "}");
        return;
      default:
        if (value.is_structured()) add(path, "expected any scalar, got &{" + go_value(value) + "}");
    }
  }

  std::vector<std::string> problems;

 private:
  void add(const std::string& path, const std::string& what) {
    problems.push_back(path.empty() ? what : path + ": " + what);
  }

  void check_object(const Field& place, const Json& value, const std::string& path) {
    if (!value.is_object()) return add(path, "expected map, got &{" + go_value(value) + "}");
    for (const auto& [key, item] : value.items()) {
      const Field* field = place.object_type->find(key);
      if (field == nullptr && !place.object_type->preserves_unknown)
        add(path + "." + key, "field not declared in schema");
      else
        check(field, item, path + "." + key);
    }
  }

  void check_map(const Field& place, const Json& value, const std::string& path) {
    if (!value.is_object()) return add(path, "expected map, got &{" + go_value(value) + "}");
    for (const auto& [key, item] : value.items()) check(place.element, item, path + "." + key);
  }

  void check_list(const Field& place, const Json& value, const std::string& path) {
    if (!value.is_array()) return add(path, "expected list, got &{" + go_value(value) + "}");
    std::set<std::string> seen;
    for (std::size_t index = 0; index < value.size(); ++index) {
      std::string name = "[" + std::to_string(index) + "]";
      if (place.list_type != ListType::atomic) {
        const std::optional<std::string> element = item_element(place, value[index]);
        if (!element) return add(path, fmt::format("element {}: {}", index, nameless(place, value[index])));
        name = element_text(*element);
        if (!seen.insert(*element).second) add(path, "duplicate entries for key " + name);
      }
      check(place.element, value[index], path + name);
    }
  }

  static std::string nameless(const Field& list, const Json& item) {
    if (list.list_type == ListType::set) {
      if (item.is_object()) return "associative list without keys has an element that's a map type";
      if (item.is_array()) return "not supported: associative list with lists as elements";
      return "associative list without keys has an element that's an explicit null";
    }
    if (item.is_null()) return "associative list with keys may not have a null element";
    if (!item.is_object()) return "associative list with keys may not have non-map elements";
    std::vector<std::string> keys;
    for (const std::string_view key : list.merge_keys) keys.push_back('"' + std::string(key) + '"');
    return fmt::format(
        "associative list with keys has an element that omits all key fields [{}] (and doesn't have default "
        "values for any key fields)",
        join(keys, " "));
  }
};

}  // namespace

std::string go_value(const Json& value) {
  if (value.is_null()) return "<nil>";
  if (value.is_string()) return value.get<std::string>();
  if (!value.is_structured()) return to_text(value);
  std::vector<std::string> parts;
  for (const auto& [key, item] : value.items())
    parts.push_back(value.is_object() ? key + ":" + go_value(item) : go_value(item));
  return (value.is_object() ? "map[" : "[") + join(parts, " ") + "]";
}

std::vector<std::string> type_errors(const Field* place, const Json& value) {
  Checker checker;
  checker.check(place, value, {});
  return std::move(checker.problems);
}

std::string invalid_message(const Json& configuration, const std::vector<std::string>& problems) {
  const KindName kind = kind_name(configuration);
  const std::string object =
      fmt::format("{}/{}; {}/{}, Kind={}", string_at(configuration, {"metadata", "namespace"}),
                  string_at(configuration, {"metadata", "name"}), kind.group, kind.version, kind.kind);
  const std::string list = problems.size() == 1 ? problems[0] : "errors:\n  " + join(problems, "\n  ");
  return fmt::format("failed to create typed patch object ({}): {}", object, list);
}

std::string conflict_message(const std::vector<Conflict>& conflicts) {
  if (conflicts.size() == 1)
    return fmt::format("Apply failed with 1 conflict: conflict with {}: {}", conflicts[0].holder, conflicts[0].path);
  std::map<std::string, std::vector<std::string>> paths;
  for (const Conflict& conflict : conflicts) paths[conflict.holder].push_back(conflict.path);
  std::string text = fmt::format("Apply failed with {} conflicts: ", conflicts.size());
  for (const auto& [holder, held] : paths) {
    text += fmt::format("{}conflicts with {}:", text.ends_with(' ') ? "" : "\n", holder);
    for (const std::string& path : held) text += "\n- " + path;
  }
  return text;
}

}  // namespace kforge::schema
