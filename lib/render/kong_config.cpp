// SPDX-License-Identifier: Apache-2.0
// kong.yml: https://docs.konghq.com/gateway/3.9.x/production/deployment-topologies/db-less-and-declarative-config/
#include "base/text.hpp"
#include "render/components.hpp"

#include <fmt/format.h>

#include <cctype>
#include <set>

namespace kforge::render {
namespace {

using KeyReader = std::function<std::string(const project::SecretRef&)>;

Json plugin(const char* name, Json config) {
  return {{"name", name}, {"config", std::move(config)}};
}

Json rate_limit(int per_minute) {
  // A DB-less gateway counts in each pod; by address, because all tokens of a realm are one consumer.
  return plugin("rate-limiting", {{"minute", per_minute},
                                  {"policy", "local"},
                                  {"limit_by", "ip"},
                                  {"fault_tolerant", true},
                                  {"hide_client_headers", false}});
}

Json jwt() {
  // By key id, so that a key can be rotated while the old one is still listed; tokens are read from the header only.
  return plugin("jwt", {{"key_claim_name", "kid"},
                        {"claims_to_verify", Json::array({"exp"})},
                        {"run_on_preflight", false},
                        {"uri_param_names", Json::array()},
                        {"cookie_names", Json::array()}});
}

Json key_auth() {
  return plugin("key-auth", {{"key_names", Json::array({"apikey"})},
                             {"key_in_query", false},
                             {"key_in_body", false},
                             {"hide_credentials", true}});
}

Json route_plugins(const project::Route& route) {
  Json plugins = Json::array();
  if (route.auth == project::RouteAuth::jwt) plugins.push_back(jwt());
  if (route.auth == project::RouteAuth::key) plugins.push_back(key_auth());
  if (route.rate_limit_per_minute) plugins.push_back(rate_limit(*route.rate_limit_per_minute));
  return plugins;
}

// What every route has: where it listens. With a certificate of its own Kong sends plain HTTP to HTTPS.
Json route(const project::Gateway& gateway, const std::string& name, const std::string& host) {
  Json route = {{"name", name}, {"strip_path", false}, {"preserve_host", false}};
  if (!host.empty()) route["hosts"] = Json::array({host});
  if (gateway.tls_secret.empty() || gateway.expose == project::Expose::ingress) {
    route["protocols"] = {"http", "https"};
  } else {
    route["protocols"] = Json::array({"https"});
    route["https_redirect_status_code"] = 308;
  }
  return route;
}

// "product-service" and "/api/products" -> "product-service-api-products"; names are unique.
std::string route_name(const project::Service& service, const std::string& path, std::set<std::string>& taken) {
  std::string slug = service.name;
  for (const std::string& part : split(path, '/')) {
    std::string clean;
    for (const char c : part)
      if (std::isalnum(static_cast<unsigned char>(c)) || c == '-' || c == '.' || c == '_') clean += c;
    if (!clean.empty()) slug += "-" + clean;
  }
  std::string name = slug;
  for (int i = 2; !taken.insert(name).second; ++i) name = fmt::format("{}-{}", slug, i);
  return name;
}

Json routes_of(const project::Gateway& gateway, const project::Service& service) {
  Json routes = Json::array();
  std::set<std::string> taken;
  for (const project::Route& wanted : service.routes) {
    Json made = route(gateway, route_name(service, wanted.path, taken), gateway.host);
    made["paths"] = Json::array({wanted.path});
    made["strip_path"] = wanted.strip_path;
    if (!wanted.methods.empty()) made["methods"] = wanted.methods;
    if (Json plugins = route_plugins(wanted); !plugins.empty()) made["plugins"] = std::move(plugins);
    routes.push_back(std::move(made));
  }
  return routes;
}

Json upstream(const std::string& name, const std::string& host, int port) {
  return {{"name", name},          {"protocol", "http"},     {"host", host}, {"port", port}, {"connect_timeout", 3000},
          {"read_timeout", 30000}, {"write_timeout", 30000}, {"retries", 2}};
}

// "https://auth.shop.example.com:8443/x" -> "auth.shop.example.com"
std::string host_of_url(std::string_view url) {
  if (const std::size_t scheme = url.find("://"); scheme != url.npos) url.remove_prefix(scheme + 3);
  return std::string(url.substr(0, url.find_first_of(":/")));
}

// The public part of Keycloak: neither the admin console nor its API, health and metrics.
Json keycloak(const project::Project& project) {
  Json service = upstream("keycloak", service_host(project, project::Tier::auth, "keycloak"), 8080);
  Json made = route(*project.gateway, "keycloak-public", host_of_url(project.auth->hostname));
  made["paths"] = {"/realms/", "/resources/", "/.well-known/"};
  made["preserve_host"] = true;
  service["routes"] = Json::array({std::move(made)});
  return service;
}

Json services_of(const project::Project& project) {
  Json services = Json::array();
  for (const project::Service& service : project.services) {
    if (service.routes.empty()) continue;
    Json made = upstream(service.name, service_host(project, project::Tier::backend, service.name), service.port);
    made["routes"] = routes_of(*project.gateway, service);
    services.push_back(std::move(made));
  }
  if (project.auth && !project.auth->hostname.empty()) services.push_back(keycloak(project));
  return services;
}

std::string token_realm(const project::Project& project) {
  if (!project.gateway->jwt_realm.empty()) return project.gateway->jwt_realm;
  return project.auth ? main_realm(project) : project.name;
}

Json consumers_of(const project::Project& project, const KeyReader& key) {
  const project::Gateway& gateway = *project.gateway;
  Json consumers = Json::array();
  for (const project::KeyConsumer& consumer : gateway.consumers)
    consumers.push_back({{"username", consumer.name}, {"keyauth_credentials", {{{"key", key(consumer.key)}}}}});
  if (gateway.jwt_keys.empty()) return consumers;
  Json secrets = Json::array();
  for (const project::JwtKey& signing : gateway.jwt_keys)
    secrets.push_back({{"key", signing.kid}, {"algorithm", "RS256"}, {"rsa_public_key", signing.pem}});
  consumers.push_back({{"username", "realm-" + token_realm(project)}, {"jwt_secrets", std::move(secrets)}});
  return consumers;
}

Json global_plugins(const project::Gateway& gateway) {
  Json plugins = Json::array();
  plugins.push_back(
      plugin("correlation-id", {{"header_name", "X-Request-ID"}, {"generator", "uuid"}, {"echo_downstream", true}}));
  if (!gateway.cors_origins.empty())
    plugins.push_back(plugin("cors", {{"origins", gateway.cors_origins},
                                      {"methods", {"GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}},
                                      {"headers", {"Authorization", "Content-Type"}},
                                      {"credentials", true},
                                      {"max_age", 3600}}));
  plugins.push_back(plugin(
      "request-size-limiting",
      {{"allowed_payload_size", gateway.max_body_mb}, {"size_unit", "megabytes"}, {"require_content_length", false}}));
  if (gateway.rate_limit_per_minute) plugins.push_back(rate_limit(*gateway.rate_limit_per_minute));
  plugins.push_back(plugin("prometheus", {{"status_code_metrics", true},
                                          {"latency_metrics", true},
                                          {"bandwidth_metrics", true},
                                          {"upstream_health_metrics", true},
                                          {"per_consumer", false}}));
  return plugins;
}

}  // namespace

std::vector<std::string> public_hosts(const project::Project& project) {
  std::vector<std::string> hosts;
  if (project.gateway && !project.gateway->host.empty()) hosts.push_back(project.gateway->host);
  if (project.auth && !project.auth->hostname.empty()) hosts.push_back(host_of_url(project.auth->hostname));
  if (hosts.size() == 2 && hosts[0] == hosts[1]) hosts.pop_back();
  return hosts;
}

Json kong_config(const project::Project& project, const KeyReader& key) {
  Json config = {{"_format_version", "3.0"}};
  if (Json services = services_of(project); !services.empty()) config["services"] = std::move(services);
  if (Json consumers = consumers_of(project, key); !consumers.empty()) config["consumers"] = std::move(consumers);
  config["plugins"] = global_plugins(*project.gateway);
  return config;
}

}  // namespace kforge::render
