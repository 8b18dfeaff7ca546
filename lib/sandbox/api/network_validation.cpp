// SPDX-License-Identifier: Apache-2.0
// Services and Ingresses.
#include "base/text.hpp"
#include "sandbox/api/kind_validation.hpp"

#include <fmt/format.h>

#include <set>

namespace kforge::sandbox {
namespace {

using Type = FieldError::Type;

void check_service_port(const Json& port, const std::string& path, bool needs_name, std::set<std::string>& names,
                        FieldErrors& errors) {
  const std::string name = string_at(port, {"name"});
  if (name.empty() && needs_name) errors.push_back({Type::required, path + ".name", "", nullptr});
  if (!name.empty()) {
    check_text(dns_label_complaints, name, path + ".name", errors);
    if (!names.insert(name).second) errors.push_back({Type::duplicate, path + ".name", "", name});
  }
  check_port_number(int_at(port, {"port"}), path + ".port", errors);
  check_supported(string_at(port, {"protocol"}), {"SCTP", "TCP", "UDP"}, path + ".protocol", errors);
  check_port_number_or_name(at_path(port, {"targetPort"}), path + ".targetPort", errors);
}

void check_service_ports(const Json& ports, FieldErrors& errors) {
  std::set<std::string> names;
  std::size_t index = 0;
  for (const Json& port : ports)
    check_service_port(port, fmt::format("spec.ports[{}]", index++), ports.size() > 1, names, errors);
  std::set<std::pair<std::int64_t, std::string>> known;
  index = 0;
  for (const Json& port : ports) {
    const std::pair same{int_at(port, {"port"}), string_at(port, {"protocol"})};
    if (!known.insert(same).second)
      errors.push_back({Type::duplicate,
                        fmt::format("spec.ports[{}]", index),
                        "",
                        {{"port", same.first}, {"protocol", same.second}}});
    ++index;
  }
}

void check_backend(const Json& backend, const std::string& path, FieldErrors& errors) {
  if (!backend.contains("service") && !backend.contains("resource"))
    return errors.push_back({Type::invalid, path, "resource or service backend is required", ""});
  if (!backend.contains("service")) return;
  require_text(at_path(backend, {"service", "name"}), path + ".service.name", errors);
  const bool named = !string_at(backend, {"service", "port", "name"}).empty(),
             numbered = int_at(backend, {"service", "port", "number"}) != 0;
  if (!named && !numbered) errors.push_back({Type::required, path, "port name or number is required", nullptr});
  if (named && numbered) errors.push_back({Type::invalid, path, "cannot set both port name & port number", ""});
}

void check_ingress_path(const Json& entry, const std::string& path, FieldErrors& errors) {
  const std::string type = string_at(entry, {"pathType"}), place = string_at(entry, {"path"});
  if (type.empty())
    errors.push_back({Type::required, path + ".pathType", "pathType must be specified", nullptr});
  else
    check_supported(type, {"Exact", "ImplementationSpecific", "Prefix"}, path + ".pathType", errors);
  const bool free = type == "ImplementationSpecific" && place.empty();
  if (!free && !place.starts_with('/'))
    errors.push_back({Type::invalid, path + ".path", "must be an absolute path", place});
  check_backend(at_path(entry, {"backend"}), path + ".backend", errors);
}

}  // namespace

void validate_service(const Json& object, FieldErrors& errors) {
  const Json& spec = at_path(object, {"spec"});
  const std::string type = string_at(spec, {"type"});
  const Json& ports = at_path(spec, {"ports"});
  if (ports.empty() && type != "ExternalName" && string_at(spec, {"clusterIP"}) != "None")
    errors.push_back({Type::required, "spec.ports", "", nullptr});
  if (type == "ExternalName") {
    require_text(at_path(spec, {"externalName"}), "spec.externalName", errors);
    if (const std::string name = string_at(spec, {"externalName"}); !name.empty())
      check_text(dns_subdomain_complaints, name, "spec.externalName", errors);
  }
  check_service_ports(ports, errors);
  check_supported(string_at(spec, {"sessionAffinity"}), {"ClientIP", "None"}, "spec.sessionAffinity", errors);
  check_supported(type, {"ClusterIP", "ExternalName", "LoadBalancer", "NodePort"}, "spec.type", errors);
}

void validate_ingress(const Json& object, FieldErrors& errors) {
  const Json &rules = at_path(object, {"spec", "rules"}), &fallback = at_path(object, {"spec", "defaultBackend"});
  if (rules.empty() && fallback.is_null())
    errors.push_back({Type::invalid, "spec", "either `defaultBackend` or `rules` must be specified", Json::array()});
  if (!fallback.is_null()) check_backend(fallback, "spec.defaultBackend", errors);
  std::size_t rule_index = 0;
  for (const Json& rule : rules) {
    std::size_t index = 0;
    for (const Json& entry : at_path(rule, {"http", "paths"}))
      check_ingress_path(entry, fmt::format("spec.rules[{}].http.paths[{}]", rule_index, index++), errors);
    ++rule_index;
  }
}

}  // namespace kforge::sandbox
