// SPDX-License-Identifier: Apache-2.0
#include "sample.hpp"

#include "base/diagnostics.hpp"
#include "base/text.hpp"
#include "tests/support/catch.hpp"
#include "yaml/node.hpp"

using namespace kforge;

namespace {

Json parse_kong(const std::string& text) {
  return yaml::to_json(yaml::parse("kong.yml", text));
}

// kong.yml out of the ConfigMap, or out of the Secret.
Json kong_of(const project::Project& project) {
  const auto rendered = render::render(project, tests::with_values(project));
  if (tests::contains(rendered, "ConfigMap", "kong-config"))
    return parse_kong(string_at(tests::find(rendered, "ConfigMap", "kong-config"), {"data", "kong.yml"}));
  return parse_kong(tests::secret_text(tests::find(rendered, "Secret", "kong-config"), "kong.yml"));
}

Json env_settings_of(const project::Project& project) {
  const auto rendered = tests::render_offline(project);
  return tests::find(rendered, "ConfigMap", "kong-env")["data"];
}

Json proxy_of(const project::Project& project) {
  const auto rendered = tests::render_offline(project);
  return tests::find(rendered, "Service", "kong-proxy")["spec"];
}

const Json& plugin(const Json& owner, std::string_view name) {
  static const Json none;
  for (const Json& candidate : at_path(owner, {"plugins"}))
    if (candidate["name"] == name) return candidate["config"];
  return none;
}

project::Project with_keys() {
  project::Project project = tests::shop();
  project.secrets["partners"] = tests::generated_secret("partners", {"a"});
  project.gateway->consumers = {{.name = "partner-a", .key = {.secret = "partners", .key = "a"}}};
  project.services[0].routes[0].auth = project::RouteAuth::key;
  return project;
}

}  // namespace

TEST_CASE("routes lead to the services by their names in the cluster") {
  const Json config = kong_of(tests::shop());
  CHECK(config["_format_version"] == "3.0");
  const Json& order = config["services"][0];
  CHECK(order["name"] == "order-service");
  CHECK(order["host"] == "order-service.backend.svc.cluster.local");
  CHECK(order["port"] == 8001);
  CHECK(order["routes"] == Json::array({{{"name", "order-service-api-orders"},
                                         {"hosts", Json::array({"api.shop.example.com"})},
                                         {"paths", Json::array({"/api/orders"})},
                                         {"protocols", Json::array({"http", "https"})},
                                         {"preserve_host", false},
                                         {"strip_path", false}}}));
}

TEST_CASE("only the public part of Keycloak is exposed, under its own host") {
  const Json config = kong_of(tests::shop());
  const Json& route = config["services"][3]["routes"][0];
  CHECK(route["hosts"] == Json::array({"auth.shop.example.com"}));
  CHECK(route["paths"] == Json::array({"/realms/", "/resources/", "/.well-known/"}));
  CHECK(route["preserve_host"] == true);
}

TEST_CASE("a service without routes and a Keycloak without a hostname are not exposed") {
  project::Project project = tests::shop();
  project.auth->hostname = "";
  project.services[1].routes.clear();
  const Json config = kong_of(project);
  REQUIRE(config["services"].size() == 2);
  CHECK(config["services"][1]["name"] == "product-service");
}

TEST_CASE("options of a route") {
  project::Project project = tests::shop();
  project.services[0].routes = {{.path = "/a", .auth = project::RouteAuth::jwt, .rate_limit_per_minute = 120},
                                {.path = "/a/", .methods = {"GET"}, .strip_path = true}};
  const Json config = kong_of(project);
  const Json& routes = config["services"][0]["routes"];
  CHECK(routes[0]["name"] == "order-service-a");
  CHECK(routes[1]["name"] == "order-service-a-2");
  CHECK(plugin(routes[0], "jwt")["key_claim_name"] == "kid");
  CHECK(plugin(routes[0], "jwt")["claims_to_verify"] == Json::array({"exp"}));
  CHECK(plugin(routes[0], "rate-limiting")["minute"] == 120);
  CHECK(plugin(routes[0], "rate-limiting")["limit_by"] == "ip");
  CHECK(routes[1]["methods"] == Json::array({"GET"}));
  CHECK(routes[1]["strip_path"] == true);
  CHECK_FALSE(routes[1].contains("plugins"));
}

TEST_CASE("signing keys become credentials of the realm, by key id") {
  project::Project project = tests::shop();
  project.gateway->jwt_keys = {{.kid = "2026-01", .pem = "-----BEGIN PUBLIC KEY-----\nA\n-----END PUBLIC KEY-----\n"}};
  const Json config = kong_of(project);
  CHECK(config["consumers"] ==
        Json::array({{{"username", "realm-shop"},
                      {"jwt_secrets", Json::array({{{"key", "2026-01"},
                                                    {"algorithm", "RS256"},
                                                    {"rsa_public_key", project.gateway->jwt_keys[0].pem}}})}}}));
  const auto rendered = tests::render_offline(project);
  CHECK(tests::contains(rendered, "ConfigMap", "kong-config"));  // public keys are no secret
}

