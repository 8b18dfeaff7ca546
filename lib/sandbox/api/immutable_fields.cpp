// SPDX-License-Identifier: Apache-2.0
#include "sandbox/api/immutable_fields.hpp"

#include "sandbox/api/name_rules.hpp"

#include <array>

namespace kforge::sandbox {
namespace {

using Type = FieldError::Type;
using Errors = std::vector<FieldError>;

void must_stay(const Json& before, const Json& after, std::initializer_list<std::string_view> path, Errors& errors) {
  const Json& now = at_path(after, path);
  if (at_path(before, path) == now) return;
  errors.push_back({Type::invalid, dotted(path), "field is immutable", now});
}

void selector_change(const Json& before, const Json& after, Errors& errors) {
  must_stay(before, after, {"spec", "selector"}, errors);
}

// Where the pods of a Job go may change as long as it has not started.
void free_scheduling(Json& pod_template) {
  for (const char* field : {"labels", "annotations"})
    if (pod_template.contains("metadata")) pod_template["metadata"].erase(field);
  for (const char* field : {"affinity", "nodeSelector", "schedulingGates", "tolerations"})
    if (pod_template.contains("spec")) pod_template["spec"].erase(field);
}

void job_template_change(const Json& before, const Json& after, Errors& errors) {
  Json fixed = at_path(before, {"spec", "template"}), now = at_path(after, {"spec", "template"});
  if (bool_at(before, {"spec", "suspend"}) && at_path(before, {"status", "startTime"}).is_null())
    for (Json* pod_template : {&fixed, &now}) free_scheduling(*pod_template);
  for (const char* part : {"metadata", "spec"})
    if (at_path(fixed, {part}) != at_path(now, {part}))
      errors.push_back({Type::invalid, std::string("spec.template.") + part, "field is immutable",
                        at_path(after, {"spec", "template", part})});
}

void job_change(const Json& before, const Json& after, Errors& errors) {
  must_stay(before, after, {"spec", "selector"}, errors);
  job_template_change(before, after, errors);
  must_stay(before, after, {"spec", "completionMode"}, errors);
  if (string_at(after, {"spec", "completionMode"}) != "Indexed")
    must_stay(before, after, {"spec", "completions"}, errors);
}

void stateful_set_change(const Json& before, const Json& after, Errors& errors) {
  Json fixed = at_path(before, {"spec"}), now = at_path(after, {"spec"});
  for (const char* free : {"replicas", "ordinals", "template", "updateStrategy", "revisionHistoryLimit",
                           "persistentVolumeClaimRetentionPolicy", "minReadySeconds"}) {
    fixed.erase(free);
    now.erase(free);
  }
  if (fixed == now) return;
  errors.push_back({Type::forbidden, "spec",
                    "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', "
                    "'updateStrategy', 'revisionHistoryLimit', "
                    "'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden",
                    nullptr});
}

void service_change(const Json& before, const Json& after, Errors& errors) {
  const std::string old = string_at(before, {"spec", "clusterIP"}), now = string_at(after, {"spec", "clusterIP"});
  if (string_at(before, {"spec", "type"}) == "ExternalName" || string_at(after, {"spec", "type"}) == "ExternalName" ||
      old.empty() || old == now)
    return;
  errors.push_back({Type::invalid, "spec.clusterIPs[0]", "may not change once set", Json::array({now})});
}

void claim_change(const Json& before, const Json& after, Errors& errors) {
  Json fixed = at_path(before, {"spec"}), now = at_path(after, {"spec"});
  const bool bound = string_at(before, {"status", "phase"}) == "Bound";
  for (Json* spec : {&fixed, &now}) {
    spec->erase("volumeAttributesClassName");
    if (bound && spec->contains("resources")) (*spec)["resources"].erase("requests");
    spec->erase("volumeName");  // the binder sets it
  }
  if (fixed != now)
    errors.push_back(
        {Type::forbidden, "spec",
         "spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims",
         nullptr});
}

void config_change(const Json& before, const Json& after, Errors& errors) {
  if (!bool_at(before, {"immutable"})) return;
  if (!bool_at(after, {"immutable"}))
    errors.push_back({Type::forbidden, "immutable", "field is immutable when `immutable` is set", nullptr});
  for (const char* field : {"data", "binaryData"})
    if (at_path(before, {field}) != at_path(after, {field}))
      errors.push_back({Type::forbidden, field, "field is immutable when `immutable` is set", nullptr});
}

void secret_change(const Json& before, const Json& after, Errors& errors) {
  must_stay(before, after, {"type"}, errors);
  config_change(before, after, errors);
}

void binding_change(const Json& before, const Json& after, Errors& errors) {
  if (at_path(before, {"roleRef"}) != at_path(after, {"roleRef"}))
    errors.push_back({Type::invalid, "roleRef", "cannot change roleRef", at_path(after, {"roleRef"})});
}

void storage_class_change(const Json& before, const Json& after, Errors& errors) {
  for (const char* field : {"parameters", "provisioner", "reclaimPolicy"})
    if (at_path(before, {field}) != at_path(after, {field}))
      errors.push_back({Type::forbidden, field, std::string("updates to ") + field + " are forbidden.", nullptr});
}

void priority_class_change(const Json& before, const Json& after, Errors& errors) {
  if (at_path(before, {"value"}) != at_path(after, {"value"}))
    errors.push_back({Type::forbidden, "value", "may not be changed in an update.", nullptr});
}

// Images, deadlines and tolerations are what a running pod lets one change.
void pod_change(const Json& before, const Json& after, Errors& errors) {
  Json fixed = at_path(before, {"spec"}), now = at_path(after, {"spec"});
  for (Json* spec : {&fixed, &now}) {
    for (const char* free : {"activeDeadlineSeconds", "tolerations", "terminationGracePeriodSeconds", "nodeName",
                             "ephemeralContainers", "schedulingGates"})
      spec->erase(free);
    for (const char* list : {"containers", "initContainers"})
      if (spec->contains(list))
        for (Json& container : (*spec)[list]) {
          container.erase("image");
          container.erase("resources");
        }
  }
  if (fixed != now)
    errors.push_back({Type::forbidden, "spec",
                      "pod updates may not change fields other than "
                      "`spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec."
                      "tolerations` (only additions "
                      "to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it "
                      "was previously negative)",
                      nullptr});
}

void definition_change(const Json& before, const Json& after, Errors& errors) {
  must_stay(before, after, {"spec", "scope"}, errors);
  must_stay(before, after, {"spec", "group"}, errors);
}

using Rule = void (*)(const Json& before, const Json& after, Errors& errors);
constexpr std::array<std::pair<std::string_view, Rule>, 15> rules{{
    {"clusterrolebindings.rbac.authorization.k8s.io", binding_change},
    {"configmaps", config_change},
    {"customresourcedefinitions.apiextensions.k8s.io", definition_change},
    {"daemonsets.apps", selector_change},
    {"deployments.apps", selector_change},
    {"jobs.batch", job_change},
    {"persistentvolumeclaims", claim_change},
    {"pods", pod_change},
    {"priorityclasses.scheduling.k8s.io", priority_class_change},
    {"replicasets.apps", selector_change},
    {"rolebindings.rbac.authorization.k8s.io", binding_change},
    {"secrets", secret_change},
    {"services", service_change},
    {"statefulsets.apps", stateful_set_change},
    {"storageclasses.storage.k8s.io", storage_class_change},
}};

}  // namespace

Errors immutable_field_errors(const std::string& resource, const Json& before, const Json& after) {
  Errors errors;
  for (const auto& [id, rule] : rules)
    if (id == resource) rule(before, after, errors);
  return errors;
}

}  // namespace kforge::sandbox
