// SPDX-License-Identifier: Apache-2.0
// Database, auth, gateway, secrets and the rest of the top-level keys.
#include "tests/support/catch.hpp"
#include "tests/unit/project/text.hpp"

namespace kforge::tests {
namespace {

using namespace project;

std::vector<std::pair<std::string, std::string>> databases_of(const Project& project) {
  std::vector<std::pair<std::string, std::string>> found;
  for (const DatabaseUser& user : project.database->databases) found.emplace_back(user.database, user.owner);
  return found;
}
using Databases = std::vector<std::pair<std::string, std::string>>;

std::vector<std::string> names_of(const std::map<std::string, SecretSpec>& secrets) {
  std::vector<std::string> names;
  for (const auto& [name, secret] : secrets) names.push_back(name);
  return names;
}

const std::string shop =
    "apiVersion: kforge.dev/v1\nproject: shop\nservices:\n"
    "  product-service: {image: p:1, port: 8000}\n  cart: {image: c:1, port: 8001}\n";

TEST_CASE("`database: {kind: postgres}` is a server with a database and role for every service") {
  const Project project = load(shop + "database: {kind: postgres}\n");
  CHECK(project.database->image == "postgres:17.6-bookworm");
  CHECK(project.database->major == 17);
  CHECK(project.database->storage_size == "20Gi");
  CHECK(databases_of(project) == Databases{{"cart", "cart"}, {"product", "product"}});
  CHECK(project.find_service("product-service")->database == "product");
  CHECK(project.find_service("cart")->database == "cart");
  CHECK(names_of(project.secrets) ==
        std::vector<std::string>{"postgres-role-cart", "postgres-role-product", "postgres-superuser"});
  const SecretSource& password = project.secrets.at("postgres-role-product").values.at("password");
  CHECK(password.kind == SecretSource::Kind::generate);
  CHECK(password.length == 32);
}

TEST_CASE("a service does without a database when it says none or nothing") {
  for (const char* value : {"none", "null", "~", ""}) {
    INFO(value);
    const Project project = load(with_service_keys(std::string("database: ") + value) + "database: {kind: postgres}\n");
    CHECK(project.services[0].database.empty());
    CHECK(project.database->databases.empty());
  }
}

TEST_CASE("services share a database by naming it, or all of them by one word") {
  const Project named = load(shop + "  x: {image: x:1, port: 8002, database: product}\ndatabase: {kind: postgres}\n");
  CHECK(databases_of(named) == Databases{{"cart", "cart"}, {"product", "product"}});
  CHECK(named.find_service("x")->database == "product");
  const Project shared = load(shop + "database: {kind: postgres, shared: true}\n");
  CHECK(databases_of(shared) == Databases{{"shop", "shop"}});
  CHECK(shared.find_service("cart")->database == "shop");
}

TEST_CASE("databases can have other owners, and there can be more of them") {
  const Project project =
      load(shop + "database: {kind: postgres, databases: {product: {owner: catalog}, reports: {}}}\n");
  CHECK(databases_of(project) == Databases{{"cart", "cart"}, {"product", "catalog"}, {"reports", "reports"}});
  CHECK(project.secrets.contains("postgres-role-catalog"));
}

TEST_CASE("the secret of a role has a name that Kubernetes accepts") {
  CHECK(role_secret_name("order_items") == "postgres-role-order-items");
}

TEST_CASE("`auth: {kind: keycloak}` brings its database, its administrator and no realm of a file") {
  const Project project =
      load(shop + "database: {kind: postgres}\nauth: {kind: keycloak, hostname: https://auth.example.com}\n");
  CHECK(project.auth->image == "quay.io/keycloak/keycloak:26.4.0");
  CHECK(project.auth->replicas == 2);
  CHECK(project.auth->hostname == "https://auth.example.com");
  CHECK(project.auth->realms.empty());
  CHECK(databases_of(project).at(1) == std::pair<std::string, std::string>{"keycloak", "keycloak"});
  const SecretSpec& admin = project.secrets.at("keycloak-admin");
  CHECK(admin.values.at("username").kind == SecretSource::Kind::literal);
  CHECK(admin.values.at("username").name == "admin");
  CHECK(admin.values.at("password").kind == SecretSource::Kind::generate);
}

TEST_CASE("implied secrets keep what the file says about them") {
  const Project project = load(shop +
                               "database: {kind: postgres}\nauth: {kind: keycloak}\nsecrets:\n"
                               "  keycloak-admin: {password: {env: ADMIN_PASSWORD}}\n"
                               "  postgres-superuser: {existing: true}\n"
                               "  postgres-role-product: {password: {generate: {length: 64}}}\n");
  CHECK(project.secrets.at("keycloak-admin").values.at("password").kind == SecretSource::Kind::env);
  CHECK(project.secrets.at("keycloak-admin").values.at("password").name == "ADMIN_PASSWORD");
  CHECK(project.secrets.at("keycloak-admin").values.at("username").name == "admin");
  CHECK(project.secrets.at("postgres-superuser").existing);
  CHECK(project.secrets.at("postgres-superuser").values.empty());
  CHECK(project.secrets.at("postgres-role-product").values.at("password").length == 64);
}

TEST_CASE("secrets come from four sources") {
  const Project project = load(
      with_service_keys("secretEnv: {A: s.a, B: s.b, C: s.c, D: s.d, E: s.tls.key}") +
      "secrets: {s: {a: {generate: true}, b: {env: X}, c: {file: x/y}, d: {value: 5}, tls.key: {generate: {}}}}\n");
  const auto& values = project.secrets.at("s").values;
  CHECK(values.at("a").kind == SecretSource::Kind::generate);
  CHECK(values.at("b").kind == SecretSource::Kind::env);
  CHECK(values.at("b").name == "X");
  CHECK(values.at("c").kind == SecretSource::Kind::file);
  CHECK(values.at("c").name == "x/y");
  CHECK(values.at("d").kind == SecretSource::Kind::literal);
  CHECK(values.at("d").name == "5");
  CHECK(values.at("tls.key").length == 32);
  CHECK(project.services[0].secret_env.at("E").secret == "s");
  CHECK(project.services[0].secret_env.at("E").key == "tls.key");
}

TEST_CASE("`gateway: {kind: kong}` is a load balancer with the defaults of production") {
  const Project project = load(with_service_keys("routes: [/]") + "gateway: {kind: kong, host: api.example.com}\n");
  CHECK(project.gateway->image == "kong:3.9.2");
  CHECK(project.gateway->replicas == 2);
  CHECK(project.gateway->host == "api.example.com");
  CHECK(project.gateway->expose == Expose::load_balancer);
  CHECK(project.gateway->max_body_mb == 8);
}

TEST_CASE("the keys of a gateway arrive where they belong") {
  const Project project =
      load(with_service_keys("routes: [{path: /, auth: key}]") +
           "secrets: {partners: {a: {env: A}, b: {env: B}}}\n"
           "gateway:\n  kind: kong\n  host: api.example.com\n  expose: {type: Ingress, class: nginx}\n  tls: {secret: "
           "kong-tls}\n"
           "  consumers: {b: {key: partners.b}, a: {key: partners.a}}\n"
           "  plugins: {cors: {origins: [https://shop.example.com, \"*\"]}, rateLimit: {minute: 600}, maxBodyMb: 4}\n");
  const Gateway& gateway = *project.gateway;
  CHECK(gateway.expose == Expose::ingress);
  CHECK(gateway.ingress_class == "nginx");
  CHECK(gateway.tls_secret == "kong-tls");
  REQUIRE(gateway.consumers.size() == 2);
  CHECK(gateway.consumers[0].name == "a");
  CHECK(gateway.consumers[0].key.secret == "partners");
  CHECK(gateway.consumers[1].key.key == "b");
  CHECK(gateway.cors_origins == std::vector<std::string>{"https://shop.example.com", "*"});
  CHECK(gateway.rate_limit_per_minute == 600);
  CHECK(gateway.max_body_mb == 4);
  CHECK(load(with_service_keys("routes: [/]") + "gateway: {kind: kong, expose: ClusterIP}\n").gateway->expose ==
        Expose::cluster_ip);
}

TEST_CASE("namespaces, cluster and version") {
  const Project project =
      load(small("namespaces: {backend: shop, create: false}\nkubernetes: {context: prod, minVersion: \"1.31\"}\n"));
  CHECK(project.namespaces.of(Tier::backend) == "shop");
  CHECK(project.namespaces.of(Tier::database) == "database");
  CHECK_FALSE(project.namespaces.create);
  CHECK(project.context == "prod");
  CHECK(project.min_version == "1.31");
  CHECK(load(small()).min_version == "1.30");
}

TEST_CASE("places are those of the file, or of what is nearest above") {
  const Project project = load(with_service_keys("uses: [b]\n  b: {image: b:1, port: 8001}"));
  CHECK(project.place_of({"services", "a", "port"}).to_string() == "kforge.yaml:6:11");
  CHECK(project.place_of({"services", "a"}).to_string() == "kforge.yaml:4:3");
  CHECK(project.place_of({"services", "a", "uses", "0"}).to_string() == "kforge.yaml:7:12");
  CHECK(project.place_of({"services", "a", "scale", "min"}).to_string() == "kforge.yaml:4:3");
  CHECK(project.place_of({"nothing"}).to_string() == "kforge.yaml:1:1");
}

}  // namespace
}  // namespace kforge::tests
