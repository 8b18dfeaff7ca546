// SPDX-License-Identifier: Apache-2.0
#include "sandbox/api/admission.hpp"

#include "base/text.hpp"
#include "sandbox/api/addresses.hpp"
#include "sandbox/api/defaults.hpp"
#include "sandbox/api/limits.hpp"
#include "sandbox/api/object_meta.hpp"
#include "sandbox/api/pod_security.hpp"
#include "sandbox/api/service_account.hpp"

#include <fmt/format.h>

#include <array>

namespace kforge::sandbox {
namespace {

Json namespace_object(Store& store, const std::string& name) {
  const ObjectPtr found = store.get({"namespaces", "", name});
  return found ? *found : Json();
}

// NamespaceLifecycle: objects need a living namespace; the system's own cannot be deleted away from under them.
void check_namespace(Store& store, const Resource& resource, const Json& object) {
  const std::string name = namespace_of(object);
  const Json name_space = namespace_object(store, name);
  if (name_space.is_null()) throw not_found({"", "namespaces", "Namespace", name, ""});
  if (!is_terminating(name_space)) return;
  throw forbidden(resource.subject(name_of(object)),
                  fmt::format("unable to create new content in namespace {} because it is being terminated", name),
                  {{{"reason", "NamespaceTerminating"},
                    {"message", fmt::format("namespace {} is being terminated", name)},
                    {"field", "metadata.namespace"}}});
}

// DefaultTolerationSeconds and Priority.
void set_scheduling(Json& pod) {
  Json& spec = pod["spec"];
  set_default(spec, "priority", 0);
  set_default(spec, "preemptionPolicy", "PreemptLowerPriority");
  set_default(spec, "tolerations", Json::array());
  for (const char* taint : {"node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"}) {
    const Json toleration{{"key", taint}, {"operator", "Exists"}, {"effect", "NoExecute"}, {"tolerationSeconds", 300}};
    bool present = false;
    for (const Json& each : spec["tolerations"])
      present = present || string_at(each, {"key"}) == taint ||
                (string_at(each, {"key"}).empty() && string_at(each, {"operator"}) == "Exists");
    if (!present) spec["tolerations"].push_back(toleration);
  }
}

std::string security_label(const Json& name_space, const char* mode) {
  return string_at(name_space, {"metadata", "labels", fmt::format("pod-security.kubernetes.io/{}", mode)});
}

std::string security_policy(const Json& name_space, const char* mode) {
  return fmt::format(
      "{}:{}", security_label(name_space, mode),
      string_at(name_space, {"metadata", "labels", fmt::format("pod-security.kubernetes.io/{}-version", mode)},
                "latest"));
}

void check_pod_security(Store& store, const Resource& resource, const Json& pod) {
  const Json name_space = namespace_object(store, namespace_of(pod));
  const std::string violations =
      security_violations(security_level(security_label(name_space, "enforce")), at_path(pod, {"spec"}));
  if (!violations.empty())
    throw forbidden(resource.subject(name_of(pod)),
                    fmt::format("violates PodSecurity \"{}\": {}", security_policy(name_space, "enforce"), violations));
}

// Workloads are never refused, only warned about.
void warn_of_template(Store& store, const Json& object, std::vector<std::string>& warnings) {
  const Json& spec = at_path(object, {"spec", "template", "spec"});
  if (!spec.is_object()) return;
  const Json name_space = namespace_object(store, namespace_of(object));
  const std::string violations = security_violations(security_level(security_label(name_space, "warn")), spec);
  if (!violations.empty())
    warnings.push_back(
        fmt::format("would violate PodSecurity \"{}\": {}", security_policy(name_space, "warn"), violations));
}

void set_storage_class(Store& store, Json& claim) {
  if (claim["spec"].contains("storageClassName")) return;
  for (const ObjectPtr& storage_class : store.list("storageclasses.storage.k8s.io", ""))
    if (string_at(*storage_class, {"metadata", "annotations", "storageclass.kubernetes.io/is-default-class"}) == "true")
      claim["spec"]["storageClassName"] = name_of(*storage_class);
}

void admit_pod(Store& store, const Resource& resource, Json& pod) {
  apply_limit_ranges(store, resource, pod);
  set_service_account(store, resource, pod);
  set_scheduling(pod);
  check_pod_security(store, resource, pod);
}

}  // namespace

void admit(Store& store, const Resource& resource, const Json* before, Json& object,
           std::vector<std::string>& warnings) {
  const std::string id = resource.id();
  warn_of_template(store, object, warnings);
  if (id == "services") assign_addresses(store, resource, object);
  if (before != nullptr) return;
  if (resource.namespaced) check_namespace(store, resource, object);
  if (id == "pods") admit_pod(store, resource, object);
  if (id == "persistentvolumeclaims") {
    set_storage_class(store, object);
    add_finalizer(object, "kubernetes.io/pvc-protection");
  }
  if (id == "persistentvolumes") add_finalizer(object, "kubernetes.io/pv-protection");
  if (resource.namespaced) check_quotas(store, resource, object);
}

}  // namespace kforge::sandbox
