// SPDX-License-Identifier: Apache-2.0
// EndpointSlices and Endpoints of Services (pkg/controller/endpointslice, pkg/controller/endpoint).
#include "sandbox/api/selector.hpp"
#include "sandbox/controllers/controller.hpp"

#include <algorithm>

namespace kforge::sandbox {
namespace {

constexpr const char *slice_resource = "endpointslices.discovery.k8s.io", *service_label = "kubernetes.io/service-name";
constexpr const char* managed_by = "endpointslice-controller.k8s.io";

constexpr Milliseconds batch{10};  // pods change together: one write for all of them

bool has_ended(const Json& pod) {
  const std::string phase = string_at(pod, {"status", "phase"});
  return phase == "Succeeded" || phase == "Failed";
}

Json target_reference(const Json& pod) {
  return {{"kind", "Pod"}, {"name", name_of(pod)}, {"namespace", namespace_of(pod)}, {"uid", uid_of(pod)}};
}

// The name that DNS gives the pod under its headless Service; empty when it has none.
std::string host_name(const Json& service, const Json& pod) {
  return string_at(pod, {"spec", "subdomain"}) == name_of(service) ? string_at(pod, {"spec", "hostname"}) : "";
}

// A Service's port at one pod; named target ports differ from pod to pod.
std::optional<std::int64_t> target_port(const Json& port, const Json& pod) {
  const Json& target = at_path(port, {"targetPort"});
  if (target.is_number_integer() && target.get<int>() != 0) return target.get<int>();
  if (!target.is_string()) return int_at(port, {"port"});
  for (const Json& container : at_path(pod, {"spec", "containers"}))
    for (const Json& each : at_path(container, {"ports"}))
      if (at_path(each, {"name"}) == target) return int_at(each, {"containerPort"});
  return std::nullopt;
}

Json ports_at(const Json& service, const Json& pod) {
  Json ports = Json::array();
  for (const Json& port : at_path(service, {"spec", "ports"}))
    if (const auto number = target_port(port, pod)) {
      Json entry{
          {"name", string_at(port, {"name"})}, {"port", *number}, {"protocol", string_at(port, {"protocol"}, "TCP")}};
      if (port.contains("appProtocol")) entry["appProtocol"] = port["appProtocol"];
      ports.push_back(std::move(entry));
    }
  return ports;
}

class EndpointsController final : public Controller {
 public:
  EndpointsController(Api& api, Timers& timers)
      : slices_(api, timers, "endpointslice-controller"),
        endpoints_(api, timers, "endpoint-controller"),
        queue_(timers, [this](const Key& key) { reconcile(key); }) {}

  void on_change(const Change& change) override {
    if (change.key.resource == "services") return queue_.add(change.key);
    if (change.key.resource == slice_resource && change.type == Change::Type::deleted)
      return queue_.add(
          {"services", change.key.name_space, string_at(*change.object, {"metadata", "labels", service_label})});
    if (change.key.resource != "pods" || !concerns_endpoints(change)) return;
    for (const ObjectPtr& service : slices_.list("services", change.key.name_space))
      if (selects(*service, *change.object) || (change.before && selects(*service, *change.before)))
        queue_.add_after({"services", change.key.name_space, name_of(*service)}, batch);
  }

 private:
  static bool concerns_endpoints(const Change& change) {
    if (!change.before || change.type == Change::Type::deleted) return true;
    const Json &before = *change.before, &now = *change.object;
    return at_path(before, {"metadata", "labels"}) != at_path(now, {"metadata", "labels"}) ||
           pod_is_ready(before) != pod_is_ready(now) || is_terminating(before) != is_terminating(now) ||
           has_ended(before) != has_ended(now) ||
           at_path(before, {"status", "podIP"}) != at_path(now, {"status", "podIP"});
  }

  static bool selects(const Json& service, const Json& pod) {
    const Json& selector = at_path(service, {"spec", "selector"});
    return selector.is_object() && !selector.empty() &&
           map_selector_matches(selector, at_path(pod, {"metadata", "labels"}));
  }

  void reconcile(const Key& key) {
    const ObjectPtr service = slices_.get(key);
    if (!service) return clean_up(key);
    if (is_terminating(*service) || string_at(*service, {"spec", "type"}) == "ExternalName") return;
    const Json& selector = at_path(*service, {"spec", "selector"});
    if (!selector.is_object() || selector.empty()) return;
    std::vector<ObjectPtr> pods = slices_.list("pods", key.name_space);
    std::erase_if(pods, [&](const ObjectPtr& pod) {
      return !selects(*service, *pod) || has_ended(*pod) || string_at(*pod, {"status", "podIP"}).empty();
    });
    write_slices(*service, pods);
    write_endpoints(*service, pods);
  }

  // Slices go with their owner; Endpoints have none.
  void clean_up(const Key& key) {
    if (const ObjectPtr known = endpoints_.get({"endpoints", key.name_space, key.name}))
      if (string_at(*known, {"metadata", "labels", "endpoints.kubernetes.io/managed-by"}) == "endpoint-controller")
        endpoints_.remove(*known);
  }

