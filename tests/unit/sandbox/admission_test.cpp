// SPDX-License-Identifier: Apache-2.0
// What the server adds to objects.
#include "tests/support/catch.hpp"
#include "tests/unit/sandbox/world.hpp"

using namespace kforge;
using namespace kforge::sandbox;
using namespace kforge::sandbox::tests;

namespace {

Json bare_pod() {
  return {{"metadata", {{"name", "p"}}}, {"spec", {{"containers", {{{"name", "app"}, {"image", "a:1"}}}}}}};
}

}  // namespace

TEST_CASE("a pod gets the token of its account mounted, unless it declines") {
  World world;
  const Json pod = world.create("", "v1", "pods", "backend", bare_pod()).body;
  const Json& volume = at_path(pod, {"spec", "volumes"}).at(0);
  const std::string name = string_at(volume, {"name"});
  CHECK(name.starts_with("kube-api-access-"));
  CHECK(at_path(volume, {"projected", "sources"}).size() == 3);
  const Json& mount = pod["spec"]["containers"][0]["volumeMounts"][0];
  CHECK(string_at(mount, {"name"}) == name);
  CHECK(string_at(mount, {"mountPath"}) == "/var/run/secrets/kubernetes.io/serviceaccount");

  Json declining = bare_pod();
  declining["metadata"]["name"] = "q";
  declining["spec"]["automountServiceAccountToken"] = false;
  CHECK_FALSE(world.create("", "v1", "pods", "backend", declining).body["spec"].contains("volumes"));
}

TEST_CASE("limits of a namespace are written into its pods, with a note and their quality of service") {
  World world;
  const Json range = world
                         .create("", "v1", "limitranges", "backend",
                                 {{"metadata", {{"name", "limits"}}},
                                  {"spec", {{"limits", {{{"type", "Container"}, {"max", {{"cpu", "4"}}}}}}}}})
                         .body;
  CHECK(string_at(range["spec"]["limits"][0], {"defaultRequest", "cpu"}) == "4");
  const Json pod = world.create("", "v1", "pods", "backend", bare_pod()).body;
  CHECK(string_at(pod["spec"]["containers"][0], {"resources", "limits", "cpu"}) == "4");
  CHECK(string_at(pod, {"metadata", "annotations", "kubernetes.io/limit-ranger"}) ==
        "LimitRanger plugin set: cpu request for container app; cpu limit for container app");
  CHECK(string_at(pod, {"status", "qosClass"}) == "Burstable");
}

TEST_CASE("ports of every kind are TCP unless they say otherwise, and node ports are given out") {
  World world;
  const Json policy =
      world
          .create("networking.k8s.io", "v1", "networkpolicies", "backend",
                  {{"metadata", {{"name", "dns"}}}, {"spec", {{"egress", {{{"ports", {{{"port", 53}}}}}}}}}})
          .body;
  CHECK(string_at(policy["spec"]["egress"][0]["ports"][0], {"protocol"}) == "TCP");
  const Json service =
      world
          .create("", "v1", "services", "backend",
                  {{"metadata", {{"name", "web"}}}, {"spec", {{"type", "NodePort"}, {"ports", {{{"port", 80}}}}}}})
          .body;
  CHECK(int_at(service["spec"]["ports"][0], {"nodePort"}) >= 30000);
  CHECK_FALSE(at_path(service["metadata"]["managedFields"][0], {"fieldsV1", "f:spec"}).contains("f:ipFamilies"));
}

TEST_CASE("a headless Service without a selector is of both families, one with an address is not") {
  World world;
  const Json service =
      world
          .create("", "v1", "services", "backend",
                  {{"metadata", {{"name", "db"}}}, {"spec", {{"clusterIP", "None"}, {"ports", {{{"port", 80}}}}}}})
          .body;
  CHECK(service["spec"]["ipFamilies"] == Json::array({"IPv4", "IPv6"}));
  const Outcome refused =
      world.create("", "v1", "services", "backend",
                   {{"metadata", {{"name", "web"}}},
                    {"spec", {{"ipFamilyPolicy", "RequireDualStack"}, {"ports", {{{"port", 80}}}}}}});
  CHECK(string_at(refused.body, {"message"}) ==
        "Service \"web\" is invalid: spec.ipFamilyPolicy: Invalid value: \"RequireDualStack\": this cluster is not "
        "configured for dual-stack services");
}

TEST_CASE("a volume is protected and pending until its controller has seen it") {
  World world;
  const Json volume = world
                          .create("", "v1", "persistentvolumes", "",
                                  {{"metadata", {{"name", "disk"}}},
                                   {"spec",
                                    {{"capacity", {{"storage", "1Gi"}}},
                                     {"accessModes", {"ReadWriteOnce"}},
                                     {"hostPath", {{"path", "/srv"}}}}}})
                          .body;
  CHECK(volume["metadata"]["finalizers"] == Json::array({"kubernetes.io/pv-protection"}));
  CHECK(string_at(volume, {"status", "phase"}) == "Pending");
}

TEST_CASE("an item that a strategic patch adds stands where the server puts it") {
  World world;
  world.apply(deployment_target, deployment("orders:v1"));
  const Outcome outcome =
      world.api.patch(world.caller, deployment_target, PatchType::strategic_merge,
                      R"({"spec":{"template":{"spec":{"containers":[{"name":"side","image":"busybox"}]}}}})", {});
  CHECK(string_at(outcome.body["spec"]["template"]["spec"]["containers"][0], {"name"}) == "side");
}

TEST_CASE("a scale has an owner only when the size had one before") {
  World world;
  Json unsized = deployment("orders:v1");
  unsized["spec"].erase("replicas");
  world.apply(deployment_target, unsized);
  Target scale = deployment_target;
  scale.subresource = "scale";
  const auto owners_after_scaling = [&] {
    world.api.patch({"admin", {}, "scaler"}, scale, PatchType::merge, R"({"spec":{"replicas":4}})", {});
    std::vector<std::string> owners;
    const Json live = world.api.get(deployment_target).body;
    for (const Json& entry : live["metadata"]["managedFields"]) owners.push_back(string_at(entry, {"manager"}));
    return owners;
  };
  CHECK(owners_after_scaling() == std::vector<std::string>{"kforge"});
  world.apply(deployment_target, deployment("orders:v1", 4));
  world.apply(deployment_target, deployment("orders:v1", 5));
  CHECK(owners_after_scaling() == std::vector<std::string>{"kforge", "scaler"});
}
