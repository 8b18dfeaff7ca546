// SPDX-License-Identifier: Apache-2.0
#include "sandbox/process/bootstrap.hpp"

#include "sandbox/controllers/toolkit.hpp"

#include <fmt/format.h>

namespace kforge::sandbox {
namespace {

constexpr int nodes = 3;

// Nothing happens when it is there already: a restart keeps what people changed.
void create(const Kit& kit, Json object, Json status = nullptr) {
  const Outcome outcome = kit.create(std::move(object));
  if (!outcome.ok() || status.is_null()) return;
  Json next = outcome.body;
  next["status"] = std::move(status);
  kit.update_status(next);
}

Json named(const char* api_version, const char* kind, const std::string& name) {
  return {{"apiVersion", api_version}, {"kind", kind}, {"metadata", {{"name", name}}}};
}

Json node_status(const std::string& name, int number, const std::string& version, const std::string& now) {
  const Json capacity{{"cpu", "8"}, {"memory", "16Gi"}, {"ephemeral-storage", "100Gi"}, {"pods", "110"}};
  Json conditions = Json::array();
  for (const auto& [type, status, reason, message] :
       {std::tuple{"MemoryPressure", "False", "KubeletHasSufficientMemory", "kubelet has sufficient memory available"},
        {"DiskPressure", "False", "KubeletHasNoDiskPressure", "kubelet has no disk pressure"},
        {"PIDPressure", "False", "KubeletHasSufficientPID", "kubelet has sufficient PID available"},
        {"Ready", "True", "KubeletReady", "kubelet is posting ready status"}})
    conditions.push_back({{"type", type},
                          {"status", status},
                          {"reason", reason},
                          {"message", message},
                          {"lastHeartbeatTime", now},
                          {"lastTransitionTime", now}});
  return {{"capacity", capacity},
          {"allocatable", capacity},
          {"conditions", conditions},
          {"addresses",
           {{{"type", "InternalIP"}, {"address", fmt::format("192.168.49.{}", number + 1)}},
            {{"type", "Hostname"}, {"address", name}}}},
          {"nodeInfo",
           {{"architecture", "amd64"},
            {"bootID", ""},
            {"containerRuntimeVersion", "sandbox://1"},
            {"kernelVersion", "sandbox"},
            {"kubeProxyVersion", ""},
            {"kubeletVersion", version},
            {"machineID", ""},
            {"operatingSystem", "linux"},
            {"osImage", "kforge sandbox"},
            {"systemUUID", ""}}}};
}

void create_node(const Kit& kit, int number, const std::string& version) {
  const std::string name = fmt::format("sandbox-{}", number);
  Json node = named("v1", "Node", name);
  node["metadata"]["labels"] = {{"kubernetes.io/arch", "amd64"},
                                {"kubernetes.io/hostname", name},
                                {"kubernetes.io/os", "linux"},
                                {"topology.kubernetes.io/zone", fmt::format("zone-{}", number)}};
  node["spec"] = {{"podCIDR", fmt::format("10.244.{}.0/24", number)}};
  create(kit, std::move(node), node_status(name, number, version, kit.timestamp()));
}

void create_storage_class(const Kit& kit) {
  Json storage = named("storage.k8s.io/v1", "StorageClass", "standard");
  storage["metadata"]["annotations"] = {{"storageclass.kubernetes.io/is-default-class", "true"}};
  storage["provisioner"] = "sandbox.kforge.dev/memory";
  storage["volumeBindingMode"] = "WaitForFirstConsumer";
  create(kit, std::move(storage));
}

void create_priority_classes(const Kit& kit) {
  for (const auto& [name, value] :
       {std::pair{"system-cluster-critical", 2000000000}, {"system-node-critical", 2000001000}}) {
    Json priority = named("scheduling.k8s.io/v1", "PriorityClass", name);
    priority["value"] = value;
    create(kit, std::move(priority));
  }
}

void create_api_service(const Kit& kit) {
  Json service = named("v1", "Service", "kubernetes");
  service["metadata"]["namespace"] = "default";
  service["metadata"]["labels"] = {{"component", "apiserver"}, {"provider", "kubernetes"}};
  service["spec"] = {{"clusterIP", "10.96.0.1"},
                     {"ports", {{{"name", "https"}, {"port", 443}, {"protocol", "TCP"}, {"targetPort", 6443}}}}};
  create(kit, std::move(service));
}

}  // namespace

void bootstrap(Api& api, Timers& timers, const std::string& kubernetes_version) {
  const Kit kit(api, timers, "bootstrap");
  for (const char* name : {"default", "kube-node-lease", "kube-public", "kube-system"})
    create(kit, named("v1", "Namespace", name));
  for (int number = 1; number <= nodes; ++number) create_node(kit, number, kubernetes_version);
  create_storage_class(kit);
  create_priority_classes(kit);
  create_api_service(kit);
}

}  // namespace kforge::sandbox
