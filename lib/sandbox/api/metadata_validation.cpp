// SPDX-License-Identifier: Apache-2.0
#include "sandbox/api/metadata_validation.hpp"

#include "base/text.hpp"
#include "sandbox/api/object_meta.hpp"

#include <fmt/format.h>

#include <array>

namespace kforge::sandbox {
namespace {

using Type = FieldError::Type;

constexpr std::size_t annotations_limit = std::size_t{256} << 10;

// Kinds whose names are more or less than a DNS subdomain.
constexpr std::array<std::pair<std::string_view, TextRule>, 6> name_rules{{
    {"clusterrolebindings.rbac.authorization.k8s.io", path_segment_complaints},
    {"clusterroles.rbac.authorization.k8s.io", path_segment_complaints},
    {"namespaces", dns_label_complaints},
    {"rolebindings.rbac.authorization.k8s.io", path_segment_complaints},
    {"roles.rbac.authorization.k8s.io", path_segment_complaints},
    {"services", dns_label_complaints},
}};

TextRule name_rule_of(const std::string& resource) {
  for (const auto& [id, rule] : name_rules)
    if (id == resource) return rule;
  return dns_subdomain_complaints;
}

// As Go prints a list of texts with %#v.
std::string go_strings(const std::vector<std::string>& texts) {
  std::vector<std::string> quoted;
  for (const std::string& text : texts) quoted.push_back(to_text(text));
  return fmt::format("[]string{{{}}}", join(quoted, ", "));
}

void check_new_finalizers(const Json& before, const Json& after, FieldErrors& errors) {
  std::vector<std::string> added;
  for (const Json& finalizer : at_path(after, {"metadata", "finalizers"}))
    if (finalizer.is_string() && !has_finalizer(before, finalizer.get<std::string>()))
      added.push_back(finalizer.get<std::string>());
  if (is_terminating(before) && !added.empty())
    errors.push_back(
        {Type::forbidden, "metadata.finalizers",
         "no new finalizers can be added if the object is being deleted, found new finalizers " + go_strings(added),
         nullptr});
}

}  // namespace

void check_labels(const Json& labels, const std::string& field, FieldErrors& errors) {
  for (const auto& [key, value] : labels.items()) {
    check_text(label_key_complaints, key, field, errors);
    if (value.is_string()) check_text(label_value_complaints, value.get_ref<const std::string&>(), field, errors);
  }
}

void check_annotations(const Json& annotations, const std::string& field, FieldErrors& errors) {
  std::size_t size = 0;
  for (const auto& [key, value] : annotations.items()) {
    check_text([](std::string_view text) { return label_key_complaints(to_lower(text)); }, key, field, errors);
    size += key.size() + (value.is_string() ? value.get_ref<const std::string&>().size() : 0);
  }
  if (size > annotations_limit)
    errors.push_back({Type::too_long, field, fmt::format("may not be more than {} bytes", annotations_limit), nullptr});
}

FieldErrors validate_metadata(const Resource& resource, const Json& object) {
  FieldErrors errors;
  if (const std::string name = name_of(object); name.empty())
    errors.push_back({Type::required, "metadata.name", "name or generateName is required", nullptr});
  else
    check_text(name_rule_of(resource.id()), name, "metadata.name", errors);
  check_labels(at_path(object, {"metadata", "labels"}), "metadata.labels", errors);
  check_annotations(at_path(object, {"metadata", "annotations"}), "metadata.annotations", errors);
  return errors;
}

FieldErrors validate_metadata_change(const Json& before, const Json& after) {
  FieldErrors errors;
  const std::string uid = string_at(after, {"metadata", "uid"});
  if (!uid.empty() && uid != string_at(before, {"metadata", "uid"}))
    errors.push_back({Type::invalid, "metadata.uid", "field is immutable", uid});
  check_new_finalizers(before, after, errors);
  const FieldErrors once = errors;  // checked by the registry, and by the kind's strategy once more
  errors.insert(errors.end(), once.begin(), once.end());
  return errors;
}

}  // namespace kforge::sandbox
