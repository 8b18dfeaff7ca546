// SPDX-License-Identifier: Apache-2.0
#include "sandbox/api/pod_security.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace kforge::sandbox {
namespace {

using Names = std::vector<std::string>;

std::string quoted(const Names& names) {
  Names texts;
  for (const std::string& name : names) texts.push_back(fmt::format("\"{}\"", name));
  return join(texts, ", ");
}

// `container "a"` or `containers "a", "b"`
std::string containers(const Names& names) {
  return fmt::format("container{} {}", names.size() == 1 ? "" : "s", quoted(names));
}

template <class Predicate>
Names failing(const Json& spec, Predicate bad) {
  Names names;
  for (const char* list : {"initContainers", "containers", "ephemeralContainers"})
    for (const Json& container : at_path(spec, {list}))
      if (bad(container)) names.push_back(string_at(container, {"name"}));
  return names;
}

const Json& context_of(const Json& container, std::string_view field) {
  return at_path(container, {"securityContext", field});
}

void host_namespaces(const Json& spec, Names& found) {
  Names set;
  for (const char* field : {"hostNetwork", "hostPID", "hostIPC"})
    if (bool_at(spec, {field})) set.push_back(fmt::format("{}=true", field));
  if (!set.empty()) found.push_back(fmt::format("host namespaces ({})", join(set, ", ")));
}

void privileged_containers(const Json& spec, Names& found) {
  const Names bad = failing(spec, [](const Json& container) {
    return bool_at(container, {"securityContext", "privileged"});
  });
  if (!bad.empty())
    found.push_back(fmt::format("privileged ({} must not set securityContext.privileged=true)", containers(bad)));
}

void host_paths(const Json& spec, Names& found) {
  Names volumes;
  for (const Json& volume : at_path(spec, {"volumes"}))
    if (volume.contains("hostPath")) volumes.push_back(string_at(volume, {"name"}));
  if (!volumes.empty())
    found.push_back(fmt::format("hostPath volumes (volume{} {})", volumes.size() == 1 ? "" : "s", quoted(volumes)));
}

void host_ports(const Json& spec, Names& found) {
  Names ports;
  const Names bad = failing(spec, [&](const Json& container) {
    bool any = false;
    for (const Json& port : at_path(container, {"ports"}))
      if (int_at(port, {"hostPort"}) != 0) {
        ports.push_back(std::to_string(int_at(port, {"hostPort"})));
        any = true;
      }
    return any;
  });
  if (!bad.empty())
    found.push_back(fmt::format("hostPort ({} use{} hostPort{} {})", containers(bad), bad.size() == 1 ? "s" : "",
                                ports.size() == 1 ? "" : "s", join(ports, ", ")));
}

void baseline_capabilities(const Json& spec, Names& found) {
  static constexpr std::array<std::string_view, 13> allowed{
      "AUDIT_WRITE",      "CHOWN",   "DAC_OVERRIDE", "FOWNER",  "FSETID", "KILL",      "MKNOD",
      "NET_BIND_SERVICE", "SETFCAP", "SETGID",       "SETPCAP", "SETUID", "SYS_CHROOT"};
  Names added;
  const Names bad = failing(spec, [&](const Json& container) {
    const std::size_t before = added.size();
    for (const Json& capability : at_path(container, {"securityContext", "capabilities", "add"}))
      if (capability.is_string() && std::ranges::find(allowed, capability.get<std::string>()) == allowed.end())
        added.push_back(capability.get<std::string>());
    return added.size() > before;
  });
  if (!bad.empty())
    found.push_back(fmt::format("non-default capabilities ({} must not include {} in securityContext.capabilities.add)",
                                containers(bad), quoted(added)));
}

void privilege_escalation(const Json& spec, Names& found) {
  const Names bad =
      failing(spec, [](const Json& container) { return context_of(container, "allowPrivilegeEscalation") != false; });
  if (!bad.empty())
    found.push_back(
        fmt::format("allowPrivilegeEscalation != false ({} must set securityContext.allowPrivilegeEscalation=false)",
                    containers(bad)));
}

void restricted_capabilities(const Json& spec, Names& found) {
  const Names keeping = failing(spec, [](const Json& container) {
    const Json& drop = at_path(container, {"securityContext", "capabilities", "drop"});
    return !drop.is_array() || std::ranges::find(drop, Json("ALL")) == drop.end();
  });
  if (!keeping.empty())
    found.push_back(fmt::format("unrestricted capabilities ({} must set securityContext.capabilities.drop=[\"ALL\"])",
                                containers(keeping)));
}

void restricted_volumes(const Json& spec, Names& found) {
  static constexpr std::array<std::string_view, 8> allowed{
      "configMap", "csi", "downwardAPI", "emptyDir", "ephemeral", "persistentVolumeClaim", "projected", "secret"};
  Names volumes, types;
  for (const Json& volume : at_path(spec, {"volumes"}))
    for (const auto& [type, source] : volume.items()) {
      if (type == "name" || std::ranges::find(allowed, type) != allowed.end()) continue;
      volumes.push_back(string_at(volume, {"name"}));
      types.push_back(type);
    }
  if (!volumes.empty())
    found.push_back(fmt::format("restricted volume types (volume{} {} use{} restricted volume type{} {})",
                                volumes.size() == 1 ? "" : "s", quoted(volumes), volumes.size() == 1 ? "s" : "",
                                types.size() == 1 ? "" : "s", quoted(types)));
}

// A container says it itself, or inherits it from the pod.
void non_root(const Json& spec, Names& found) {
  const bool pod = at_path(spec, {"securityContext", "runAsNonRoot"}) == true;
  const Names bad = failing(spec, [&](const Json& container) {
    const Json& own = context_of(container, "runAsNonRoot");
    return own == false || (own.is_null() && !pod);
  });
  if (!bad.empty())
    found.push_back(
        fmt::format("runAsNonRoot != true (pod or {} must set securityContext.runAsNonRoot=true)", containers(bad)));
}

void root_user(const Json& spec, Names& found) {
  if (at_path(spec, {"securityContext", "runAsUser"}) == 0)
    found.push_back("runAsUser=0 (pod must not set runAsUser=0)");
  const Names bad = failing(spec, [](const Json& container) { return context_of(container, "runAsUser") == 0; });
  if (!bad.empty()) found.push_back(fmt::format("runAsUser=0 ({} must not set runAsUser=0)", containers(bad)));
}

void seccomp(const Json& spec, Names& found) {
  const auto fine = [](const Json& type) { return type == "RuntimeDefault" || type == "Localhost"; };
  const bool pod = fine(at_path(spec, {"securityContext", "seccompProfile", "type"}));
  const Names bad = failing(spec, [&](const Json& container) {
    const Json& own = at_path(container, {"securityContext", "seccompProfile", "type"});
    return own.is_null() ? !pod : !fine(own);
  });
  if (!bad.empty())
    found.push_back(
        fmt::format("seccompProfile (pod or {} must set securityContext.seccompProfile.type to \"RuntimeDefault\" or "
                    "\"Localhost\")",
                    containers(bad)));
}

}  // namespace

SecurityLevel security_level(const std::string& label) {
  return label == "restricted" ? SecurityLevel::restricted
         : label == "baseline" ? SecurityLevel::baseline
                               : SecurityLevel::privileged;
}

std::string security_violations(SecurityLevel level, const Json& pod_spec) {
  Names found;
  if (level == SecurityLevel::privileged) return {};
  host_namespaces(pod_spec, found);
  host_paths(pod_spec, found);
  host_ports(pod_spec, found);
  privileged_containers(pod_spec, found);
  if (level == SecurityLevel::baseline) {
    baseline_capabilities(pod_spec, found);
    return join(found, ", ");
  }
  privilege_escalation(pod_spec, found);
  restricted_capabilities(pod_spec, found);
  restricted_volumes(pod_spec, found);
  non_root(pod_spec, found);
  root_user(pod_spec, found);
  seccomp(pod_spec, found);
  return join(found, ", ");
}

}  // namespace kforge::sandbox