  Json endpoint_of(const Json& service, const Json& pod) const {
    const bool ready = pod_is_ready(pod), ending = is_terminating(pod);
    const bool shown_ready = bool_at(service, {"spec", "publishNotReadyAddresses"}) || (ready && !ending);
    Json endpoint{{"addresses", {string_at(pod, {"status", "podIP"})}},
                  {"conditions", {{"ready", shown_ready}, {"serving", ready}, {"terminating", ending}}},
                  {"nodeName", string_at(pod, {"spec", "nodeName"})},
                  {"targetRef", target_reference(pod)}};
    if (const ObjectPtr node = slices_.get({"nodes", "", string_at(pod, {"spec", "nodeName"})}))
      if (const std::string zone = string_at(*node, {"metadata", "labels", "topology.kubernetes.io/zone"});
          !zone.empty())
        endpoint["zone"] = zone;
    if (const std::string host = host_name(service, pod); !host.empty()) endpoint["hostname"] = host;
    return endpoint;
  }

  // One slice for each set of port numbers that the pods have.
  void write_slices(const Json& service, const std::vector<ObjectPtr>& pods) {
    std::map<Json, Json> wanted;
    for (const ObjectPtr& pod : pods) {
      Json& endpoints = wanted[ports_at(service, *pod)];
      if (endpoints.is_null()) endpoints = Json::array();
      endpoints.push_back(endpoint_of(service, *pod));
    }
    if (wanted.empty()) wanted[Json::array()] = Json::array();
    std::vector<ObjectPtr> known = slices_.list(slice_resource, namespace_of(service));
    std::erase_if(known, [&](const ObjectPtr& slice) {
      return string_at(*slice, {"metadata", "labels", service_label}) != name_of(service) ||
             string_at(*slice, {"metadata", "labels", "endpointslice.kubernetes.io/managed-by"}) != managed_by;
    });
    for (auto& [ports, endpoints] : wanted) {
      auto reuse = std::ranges::find_if(
          known, [&ports = ports](const ObjectPtr& slice) { return at_path(*slice, {"ports"}) == ports; });
      if (reuse == known.end()) reuse = known.begin();
      Json slice = reuse == known.end() ? new_slice(service) : **reuse;
      const bool exists = reuse != known.end();
      if (exists) known.erase(reuse);
      slice["ports"] = ports;
      slice["endpoints"] = std::move(endpoints);
      exists ? slices_.update(slice) : slices_.create(slice);
    }
    for (const ObjectPtr& slice : known) slices_.remove(*slice);
  }

  static Json new_slice(const Json& service) {
    Json labels{{service_label, name_of(service)}, {"endpointslice.kubernetes.io/managed-by", managed_by}};
    if (string_at(service, {"spec", "clusterIP"}) == "None") labels["service.kubernetes.io/headless"] = "";
    for (const auto& [name, value] : at_path(service, {"metadata", "labels"}).items())
      if (!labels.contains(name)) labels[name] = value;
    return {{"apiVersion", "discovery.k8s.io/v1"},
            {"kind", "EndpointSlice"},
            {"addressType", "IPv4"},
            {"metadata",
             {{"generateName", name_of(service) + "-"},
              {"namespace", namespace_of(service)},
              {"labels", labels},
              {"ownerReferences", {controller_reference(service)}}}}};
  }

  void write_endpoints(const Json& service, const std::vector<ObjectPtr>& pods) {
    std::map<Json, Json> subsets;  // by ports
    for (const ObjectPtr& pod : pods) {
      if (is_terminating(*pod)) continue;
      const bool ready = pod_is_ready(*pod) || bool_at(service, {"spec", "publishNotReadyAddresses"});
      Json address{{"ip", string_at(*pod, {"status", "podIP"})},
                   {"nodeName", string_at(*pod, {"spec", "nodeName"})},
                   {"targetRef", target_reference(*pod)}};
      if (const std::string host = host_name(service, *pod); !host.empty()) address["hostname"] = host;
      subsets[ports_at(service, *pod)][ready ? "addresses" : "notReadyAddresses"].push_back(std::move(address));
    }
    const ObjectPtr known = endpoints_.get({"endpoints", namespace_of(service), name_of(service)});
    Json next = known ? *known
                      : Json{{"apiVersion", "v1"},
                             {"kind", "Endpoints"},
                             {"metadata", {{"name", name_of(service)}, {"namespace", namespace_of(service)}}}};
    Json labels = at_path(service, {"metadata", "labels"});
    labels["endpoints.kubernetes.io/managed-by"] = "endpoint-controller";
    if (string_at(service, {"spec", "clusterIP"}) == "None") labels["service.kubernetes.io/headless"] = "";
    next["metadata"]["labels"] = labels;
    next.erase("subsets");
    for (auto& [ports, subset] : subsets) {
      subset["ports"] = ports;
      for (Json& port : subset["ports"])
        if (string_at(port, {"name"}).empty()) port.erase("name");
      next["subsets"].push_back(subset);
    }
    known ? endpoints_.update(next) : endpoints_.create(next);
  }

  Kit slices_, endpoints_;
  WorkQueue queue_;
};

}  // namespace

std::unique_ptr<Controller> make_endpoints_controller(Api& api, Timers& timers) {
  return std::make_unique<EndpointsController>(api, timers);
}

}  // namespace kforge::sandbox
