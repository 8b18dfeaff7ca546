// SPDX-License-Identifier: Apache-2.0
#include "sandbox/server/openapi.hpp"

#include <fmt/format.h>

#include <map>
#include <set>

namespace kforge::sandbox {
namespace {

using schema::Field;
using schema::FieldType;

std::string document_path(const Resource& resource) {
  return resource.group.empty() ? "api/" + resource.version
                                : fmt::format("apis/{}/{}", resource.group, resource.version);
}

std::string reference(const schema::Type& type) {
  return fmt::format("#/components/schemas/{}", type.name);
}

// Collects the schemas that a document refers to.
class Components {
 public:
  Json schema_of(const Field& field) {
    Json schema = Json::object();
    switch (field.type) {
      case FieldType::any:
        break;
      case FieldType::string:
      case FieldType::quantity:
        schema["type"] = "string";
        break;
      case FieldType::bytes:
        schema = {{"type", "string"}, {"format", "byte"}};
        break;
      case FieldType::time:
        schema = {{"type", "string"}, {"format", "date-time"}};
        break;
      case FieldType::integer:
        schema = {{"type", "integer"}, {"format", "int32"}};
        break;
      case FieldType::number:
        schema["type"] = "number";
        break;
      case FieldType::boolean:
        schema["type"] = "boolean";
        break;
      case FieldType::int_or_string:
        schema = {{"format", "int-or-string"}, {"oneOf", {{{"type", "integer"}}, {{"type", "string"}}}}};
        break;
      case FieldType::object:
        return object_schema(field);
      case FieldType::map:
        schema["type"] = "object";
        if (field.element != nullptr) schema["additionalProperties"] = schema_of(*field.element);
        break;
      case FieldType::list:
        return list_schema(field);
    }
    return schema;
  }

  void add(const schema::Type& type) {
    if (!seen_.insert(std::string(type.name)).second) return;
    Json properties = Json::object(), required = Json::array();
    for (const Field& field : type.fields) {
      properties[std::string(field.name)] = schema_of(field);
      if (field.required) required.push_back(field.name);
    }
    Json schema{{"type", "object"}, {"properties", properties}};
    if (!required.empty()) schema["required"] = required;
    if (type.preserves_unknown) schema["x-kubernetes-preserve-unknown-fields"] = true;
    schemas[std::string(type.name)] = schema;
  }

  Json schemas = Json::object();

 private:
  Json object_schema(const Field& field) {
    if (field.object_type == nullptr) return {{"type", "object"}};
    add(*field.object_type);
    return {{"allOf", {{{"$ref", reference(*field.object_type)}}}}};
  }

  Json list_schema(const Field& field) {
    Json schema{{"type", "array"}};
    if (field.element != nullptr) schema["items"] = schema_of(*field.element);
    if (field.list_type == schema::ListType::map) {
      schema["x-kubernetes-list-type"] = "map";
      schema["x-kubernetes-list-map-keys"] = std::vector<std::string>(field.merge_keys.begin(), field.merge_keys.end());
    } else {
      schema["x-kubernetes-list-type"] = field.list_type == schema::ListType::set ? "set" : "atomic";
    }
    if (field.patch_merge) schema["x-kubernetes-patch-strategy"] = "merge";
    if (!field.patch_merge_key.empty()) schema["x-kubernetes-patch-merge-key"] = field.patch_merge_key;
    return schema;
  }

  std::set<std::string> seen_;
};

Json gvk_of(const Resource& resource) {
  return {{"group", resource.group}, {"version", resource.version}, {"kind", resource.kind}};
}

// kubectl looks for the query parameter fieldValidation of a kind's PATCH before it trusts the server to validate.
Json operations(const Resource& resource) {
  const Json parameters{{{"name", "dryRun"}, {"in", "query"}, {"schema", {{"type", "string"}}}},
                        {{"name", "fieldManager"}, {"in", "query"}, {"schema", {{"type", "string"}}}},
                        {{"name", "fieldValidation"}, {"in", "query"}, {"schema", {{"type", "string"}}}}};
  Json item = Json::object();
  for (const auto& [method, action] :
       {std::pair{"get", "get"}, {"patch", "patch"}, {"put", "put"}, {"delete", "delete"}})
    item[method] = {{"x-kubernetes-action", action},
                    {"x-kubernetes-group-version-kind", gvk_of(resource)},
                    {"parameters", parameters},
                    {"responses", Json::object()}};
  return item;
}

Json document(const Registry& registry, const std::string& path) {
  Components components;
  Json paths = Json::object();
  for (const Resource* resource : registry.all()) {
    if (document_path(*resource) != path) continue;
    paths[fmt::format("/{}/{}{}/{{name}}", path, resource->namespaced ? "namespaces/{namespace}/" : "",
                      resource->plural)] = operations(*resource);
    if (resource->schema == nullptr || resource->schema->type == nullptr) continue;
    const schema::Type& type = *resource->schema->type;
    components.add(type);
    components.schemas[std::string(type.name)]["x-kubernetes-group-version-kind"] = {gvk_of(*resource)};
  }
  return {{"openapi", "3.0.0"},
          {"info", {{"title", "Kubernetes"}, {"version", "sandbox"}}},
          {"paths", paths},
          {"components", {{"schemas", components.schemas}}}};
}

}  // namespace

Json openapi_schemas(const Registry& registry) {
  Json result = Json::object();
  std::set<std::string> documents;
  for (const Resource* resource : registry.all()) documents.insert(document_path(*resource));
  for (const std::string& path : documents) result.update(document(registry, path)["components"]["schemas"], true);
  return result;
}

std::optional<Json> openapi(const Registry& registry, const std::vector<std::string>& segments) {
  if (segments.size() < 2 || segments[0] != "openapi" || segments[1] != "v3") return std::nullopt;
  std::string path;
  for (std::size_t i = 2; i < segments.size(); ++i) path += (path.empty() ? "" : "/") + segments[i];
  std::set<std::string> documents;
  for (const Resource* resource : registry.all()) documents.insert(document_path(*resource));
  if (path.empty()) {
    Json index = Json::object();
    for (const std::string& each : documents) index[each] = {{"serverRelativeURL", "/openapi/v3/" + each}};
    return Json{{"paths", index}};
  }
  if (!documents.contains(path)) return std::nullopt;
  return document(registry, path);
}

}  // namespace kforge::sandbox
