// SPDX-License-Identifier: Apache-2.0
#include "sandbox/api/body.hpp"

#include "base/diagnostics.hpp"
#include "base/text.hpp"
#include "sandbox/api/field_walk.hpp"
#include "sandbox/api/object_meta.hpp"
#include "yaml/node.hpp"

#include <fmt/format.h>

namespace kforge::sandbox {
namespace {

constexpr std::size_t longest_excerpt = 128;

// What the server shows of a body that it cannot read.
std::string excerpt(std::string_view body) {
  if (body.empty()) return "<empty>";
  const std::string_view start = body.substr(0, longest_excerpt);
  if (body.front() == '{') return std::string(start) + (start.size() < body.size() ? " ..." : "");
  std::string hex;
  for (const char c : start) hex += fmt::format("{:02x}", static_cast<unsigned char>(c));
  return hex + (start.size() < body.size() ? "..." : "");
}

std::string_view go_json_type(const Json& value) {
  if (value.is_array()) return "array";
  if (value.is_string()) return "string";
  return value.is_boolean() ? "bool" : "number";
}

Refusal unrecognized(std::string_view kind, std::string_view why, std::string_view body) {
  return bad_request(
      fmt::format("the object provided is unrecognized (must be of type {}): couldn't get version/kind; "
                  "json parse error: {} ({})",
                  kind, why, excerpt(body)));
}

Refusal not_of_kind(const Resource& resource, std::string_view api_version, std::string_view kind,
                    std::string_view why) {
  return bad_request(fmt::format("{} in version \"{}\" cannot be handled as a {}: {}", kind,
                                 schema::kind_name(api_version, kind).version, resource.kind, why));
}

// "networking.k8s.io" -> "networking", the core group -> "core": the packages of the server's own types.
std::string package_of(const std::string& group) {
  return group.empty() ? "core" : group.substr(0, group.find('.'));
}

void check_kind(const Resource& resource, const std::string& api_version, const std::string& kind) {
  if (api_version == resource.api_version() && kind == resource.kind) return;
  const schema::KindName name = schema::kind_name(api_version, kind);
  if (schema::Table::embedded().find(name) == nullptr)
    throw not_of_kind(
        resource, api_version, kind,
        fmt::format("no kind \"{}\" is registered for version \"{}\" in scheme \"pkg/runtime/scheme.go:111\"", kind,
                    api_version));
  throw not_of_kind(resource, api_version, kind,
                    fmt::format("converting ({}.{}) to ({}.{}): unknown conversion", name.version, kind,
                                package_of(resource.group), resource.kind));
}

}  // namespace

std::string json_complaint(std::string_view text) {
  if (trim(text).empty()) return "unexpected end of JSON input";
  try {
    const Json parsed = Json::parse(text);
  } catch (const Json::parse_error& error) {
    if (error.byte > text.size()) return "unexpected end of JSON input";
    const char found = text[error.byte == 0 ? 0 : error.byte - 1];
    const auto code = static_cast<unsigned char>(found);
    const std::string shown = code < 0x20 || code >= 0x7f ? fmt::format("\\u{:04x}", code) : std::string(1, found);
    return fmt::format("invalid character '{}' looking for beginning of {}", shown,
                       trim(text).front() == found ? "value" : "object key string");
  }
  return {};
}

Json parse_body(std::string_view kind, const std::string& body) {
  Json object = Json::parse(body, nullptr, false);
  if (object.is_discarded()) throw unrecognized(kind, json_complaint(body), body);
  if (!object.is_object())
    throw unrecognized(kind,
                       fmt::format("json: cannot unmarshal {} into Go value of type struct {{ APIVersion string "
                                   "\"json:\\\"apiVersion,omitempty\\\"\"; Kind string "
                                   "\"json:\\\"kind,omitempty\\\"\" }}",
                                   go_json_type(object)),
                       body);
  return object;
}

Json parse_yaml_body(const std::string& body) {
  try {
    if (Json json = yaml::to_json(yaml::parse("body", body)); json.is_object()) return json;
  } catch (const InvalidInput& error) {
    throw bad_request(fmt::format("error decoding YAML: error converting YAML to JSON: yaml: {}",
                                  error.diagnostics.all().front().message));
  }
  throw bad_request("error decoding YAML: error converting YAML to JSON: yaml: the document is no object");
}

void check_identity(const Resource& resource, const Target& target, Json& object) {
  const std::string api_version = string_at(object, {"apiVersion"}, resource.api_version()),
                    kind = string_at(object, {"kind"}, resource.kind);
  check_kind(resource, api_version, kind);
  object["apiVersion"] = api_version;
  object["kind"] = kind;
  if (!object.contains("metadata") || object["metadata"].is_null()) object["metadata"] = Json::object();
  if (!object["metadata"].is_object())
    throw not_of_kind(resource, api_version, kind,
                      fmt::format("json: cannot unmarshal {} into Go struct field {}.metadata of type v1.ObjectMeta",
                                  go_json_type(object["metadata"]), kind));
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

std::string decoding_problem(const Resource& resource, Json& object, FieldValidation validation,
                             std::vector<std::string>& warnings) {
  if (resource.schema == nullptr || resource.schema->type == nullptr) return {};
  const Decoded decoded = decode_fields(*resource.schema->type, resource.kind, object);
  if (!decoded.problem.empty()) return decoded.problem;
  if (decoded.unknown.empty() || validation == FieldValidation::ignore) return {};
  std::vector<std::string> texts;
  for (const std::string& path : decoded.unknown) texts.push_back(fmt::format("unknown field \"{}\"", path));
  if (validation == FieldValidation::strict) return "strict decoding error: " + join(texts, ", ");
  warnings.insert(warnings.end(), texts.begin(), texts.end());
  return {};
}

void check_fields(const Resource& resource, Json& object, FieldValidation validation,
                  std::vector<std::string>& warnings) {
  if (const std::string problem = decoding_problem(resource, object, validation, warnings); !problem.empty())
    throw not_of_kind(resource, resource.api_version(), resource.kind, problem);
}

}  // namespace kforge::sandbox