TEST_CASE("keys of consumers move the configuration into a Secret") {
  const project::Project project = with_keys();
  const Json config = kong_of(project);
  CHECK(config["consumers"][0]["keyauth_credentials"][0]["key"] == "value of partners/a");
  CHECK(plugin(config["services"][0]["routes"][0], "key-auth")["hide_credentials"] == true);
  const auto rendered = tests::render_offline(project);
  CHECK_FALSE(tests::contains(rendered, "ConfigMap", "kong-config"));
  const Json& secret = tests::find(rendered, "Secret", "kong-config");
  CHECK_FALSE(secret.contains("immutable"));
  const Json& pod = tests::find(rendered, "Deployment", "kong")["spec"]["template"]["spec"];
  CHECK(contains(to_text(pod["volumes"]), string_at(secret, {"metadata", "name"})));
}

TEST_CASE("a consumer's key in a Secret of somebody else is refused") {
  project::Project project = with_keys();
  project.secrets["partners"].existing = true;
  CHECK_THROWS_AS(tests::render_offline(project), InvalidInput);
}

TEST_CASE("plugins for every request") {
  project::Project project = tests::shop();
  CHECK(plugin(kong_of(project), "cors").is_null());
  CHECK(plugin(kong_of(project), "rate-limiting").is_null());
  CHECK(plugin(kong_of(project), "request-size-limiting")["allowed_payload_size"] == 8);
  project.gateway->cors_origins = {"https://shop.example.com"};
  project.gateway->rate_limit_per_minute = 600;
  project.gateway->max_body_mb = 2;
  const Json config = kong_of(project);
  CHECK(plugin(config, "cors")["origins"] == Json::array({"https://shop.example.com"}));
  CHECK(plugin(config, "rate-limiting")["minute"] == 600);
  CHECK(plugin(config, "request-size-limiting")["allowed_payload_size"] == 2);
}

TEST_CASE("a certificate makes Kong serve HTTPS and send plain HTTP there") {
  project::Project project = tests::shop();
  CHECK_FALSE(contains(env_settings_of(project)["KONG_PROXY_LISTEN"].get<std::string>(), "8443"));
  CHECK(proxy_of(project)["ports"].size() == 1);
  project.gateway->tls_secret = "kong-tls";
  CHECK(contains(env_settings_of(project)["KONG_PROXY_LISTEN"].get<std::string>(), "0.0.0.0:8443 http2 ssl"));
  CHECK(env_settings_of(project)["KONG_SSL_CERT"] == "/etc/kong/tls/tls.crt");
  CHECK(proxy_of(project)["ports"][1]["port"] == 443);
  const Json config = kong_of(project);
  CHECK(config["services"][0]["routes"][0]["protocols"] == Json::array({"https"}));
  CHECK(config["services"][0]["routes"][0]["https_redirect_status_code"] == 308);
  const auto rendered = tests::render_offline(project);
  const Json& pod = tests::find(rendered, "Deployment", "kong")["spec"]["template"]["spec"];
  CHECK(pod["containers"][0]["ports"][1]["name"] == "https");
  for (const char* list : {"initContainers", "containers"})
    CHECK(pod[list][0]["volumeMounts"].back()["mountPath"] == "/etc/kong/tls");
}

TEST_CASE("ways to expose the gateway") {
  project::Project project = tests::shop();
  CHECK(proxy_of(project)["type"] == "LoadBalancer");
  CHECK(proxy_of(project)["externalTrafficPolicy"] == "Local");
  project.gateway->expose = project::Expose::node_port;
  CHECK(proxy_of(project)["type"] == "NodePort");
  CHECK_FALSE(proxy_of(project).contains("externalTrafficPolicy"));
  project.gateway->expose = project::Expose::cluster_ip;
  CHECK(proxy_of(project)["type"] == "ClusterIP");
  CHECK_FALSE(tests::contains(tests::render_offline(project), "Ingress", "kong"));
}

TEST_CASE("behind an ingress controller TLS ends there, and its word about the client counts") {
  project::Project project = tests::shop();
  project.gateway->expose = project::Expose::ingress;
  project.gateway->ingress_class = "nginx";
  project.gateway->tls_secret = "kong-tls";
  CHECK(proxy_of(project)["type"] == "ClusterIP");
  CHECK(env_settings_of(project)["KONG_TRUSTED_IPS"] == "0.0.0.0/0,::/0");
  CHECK_FALSE(env_settings_of(project).contains("KONG_SSL_CERT"));
  const auto rendered = tests::render_offline(project);
  const Json& ingress = tests::find(rendered, "Ingress", "kong")["spec"];
  CHECK(ingress["ingressClassName"] == "nginx");
  CHECK(ingress["tls"] == Json::array({{{"hosts", Json::array({"api.shop.example.com", "auth.shop.example.com"})},
                                        {"secretName", "kong-tls"}}}));
  REQUIRE(ingress["rules"].size() == 2);
  CHECK(ingress["rules"][1]["host"] == "auth.shop.example.com");
  CHECK(ingress["rules"][1]["http"]["paths"][0]["backend"]["service"]["name"] == "kong-proxy");
}

TEST_CASE("a gateway of no host takes requests for any") {
  project::Project project = tests::shop();
  project.gateway->host = "";
  project.auth->hostname = "";
  CHECK_FALSE(kong_of(project)["services"][0]["routes"][0].contains("hosts"));
  project.gateway->expose = project::Expose::ingress;
  const auto rendered = tests::render_offline(project);
  const Json& rules = tests::find(rendered, "Ingress", "kong")["spec"]["rules"];
  REQUIRE(rules.size() == 1);
  CHECK_FALSE(rules[0].contains("host"));
}
