// SPDX-License-Identifier: Apache-2.0
#include "sandbox/api/scale.hpp"

#include "base/text.hpp"
#include "sandbox/api/object_meta.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace kforge::sandbox {
namespace {

// LabelSelector as text, as status.selector has it.
std::string selector_text(const Json& selector) {
  std::vector<std::string> terms;
  for (const auto& [key, value] : at_path(selector, {"matchLabels"}).items())
    terms.push_back(fmt::format("{}={}", key, value.is_string() ? value.get<std::string>() : ""));
  return join(terms, ",");
}

bool is_size_owned(const Json& object) {
  const Json& entries = at_path(object, {"metadata", "managedFields"});
  return std::ranges::any_of(entries, [](const Json& entry) {
    return !at_path(entry, {"fieldsV1", "f:spec", "f:replicas"}).is_null();
  });
}

}  // namespace

Json scale_of(const Resource&, const Json& object) {
  Json metadata{{"name", name_of(object)}, {"namespace", namespace_of(object)}};
  for (const char* field : {"uid", "resourceVersion", "creationTimestamp"})
    metadata[field] = at_path(object, {"metadata", field});
  Json spec = Json::object();
  if (const auto replicas = int_at(object, {"spec", "replicas"}); replicas != 0) spec["replicas"] = replicas;
  return {{"kind", "Scale"},
          {"apiVersion", "autoscaling/v1"},
          {"metadata", metadata},
          {"spec", spec},
          {"status",
           {{"replicas", int_at(object, {"status", "replicas"})},
            {"selector", selector_text(at_path(object, {"spec", "selector"}))}}}};
}

Json update_scale(WriteScope& scope, const Json& before, const Json& scale) {
  const Json& replicas = at_path(scale, {"spec", "replicas"});
  if (!replicas.is_null() && !replicas.is_number_integer())
    throw bad_request(
        "Scale in version \"v1\" cannot be handled as a Scale: json: cannot unmarshal into Go struct field "
        "ScaleSpec.spec.replicas of type int32");
  const std::int64_t wanted = int_at(scale, {"spec", "replicas"});
  if (wanted < 0)
    throw invalid({"autoscaling", "scales", "Scale", name_of(before), ""},
                  {{FieldError::Type::invalid, "spec.replicas", "must be greater than or equal to 0", wanted}});
  Json after = before;
  after["spec"]["replicas"] = wanted;
  const Json& version = at_path(scale, {"metadata", "resourceVersion"});
  if (version.is_string())
    after["metadata"]["resourceVersion"] = version;
  else
    after["metadata"].erase("resourceVersion");
  // The server follows owners through a scale only when the size has one already.
  const FieldOwners owners = is_size_owned(before) ? FieldOwners::track : FieldOwners::as_given;
  return scale_of(scope.resource, write_next(scope, before, std::move(after), owners));
}

}  // namespace kforge::sandbox
