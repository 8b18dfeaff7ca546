// SPDX-License-Identifier: Apache-2.0
#include "sandbox/api/patches.hpp"

#include "base/error.hpp"
#include "sandbox/api/body.hpp"
#include "sandbox/api/object_meta.hpp"
#include "schema/strategic_merge.hpp"

#include <fmt/format.h>

namespace kforge::sandbox {
namespace {

Json parsed_patch(const std::string& body) {
  Json patch = Json::parse(body, nullptr, false);
  if (patch.is_discarded()) throw bad_request("error decoding patch: " + json_complaint(body));
  return patch;
}

Json parsed_object_patch(const std::string& body) {
  Json patch = parsed_patch(body);
  if (!patch.is_object())
    throw bad_request(
        fmt::format("error decoding patch: json: cannot unmarshal {} into Go value of type map[string]interface {{}}",
                    patch.is_array()    ? "array"
                    : patch.is_string() ? "string"
                                        : "number"));
  return patch;
}

Json json_patched(const Json& object, const std::string& body) {
  const Json patch = parsed_patch(body);
  try {
    return object.patch(patch);
  } catch (const Json::exception& error) {
    throw Refusal{422, status_object(422, "Invalid", "the server rejected our request due to an error in our request",
                                     Json::object())};
  }
}

Json strategically_patched(const schema::Kind* kind, const Json& object, const std::string& body) {
  if (kind == nullptr)
    throw unsupported_media_type(
        "application/json-patch+json, application/merge-patch+json, application/apply-patch+yaml");
  try {
    return schema::strategic_merge(kind->type, object, parsed_object_patch(body), schema::NewItems::first);
  } catch (const Error& error) {  // the server lets these through as failures of its own
    throw unexplained(error.cause.empty() ? error.what() : error.cause);
  }
}

// Apply configurations come as YAML; JSON is the common case and much faster to read.
Json configuration_of(const std::string& body) {
  if (Json json = Json::parse(body, nullptr, false); json.is_object()) return json;
  return parse_yaml_body(body);
}

Refusal field_conflict(const std::vector<schema::Conflict>& conflicts) {
  Json causes = Json::array();
  for (const schema::Conflict& each : conflicts)
    causes.push_back({{"reason", "FieldManagerConflict"},
                      {"message", fmt::format("conflict with {}", each.holder)},
                      {"field", each.path}});
  return {409, status_object(409, "Conflict", schema::conflict_message(conflicts), {{"causes", std::move(causes)}})};
}

void check_configuration(const WriteScope& scope, const Json& configuration, const Json* before) {
  if (scope.caller.field_manager.empty())
    throw invalid({"meta.k8s.io", "patchoptions", "PatchOptions", "", ""},
                  {{FieldError::Type::required, "fieldManager", "is required for apply patch", nullptr}});
  if (!at_path(configuration, {"metadata", "managedFields"}).is_null())
    throw bad_request("metadata.managedFields must be nil");
  if (before == nullptr && !string_at(configuration, {"metadata", "uid"}).empty())
    throw conflict(scope.resource.subject(name_of(configuration)),
                   fmt::format("uid mismatch: the provided object specified uid {}, and no existing object was found",
                               string_at(configuration, {"metadata", "uid"})));
}

}  // namespace

Json patched(const schema::Kind* kind, PatchType type, const Json& object, const std::string& body) {
  switch (type) {
    case PatchType::json:
      return json_patched(object, body);
    case PatchType::strategic_merge:
      return strategically_patched(kind, object, body);
    case PatchType::merge:
    case PatchType::apply:
      break;
  }
  Json next = object;
  next.merge_patch(parsed_object_patch(body));
  return next;
}

Outcome apply_patch(WriteScope& scope, const Target& target, const Json* before, const std::string& body,
                    const WriteOptions& options) {
  const Json given = configuration_of(body);
  Json configuration = given;
  check_identity(scope.resource, target, configuration);
  check_configuration(scope, configuration, before);
  schema::Applied applied =
      schema::apply(scope.resource.schema, before == nullptr ? Json(nullptr) : *before, configuration, scope.writer(),
                    options.force ? schema::Force::yes : schema::Force::no);
  // The server reports a typed patch that it cannot make as an unknown failure.
  if (!applied.invalid.empty()) throw unexplained(schema::invalid_message(given, applied.invalid));
  check_fields(scope.resource, applied.object, options.field_validation, scope.warnings);
  if (!applied.conflicts.empty()) throw field_conflict(applied.conflicts);
  if (before == nullptr) {
    if (!scope.subresource.empty()) throw not_found(scope.resource.subject(target.name));
    Json stored = write_new(scope, applied.object, FieldOwners::as_given);
    return {201, std::move(stored), std::move(scope.warnings)};
  }
  Json after = keep_other_half(scope.resource, scope.subresource, *before, applied.object);
  if (configuration["metadata"].contains("resourceVersion"))
    after["metadata"]["resourceVersion"] = configuration["metadata"]["resourceVersion"];
  else
    after["metadata"].erase("resourceVersion");
  Json stored = write_next(scope, *before, std::move(after), FieldOwners::as_given);
  return {200, std::move(stored), std::move(scope.warnings)};
}

}  // namespace kforge::sandbox
