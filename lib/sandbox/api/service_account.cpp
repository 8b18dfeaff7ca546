// SPDX-License-Identifier: Apache-2.0
#include "sandbox/api/service_account.hpp"

#include "sandbox/api/defaults.hpp"
#include "sandbox/api/object_meta.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace kforge::sandbox {
namespace {

constexpr const char* token_path = "/var/run/secrets/kubernetes.io/serviceaccount";
constexpr int token_seconds = 3607, file_mode = 0644;

bool wants_token(const Json& account, const Json& spec) {
  const Json& own = at_path(spec, {"automountServiceAccountToken"});
  return own.is_boolean() ? own.get<bool>() : bool_at(account, {"automountServiceAccountToken"}, true);
}

bool has_token_mount(const Json& container) {
  const Json& mounts = at_path(container, {"volumeMounts"});
  return std::ranges::any_of(mounts, [](const Json& mount) { return string_at(mount, {"mountPath"}) == token_path; });
}

Json token_volume(const std::string& name) {
  return {{"name", name},
          {"projected",
           {{"defaultMode", file_mode},
            {"sources",
             {{{"serviceAccountToken", {{"expirationSeconds", token_seconds}, {"path", "token"}}}},
              {{"configMap", {{"name", "kube-root-ca.crt"}, {"items", {{{"key", "ca.crt"}, {"path", "ca.crt"}}}}}}},
              {{"downwardAPI",
                {{"items",
                  {{{"path", "namespace"},
                    {"fieldRef", {{"apiVersion", "v1"}, {"fieldPath", "metadata.namespace"}}}}}}}}}}}}}};
}

void mount_token(Json& spec) {
  const std::string name = generated_name("kube-api-access-");
  bool mounted = false;
  for (const char* list : {"initContainers", "containers"})
    each(spec, list, [&](Json& container) {
      if (has_token_mount(container)) return;
      container["volumeMounts"].push_back({{"name", name}, {"readOnly", true}, {"mountPath", token_path}});
      mounted = true;
    });
  if (mounted) spec["volumes"].push_back(token_volume(name));
}

}  // namespace

void set_service_account(Store& store, const Resource& resource, Json& pod) {
  Json& spec = pod["spec"];
  set_default(spec, "serviceAccountName", "default");
  spec["serviceAccount"] = spec["serviceAccountName"];
  const std::string name = string_at(spec, {"serviceAccountName"});
  const ObjectPtr account = store.get({"serviceaccounts", namespace_of(pod), name});
  if (!account)
    throw forbidden(resource.subject(name_of(pod)),
                    fmt::format("error looking up service account {}/{}: serviceaccount \"{}\" not found",
                                namespace_of(pod), name, name));
  if (wants_token(*account, spec)) mount_token(spec);
  const Json& secrets = at_path(*account, {"imagePullSecrets"});
  if (!secrets.empty() && at_path(spec, {"imagePullSecrets"}).empty()) spec["imagePullSecrets"] = secrets;
}

}  // namespace kforge::sandbox
