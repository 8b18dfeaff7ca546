// SPDX-License-Identifier: Apache-2.0
#include "render/bases.hpp"
#include "render/components.hpp"
#include "render/identity.hpp"
#include "render/workloads.hpp"
#include "yaml/node.hpp"

namespace kforge::render {
namespace {

constexpr const char* kong = "gateway/kong";
constexpr const char* config_file = "kong.yml";
constexpr int high_uid = 10001;

// Whether TLS ends at Kong itself.
bool terminates_tls(const project::Gateway& gateway) {
  return !gateway.tls_secret.empty() && gateway.expose != project::Expose::ingress;
}

std::map<std::string, std::string> settings(const project::Gateway& gateway) {
  auto values = base(kong, "ConfigMap/kong-env")["data"].get<std::map<std::string, std::string>>();
  if (terminates_tls(gateway)) {
    values["KONG_PROXY_LISTEN"] += ", 0.0.0.0:8443 http2 ssl reuseport backlog=16384";
    values["KONG_PORT_MAPS"] = "80:8000, 443:8443";
    values["KONG_SSL_CERT"] = "/etc/kong/tls/tls.crt";
    values["KONG_SSL_CERT_KEY"] = "/etc/kong/tls/tls.key";
  }
  if (gateway.expose == project::Expose::ingress) {
    // Only the ingress controller stands in front: its word about client and scheme counts.
    values["KONG_TRUSTED_IPS"] = "0.0.0.0/0,::/0";
    values["KONG_REAL_IP_HEADER"] = "X-Forwarded-For";
    values["KONG_REAL_IP_RECURSIVE"] = "on";
  }
  return values;
}

// A Secret when kong.yml holds the keys of consumers; the volume follows.
void draft_config(Drafts& drafts, const Workload& workload, Json& deployment) {
  const project::Project& project = drafts.project;
  Json manifest = base(kong, "ConfigMap/kong-config");
  bool known = true;
  const Json content = kong_config(project, [&](const project::SecretRef& key) {
    const SecretText text = drafts.secret(key.secret, key.key);
    known = known && text.value;
    return text.value.value_or("");
  });
  if (project.gateway->consumers.empty()) {
    drafts.add_config(workload, std::move(manifest), {{config_file, yaml::emit(content)}});
    return;
  }
  const Json for_hash =
      kong_config(project, [&](const project::SecretRef& key) { return drafts.secret(key.secret, key.key).token; });
  manifest["kind"] = "Secret";
  manifest["type"] = "Opaque";
  manifest.erase("data");
  manifest.erase("immutable");
  Json& volume = named(pod_spec_of(deployment)["volumes"], "config");
  volume.erase("configMap");
  volume["secret"] = {{"secretName", manifest["metadata"]["name"]}, {"defaultMode", 0440}};
  SecretText text{.value = std::nullopt, .token = to_text(for_hash)};
  if (known) text.value = yaml::emit(content);
  drafts.add_secret(workload, std::move(manifest), {{config_file, text}});
}

void set_tls(Json& deployment, const project::Gateway& gateway) {
  if (!terminates_tls(gateway)) return;
  Json& ports = main_container_of(deployment)["ports"];
  ports.insert(ports.begin() + 1, Json{{"name", "https"}, {"containerPort", 8443}, {"protocol", "TCP"}});
  add_secret_volume(deployment, "tls", gateway.tls_secret, "/etc/kong/tls");
}

void draft_deployment(Drafts& drafts, const Workload& workload, Json deployment) {
  const project::Project& project = drafts.project;
  const project::Gateway& gateway = *project.gateway;
  deployment["spec"]["replicas"] = gateway.replicas;
  set_image(deployment, gateway.image, project.defaults);
  set_resources(main_container_of(deployment), gateway.resources);
  set_tls(deployment, gateway);
  if (project.defaults.uids == project::Uids::high) set_user(deployment, high_uid);
  drafts.add(workload, std::move(deployment));
}

Json proxy_service(const project::Gateway& gateway) {
  Json service = base(kong, "Service/kong-proxy");
  Json& spec = service["spec"];
  if (gateway.expose == project::Expose::load_balancer) {
    spec["type"] = "LoadBalancer";
    spec["externalTrafficPolicy"] = "Local";  // keeps the client's address
  }
  if (gateway.expose == project::Expose::node_port) spec["type"] = "NodePort";
  if (terminates_tls(gateway))
    spec["ports"].push_back(
        {{"name", "https"}, {"port", 443}, {"protocol", "TCP"}, {"appProtocol", "https"}, {"targetPort", "https"}});
  return service;
}

Json ingress_of(const project::Project& project) {
  const project::Gateway& gateway = *project.gateway;
  Json ingress = base("gateway/ingress", "Ingress/kong");
  Json& spec = ingress["spec"];
  if (!gateway.ingress_class.empty()) spec["ingressClassName"] = gateway.ingress_class;
  const std::vector<std::string> hosts = public_hosts(project);
  if (hosts.empty()) return ingress;
  const Json any_host = spec["rules"][0];
  spec["rules"] = Json::array();
  for (const std::string& host : hosts) {
    spec["rules"].push_back(any_host);
    spec["rules"].back()["host"] = host;
  }
  if (!gateway.tls_secret.empty()) spec["tls"] = {{{"hosts", hosts}, {"secretName", gateway.tls_secret}}};
  return ingress;
}

}  // namespace

void draft_gateway(Drafts& drafts) {
  const project::Project& project = drafts.project;
  if (!project.gateway) return;
  const project::Gateway& gateway = *project.gateway;
  const Workload& workload = drafts.begin({.name = "kong",
                                           .component = "gateway",
                                           .version = image_version(gateway.image),
                                           .service = "kong",
                                           .tier = project::Tier::gateway,
                                           .origin = project.place_of({"gateway"})});
  for (const char* object : {"ServiceAccount/kong", "PodDisruptionBudget/kong"})
    drafts.add(workload, base(kong, object));
  drafts.add_config(workload, base(kong, "ConfigMap/kong-env"), settings(gateway));
  drafts.add(workload, proxy_service(gateway));
  Json deployment = base(kong, "Deployment/kong");
  draft_config(drafts, workload, deployment);
  draft_deployment(drafts, workload, std::move(deployment));
  if (gateway.expose == project::Expose::ingress) drafts.add(workload, ingress_of(project));
}

}  // namespace kforge::render
