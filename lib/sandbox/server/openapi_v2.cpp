// SPDX-License-Identifier: Apache-2.0
#include "sandbox/server/openapi_v2.hpp"

#include "base/text.hpp"

#include <cstdint>
#include <string_view>

namespace kforge::sandbox {
namespace {

// Numbers of fields in OpenAPIv2.proto.
namespace document_field {
constexpr int swagger = 1, info = 2, definitions = 9;
}
namespace info_field {
constexpr int title = 1, version = 2;
}
namespace schema_field {
constexpr int ref = 1, format = 2, required = 19, additional_properties = 21, type = 22, items = 23, properties = 25,
              vendor_extension = 31;
}
constexpr int first = 1;                  // the only field of Definitions, Properties, TypeItem, ItemsItem, and
                                          // `schema` of AdditionalPropertiesItem
constexpr int name_field = 1, value = 2;  // of NamedSchema and NamedAny
constexpr int yaml = 2;                   // of Any

void varint(std::string& out, std::uint64_t number) {
  for (; number >= 0x80; number >>= 7U) out += static_cast<char>(number | 0x80U);
  out += static_cast<char>(number);
}

// A field of wire type 2: text or a message.
void field(std::string& out, int number, std::string_view bytes) {
  constexpr unsigned length_delimited = 2;
  varint(out, static_cast<unsigned>(number) << 3U | length_delimited);
  varint(out, bytes.size());
  out += bytes;
}

std::string single(int number, std::string_view bytes) {
  std::string out;
  field(out, number, bytes);
  return out;
}

std::string schema_message(const Json& schema);

std::string named_schemas(const Json& schemas) {
  std::string out;
  for (const auto& [name, schema] : schemas.items())
    field(out, first, single(name_field, name) + single(value, schema_message(schema)));
  return out;
}

std::string schema_message(const Json& schema) {
  std::string out;
  for (const auto& [key, part] : schema.items()) {
    if (key == "$ref") field(out, schema_field::ref, part.get<std::string>());
    if (key == "format") field(out, schema_field::format, part.get<std::string>());
    if (key == "type") field(out, schema_field::type, single(first, part.get<std::string>()));
    if (key == "items") field(out, schema_field::items, single(first, schema_message(part)));
    if (key == "properties") field(out, schema_field::properties, named_schemas(part));
    if (key == "additionalProperties")
      field(out, schema_field::additional_properties, single(first, schema_message(part)));
    if (key == "required")
      for (const Json& name : part) field(out, schema_field::required, name.get<std::string>());
    if (key.starts_with("x-"))  // JSON is YAML
      field(out, schema_field::vendor_extension, single(name_field, key) + single(value, single(yaml, to_text(part))));
  }
  return out;
}

// What OpenAPI 3 says in other words than Swagger 2.
Json older(const Json& schema) {
  if (schema.contains("allOf")) return older(schema["allOf"].front());
  Json result = Json::object();
  for (const auto& [key, part] : schema.items()) {
    if (key == "$ref")
      result[key] = replace_all(part.get<std::string>(), "#/components/schemas/", "#/definitions/");
    else if (key == "oneOf")
      result["type"] = "string";  // with the format int-or-string
    else if (key == "items" || key == "additionalProperties")
      result[key] = older(part);
    else if (key == "properties")
      for (const auto& [name, each] : part.items()) result[key][name] = older(each);
    else
      result[key] = part;
  }
  if (result.value("type", "") == "array" && !result.contains("items")) result["items"] = Json::object();
  return result;
}

}  // namespace

Json openapi_v2(const Json& schemas) {
  Json definitions = Json::object();
  for (const auto& [name, schema] : schemas.items()) definitions[name] = older(schema);
  return {{"swagger", "2.0"},
          {"info", {{"title", "Kubernetes"}, {"version", "sandbox"}}},
          {"paths", Json::object()},
          {"definitions", std::move(definitions)}};
}

std::string openapi_v2_protobuf(const Json& document) {
  std::string out;
  field(out, document_field::swagger, document["swagger"].get<std::string>());
  field(out, document_field::info,
        single(info_field::title, document["info"]["title"].get<std::string>()) +
            single(info_field::version, document["info"]["version"].get<std::string>()));
  field(out, document_field::definitions, named_schemas(document["definitions"]));
  return out;
}

}  // namespace kforge::sandbox
