// SPDX-License-Identifier: Apache-2.0
// JSON Schema 2020-12 out of the field table. What depends on more than one place (references, the environment) is left
// to `kforge check`; everything else is accepted and refused alike.
#include "base/text.hpp"
#include "project/keys.hpp"
#include "project/project.hpp"

#include <fmt/format.h>

namespace kforge::project {
namespace {

const Json null_type = {{"type", "null"}};

// An overlay leaves out what it likes and deletes with null.
enum class Variant { whole, overlay };

Json string_of(const Format& format) {
  Json schema = {{"type", "string"}, {"maxLength", format.max_length}};
  if (&format != &formats::any_text) schema["pattern"] = format.pattern;
  return schema;
}

Json any_of(Json alternatives) {
  return alternatives.size() == 1 ? alternatives[0] : Json{{"anyOf", std::move(alternatives)}};
}

Json number_of(const Format& format) {
  if (&format == &formats::duration) return {{"type", "integer"}, {"minimum", 0}, {"maximum", 999'999}};
  return {{"type", "number"}, {"minimum", 0}};
}

class Generator {
 public:
  Json top() {
    Json schema = object(top_section(), Variant::whole);
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema";
    schema["title"] = "kforge.yaml";
    schema["$defs"] = definitions_;
    return schema;
  }

 private:
  Json reference(const Section& section, Variant variant) {
    std::string name = replace_all(std::string(section.noun), " ", "-");
    if (variant == Variant::overlay) name += "-overlay";
    if (!definitions_.contains(name)) {
      definitions_[name] = Json::object();  // stands while the section describes itself
      definitions_[name] = object(section, variant);
    }
    return {{"$ref", "#/$defs/" + name}};
  }

  Json object(const Section& section, Variant variant) {
    Json schema = {{"type", "object"}, {"properties", Json::object()}, {"additionalProperties", false}};
    Json rules = Json::array();
    for (const Field& field : section.fields) {
      if (variant == Variant::overlay && field.has(base_only)) continue;
      schema["properties"][std::string(field.about.name)] = described(field, variant);
      if (field.has(required) && variant == Variant::whole) schema["required"].push_back(field.about.name);
      if (Json rule = exclusion(field.about); !rule.is_null()) rules.push_back(std::move(rule));
    }
    if (section.free_keys) {
      schema["additionalProperties"] = described(*section.free_keys, variant);
      schema["propertyNames"] = string_of(*section.key_format);
    }
    if (section.exactly_one && variant == Variant::whole) schema.update({{"minProperties", 1}, {"maxProperties", 1}});
    if (!rules.empty()) schema["allOf"] = std::move(rules);
    return schema;
  }

  // A key that is there with a value keeps the others away.
  static Json exclusion(const About& about) {
    if (about.excludes.empty()) return nullptr;
    const std::string own(about.name);
    const Json has_value = {{"required", {own}}, {"properties", {{own, {{"not", null_type}}}}}};
    Json others = about.excludes == "*" ? Json{{"properties", {{own, true}}}, {"additionalProperties", null_type}}
                                        : Json{{"properties", {{std::string(about.excludes), null_type}}}};
    return {{"if", has_value}, {"then", std::move(others)}};
  }

  Json described(const Field& field, Variant variant) {
    Json schema = value(field.shapes, field, variant);
    schema["description"] = field.about.doc;
    return schema;
  }

  Json value(const Shapes& shapes, const Field& field, Variant variant) {
    Json alternatives = Json::array();
    for (const Shape& shape : shapes) alternatives.push_back(one(shape, field, variant));
    if (variant == Variant::overlay || field.has(nullable)) alternatives.push_back(null_type);
    return any_of(std::move(alternatives));
  }

  Json one(const Shape& shape, const Field& field, Variant variant) {
    using enum Shape::Kind;
    switch (shape.kind) {
      case text:
        return text_schema(*shape.format, field);
      case word:
        return {{"enum", shape.words}};
      case integer:
        return {{"type", "integer"}, {"minimum", shape.minimum}, {"maximum", shape.maximum}};
      case boolean:
        return shape.only_true ? Json{{"const", true}} : Json{{"type", "boolean"}};
      case scalar:
        return any_of({text_schema(*shape.format, field), {{"type", {"number", "boolean"}}}});
      case amount:
        return any_of({string_of(*shape.format), number_of(*shape.format)});
      case list:
        return {{"type", "array"}, {"items", items(shape.elements, field)}, {"maxItems", shape.maximum}};
      case map:
        return map_schema(shape, field, variant);
      case section:
        return reference(shape.section(), variant);
      case anything:
        break;
    }
    return Json::object();
  }

  // Lists replace, so their items are whole in an overlay, too.
  Json items(const Shapes& elements, const Field& field) {
    Json alternatives = Json::array();
    for (const Shape& element : elements) alternatives.push_back(one(element, field, Variant::whole));
    return any_of(std::move(alternatives));
  }

  static Json text_schema(const Format& format, const Field& field) {
    if (!field.has(interpolated) || &format == &formats::any_text) return string_of(format);
    return any_of({string_of(format), {{"type", "string"}, {"pattern", "\\$\\{"}}});
  }

  Json map_schema(const Shape& shape, const Field& field, Variant variant) {
    const bool environments = section_in(shape.elements) == &top_section();
    const bool own_keys = variant == Variant::overlay && shape.overlay_keys != nullptr;
    Json values = Json::array();
    for (const Shape& element : shape.elements)
      values.push_back(one(element, field, environments ? Variant::overlay : variant));
    if (variant == Variant::overlay) values.push_back(null_type);
    return {{"type", "object"},
            {"propertyNames", string_of(own_keys ? *shape.overlay_keys : *shape.format)},
            {"additionalProperties", any_of(std::move(values))}};
  }

  Json definitions_ = Json::object();
};

}  // namespace

Json json_schema() {
  return Generator().top();
}

}  // namespace kforge::project
