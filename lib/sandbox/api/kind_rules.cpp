// SPDX-License-Identifier: Apache-2.0
#include "sandbox/api/kind_rules.hpp"

#include "base/text.hpp"
#include "sandbox/api/defaults.hpp"
#include "sandbox/api/immutable_fields.hpp"
#include "sandbox/api/kind_validation.hpp"
#include "sandbox/api/metadata_validation.hpp"
#include "sandbox/api/object_meta.hpp"
#include "sandbox/api/workload_rules.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace kforge::sandbox {
namespace {

using Type = FieldError::Type;

void create_namespace(Json& object) {
  object["spec"]["finalizers"] = {"kubernetes"};
  object["status"] = {{"phase", "Active"}};
}

void create_claim(Json& object) {
  object["status"] = {{"phase", "Pending"}};
}
void create_volume(Json& object) {
  object["status"] = {{"phase", "Pending"},
                      {"lastPhaseTransitionTime", at_path(object, {"metadata", "creationTimestamp"})}};
}

void create_workload(Json& object) {
  object["status"] = Json::object();
}

using Preparer = void (*)(Json& object);
constexpr std::array<std::pair<std::string_view, Preparer>, 13> creators{{
    {"cronjobs.batch", create_workload},
    {"daemonsets.apps", create_daemon_set_status},
    {"deployments.apps", create_workload},
    {"horizontalpodautoscalers.autoscaling", create_autoscaler_status},
    {"jobs.batch", create_job},
    {"namespaces", create_namespace},
    {"persistentvolumeclaims", create_claim},
    {"persistentvolumes", create_volume},
    {"poddisruptionbudgets.policy", create_budget_status},
    {"pods", create_pod},
    {"replicasets.apps", create_replica_set_status},
    {"services", create_service_status},
    {"statefulsets.apps", create_stateful_set_status},
}};

template <class Table>
auto row_of(const Table& table, const std::string& id) -> decltype(table.front().second) {
  const auto* const found = std::ranges::find(table, std::string_view(id), &Table::value_type::first);
  return found == table.end() ? nullptr : found->second;
}

// Fields that the schema requires and the object lacks, as "spec.template: Required value".
void check_required(const schema::Type& type, const Json& value, const std::string& path,
                    std::vector<FieldError>& errors) {
  for (const schema::Field& field : type.fields) {
    const std::string child = path.empty() ? std::string(field.name) : path + "." + std::string(field.name);
    const auto found = value.find(field.name);
    if (found == value.end()) {
      if (field.required && path != "status") errors.push_back({Type::required, child, "", nullptr});
      continue;
    }
    if (field.object_type != nullptr && found->is_object()) check_required(*field.object_type, *found, child, errors);
    if (field.type == schema::FieldType::list && field.element != nullptr && field.element->object_type != nullptr &&
        found->is_array())
      for (std::size_t i = 0; i < found->size(); ++i)
        if ((*found)[i].is_object())
          check_required(*field.element->object_type, (*found)[i], child + "[" + std::to_string(i) + "]", errors);
  }
}

}  // namespace

void apply_defaults(const Resource& resource, Json& object) {
  if (const Defaulter defaulter = defaulter_of(resource.id())) defaulter(object);
}

void prepare_for_create(const Resource& resource, Json& object) {
  if (const Preparer prepare = row_of(creators, resource.id())) prepare(object);
}

void prepare_for_update(const Resource& resource, const Json& before, Json& after) {
  if (resource.id() == "namespaces") after["spec"] = before.contains("spec") ? before["spec"] : Json::object();
  if (resource.id() == "services") keep_service_addresses(before, after);
  if (resource.id() == "daemonsets.apps") count_template_generation(before, after);
  if (resource.id() == "persistentvolumeclaims")  // the binder writes it once
    if (const std::string volume = string_at(before, {"spec", "volumeName"}); !volume.empty())
      set_default(after["spec"], "volumeName", volume);
}

// The rules of the kind first, as only they know the server's words; the schema is the net below them.
std::vector<FieldError> validate_object(const Resource& resource, const Json& object) {
  std::vector<FieldError> errors = validate_metadata(resource, object);
  if (const Validator validate = validator_of(resource.id())) validate(object, errors);
  if (errors.empty() && resource.schema != nullptr && resource.schema->type != nullptr)
    check_required(*resource.schema->type, object, "", errors);
  return errors;
}

std::vector<FieldError> validate_change(const Resource& resource, const Json& before, const Json& after) {
  return immutable_field_errors(resource.id(), before, after);
}

}  // namespace kforge::sandbox
