// SPDX-License-Identifier: Apache-2.0
#include "sandbox/api/addresses.hpp"

#include "base/digest.hpp"
#include "sandbox/api/defaults.hpp"
#include "sandbox/api/object_meta.hpp"

#include <fmt/format.h>

#include <set>

namespace kforge::sandbox {
namespace {

using Type = FieldError::Type;

constexpr int first_node_port = 30000, last_node_port = 32767;

struct Taken {
  std::set<std::string> addresses;
  std::set<std::int64_t> node_ports;
};

Taken taken_by_others(Store& store, const Json& service) {
  Taken taken;
  for (const ObjectPtr& other : store.list("services", "")) {
    if (name_of(*other) == name_of(service) && namespace_of(*other) == namespace_of(service)) continue;
    taken.addresses.insert(string_at(*other, {"spec", "clusterIP"}));
    for (const Json& port : at_path(*other, {"spec", "ports"}))
      if (const auto number = int_at(port, {"nodePort"}); number != 0) taken.node_ports.insert(number);
  }
  return taken;
}

// Starts at a place that depends on the name, so that a recreated Service usually gets its address back.
std::size_t first_try(const Json& service) {
  const std::string digest = sha256(namespace_of(service) + "/" + name_of(service));
  return static_cast<unsigned char>(digest[0]) * 256U + static_cast<unsigned char>(digest[1]);
}

std::string free_address(const Taken& taken, const Json& service) {
  for (std::size_t i = 0; i < 65536; ++i) {
    const std::size_t host = (first_try(service) + i) % 65536;
    if (host % 256 == 0 || host % 256 == 255) continue;
    std::string address = fmt::format("10.96.{}.{}", host / 256, host % 256);
    if (!taken.addresses.contains(address)) return address;
  }
  throw internal_error("failed to allocate a serviceIP: range is full");
}

void assign_cluster_address(const Taken& taken, const Resource& resource, Json& service) {
  Json& spec = service["spec"];
  const std::string wanted = string_at(spec, {"clusterIP"});
  if (wanted.empty())
    spec["clusterIP"] = free_address(taken, service);
  else if (wanted != "None" && taken.addresses.contains(wanted))
    throw invalid(
        resource.subject(name_of(service)),
        {{Type::invalid, "spec.clusterIPs",
          fmt::format("failed to allocate IP {}: provided IP is already allocated", wanted), Json::array({wanted})}});
  spec["clusterIPs"] = {spec["clusterIP"]};
}

// Why a port that the client asks for cannot be had; empty when it can.
std::string refused_port(const Taken& taken, std::int64_t wanted) {
  if (wanted < first_node_port || wanted > last_node_port)
    return fmt::format("provided port is not in the valid range. The range of valid ports is {}-{}", first_node_port,
                       last_node_port);
  return taken.node_ports.contains(wanted) ? "provided port is already allocated" : "";
}

void assign_node_ports(Taken taken, const Resource& resource, Json& service) {
  std::size_t index = 0;
  each(service["spec"], "ports", [&](Json& port) {
    const std::string field = fmt::format("spec.ports[{}].nodePort", index++);
    std::int64_t number = int_at(port, {"nodePort"});
    if (number != 0) {
      if (const std::string why = refused_port(taken, number); !why.empty())
        throw invalid(resource.subject(name_of(service)), {{Type::invalid, field, why, number}});
    } else {
      number = first_node_port + static_cast<int>(first_try(service) % (last_node_port - first_node_port));
      while (taken.node_ports.contains(number)) number = number == last_node_port ? first_node_port : number + 1;
    }
    taken.node_ports.insert(number);
    port["nodePort"] = number;
  });
}

// The sandbox has IPv4 alone.
std::vector<FieldError> refused_families(const Json& spec) {
  std::vector<FieldError> errors;
  if (const std::string policy = string_at(spec, {"ipFamilyPolicy"}); policy == "RequireDualStack")
    errors.push_back(
        {Type::invalid, "spec.ipFamilyPolicy", "this cluster is not configured for dual-stack services", policy});
  std::size_t index = 0;
  for (const Json& family : at_path(spec, {"ipFamilies"})) {
    const std::string field = fmt::format("spec.ipFamilies[{}]", index++);
    if (family == "IPv6") errors.push_back({Type::invalid, field, "not configured on this cluster", family});
  }
  return errors;
}

// A headless Service without a selector stands for addresses of anywhere, of both families.
void assign_families(const Resource& resource, Json& service) {
  Json& spec = service["spec"];
  const bool anywhere = string_at(spec, {"clusterIP"}) == "None" && at_path(spec, {"selector"}).empty();
  set_default(spec, "ipFamilies", anywhere ? Json::array({"IPv4", "IPv6"}) : Json::array({"IPv4"}));
  set_default(spec, "ipFamilyPolicy", anywhere ? "RequireDualStack" : "SingleStack");
  if (anywhere) return;
  if (const auto errors = refused_families(spec); !errors.empty())
    throw invalid(resource.subject(name_of(service)), errors);
}

}  // namespace

void assign_addresses(Store& store, const Resource& resource, Json& service) {
  const std::string type = string_at(service, {"spec", "type"});
  if (type == "ExternalName") return;
  const Taken taken = taken_by_others(store, service);
  assign_families(resource, service);
  assign_cluster_address(taken, resource, service);
  if (type == "NodePort" ||
      (type == "LoadBalancer" && bool_at(service, {"spec", "allocateLoadBalancerNodePorts"}, true)))
    assign_node_ports(taken, resource, service);
}

}  // namespace kforge::sandbox
