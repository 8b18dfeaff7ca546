// SPDX-License-Identifier: Apache-2.0
// What is wrong although every value is well-formed: a row per rule.
#include "tests/support/catch.hpp"
#include "tests/unit/project/text.hpp"

namespace kforge::tests {
namespace {

using Problems = std::vector<std::string>;

struct Row {
  const char* rule;
  std::string text;
  Problems problems;
};

void check(const std::vector<Row>& rows) {
  for (const Row& row : rows) {
    INFO(row.rule << "\n" << row.text);
    CHECK(problems_of(row.text) == row.problems);
  }
}

const std::string head = "apiVersion: kforge.dev/v1\nproject: shop\nservices:\n";
const std::string postgres = "database: {kind: postgres}\n";
const std::string keycloak = postgres + "auth: {kind: keycloak}\n";

TEST_CASE("services") {
  check({
      {"a port twice",
       head + "  a: {image: a:1, port: 8000}\n  b: {image: b:1, port: 8000}\n",
       {"5:25 warning: port 8000 is used by 'a' and 'b'"}},
      {"a port of root",
       head + "  a: {image: a:1, port: 80}\n",
       {"4:25 warning: port 80 is one that only root may listen on everywhere"}},
      {"no tag",
       head + "  a: {image: a, port: 8000}\n",
       {"4:14 warning: image 'a' has no tag: nodes take 'latest', and a release cannot be repeated"}},
      {"latest",
       head + "  a: {image: a:latest, port: 8000}\n",
       {"4:14 warning: the tag 'latest' says no version: a release cannot be repeated"}},
      {"a digest needs no tag", head + "  a: {image: a@sha256:" + std::string(64, '0') + ", port: 8000}\n", {}},
      {"min above max", with_service_keys("scale: {min: 5, max: 2}"), {"7:18 error: scale.min 5 is above scale.max 2"}},
      {"no pod could be replaced",
       with_service_keys("rollout: {maxSurge: 0%}"),
       {"7:25 error: maxSurge and maxUnavailable are both 0: no pod could ever be replaced"}},
      {"deadline and minReadySeconds",
       with_service_keys("rollout: {deadline: 30s, minReadySeconds: 30}"),
       {"7:25 error: rollout.deadline 30s is not above minReadySeconds 30"}},
      {"drain",
       with_service_keys("drain: {sleep: 60}"),
       {"7:5 error: drain.grace 45s is not above drain.sleep 60s: pods would be killed before they are told to end"}},
      {"no sleep needs no grace", with_service_keys("drain: {sleep: 0, grace: 0}"), {}},
      {"a folder twice",
       with_service_keys("writablePaths: [/tmp, /a, /a]"),
       {"7:21 error: '/tmp' is writable already", "7:31 error: '/a' is writable already"}},
      {"the root folder",
       with_service_keys("writablePaths: [/]"),
       {"7:21 error: the root folder cannot be one that starts empty"}},
  });
}

TEST_CASE("resources") {
  check({
      {"request above limit",
       with_service_keys("resources: {requests: {memory: 1Gi}}"),
       {"7:36 error: the request of memory 1Gi is above its limit 512Mi"}},
      {"half a byte",
       with_service_keys("resources: {limits: {memory: 512m}}"),
       {"7:34 error: '512m' is 0.512 bytes, too little to run with"}},
      {"too many cores",
       with_service_keys("resources: {limits: {cpu: 250Mi}}"),
       {"7:31 error: '250Mi' are 262144000 cores"}},
      {"no limit is above any request", with_service_keys("resources: {requests: {cpu: 9}, limits: {cpu: none}}"), {}},
      {"of the database",
       small("database: {kind: postgres, resources: {requests: {cpu: 2}, limits: {cpu: 1}}}"),
       {"5:56 error: the request of cpu 2 is above its limit 1"}},
  });
}

TEST_CASE("names") {
  check({
      {"a name of kforge",
       head + "  postgres: {image: p:1, port: 8000}\n",
       {"4:3 error: the name 'postgres' belongs to a part that kforge brings"}},
      {"a label of kforge", with_service_keys("labels: {tier: x}"), {"7:20 error: the label 'tier' is set by kforge"}},
      {"a label of kforge on everything",
       small("defaults: {labels: {app.kubernetes.io/name: x}}"),
       {"5:45 error: the label 'app.kubernetes.io/name' is set by kforge"}},
      {"a namespace of Kubernetes",
       small("namespaces: {backend: kube-system}"),
       {"5:23 error: Kubernetes keeps the namespace 'kube-system' for itself"}},
      {"the namespace that everybody has", small("namespaces: {backend: default}"), {}},
      {"an old Kubernetes",
       small("kubernetes: {minVersion: \"1.29\"}"),
       {"5:26 error: kforge renders for Kubernetes 1.30 and newer"}},
  });
}

TEST_CASE("references between services") {
  check({
      {"uses nothing",
       with_service_keys("uses: [b]"),
       {"7:12 error: 'a' uses 'b', which is not a service of this project"}},
      {"uses itself", with_service_keys("uses: [a]"), {"7:12 error: 'a' uses itself"}},
      {"uses twice",
       with_service_keys("uses: [b, b]\n  b: {image: b:1, port: 8001}"),
       {"7:15 warning: 'b' is listed twice"}},
      {"one variable for two",
       with_service_keys("uses: [b, b-service]\n  b: {image: b:1, port: 8001}\n  b-service: {image: b:1, port: 8002}"),
       {"7:15 error: the addresses of 'b' and 'b-service' would both be B_SERVICE_URL"}},
  });
}

TEST_CASE("secrets") {
  const std::string pay = "secrets: {pay: {key: {env: K}}}\n";
  check({
      {"no such secret",
       with_service_keys("secretEnv: {A: pya.key}") + pay,
       {"7:20 error: there is no secret 'pya'", "8:11 warning: secret 'pay' is not used"}},
      {"no such key",
       with_service_keys("secretEnv: {A: pay.kye}") + pay,
       {"7:20 error: secret 'pay' has no key 'kye'"}},
      {"any key of an existing secret",
       with_service_keys("secretEnv: {A: pay.kye}") + "secrets: {pay: {existing: true}}\n",
       {}},
      {"unused", small(pay), {"5:11 warning: secret 'pay' is not used"}},
      {"without keys",
       with_service_keys("secretEnv: {A: pay.key}") + "secrets: {pay: {}}\n",
       {"7:20 error: secret 'pay' has no key 'key'", "8:11 error: secret 'pay' has no keys"}},
      {"an implied one may be used", with_service_keys("secretEnv: {A: postgres-superuser.password}") + postgres, {}},
      {"a role's password must be known",
       with_service_keys("database: b") + postgres + "secrets: {postgres-role-b: {existing: true}}\n",
       {"9:39 error: kforge needs the value of 'postgres-role-b.password', and does not know that of an existing "
        "secret"}},
  });
  CHECK(hint_of(with_service_keys("secretEnv: {A: zzz.key}")) ==
        "add it under 'secrets', such as zzz: {existing: true}");
}

TEST_CASE("environment variables") {
  check({
      {"twice",
       with_service_keys("env: {A: b}\n    secretEnv: {A: pay.key}") + "secrets: {pay: {key: {env: K}}}\n",
       {"7:14 error: 'A' stands under both env and secretEnv of 'a'"}},
      {"another port",
       with_service_keys("env: {PORT: 9000}"),
       {"7:17 error: PORT is 9000 here, but the port of 'a' is 8000"}},
      {"the same port", with_service_keys("env: {PORT: 8000}"), {}},
      {"what kforge derives",
       with_service_keys("env: {DB_HOST: x}") + postgres,
       {"7:20 warning: DB_HOST overrides what kforge sets for 'a'"}},
      {"by a secret",
       with_service_keys("secretEnv: {DATABASE_URL: pay.url}") + "secrets: {pay: {existing: true}}\n" + postgres,
       {"7:31 warning: DATABASE_URL overrides what kforge sets for 'a'"}},
      {"without a database it is free", with_service_keys("env: {DB_HOST: x}\n    database: none") + postgres, {}},
      {"mere defaults are free",
       with_service_keys("env: {LOG_LEVEL: debug, NODE_ENV: test, HOST: \"::\", NODE_OPTIONS: x, DB_POOL_MAX: 5}") +
           postgres,
       {}},
      {"of a neighbour",
       with_service_keys("env: {B_SERVICE_URL: x}\n    uses: [b]\n  b: {image: b:1, port: 8001}"),
       {"7:26 warning: B_SERVICE_URL overrides what kforge sets for 'a'"}},
      {"a secret in the open",
       with_service_keys("env: {SMTP_PASSWORD: x}"),
       {"7:26 warning: SMTP_PASSWORD sounds like a secret, and env can be read by everybody who may look at the "
        "namespace"}},
      {"nothing is no secret", with_service_keys("env: {SMTP_PASSWORD: \"\"}"), {}},
  });
}

TEST_CASE("gateway") {
  const std::string kong = "gateway: {kind: kong}\n";
  check({
      {"a path twice",
       with_service_keys("routes: [/a, /a/]") + kong,
       {"7:18 error: path '/a/' of 'a' leads to 'a' already"}},
      {"a path of two services",
       with_service_keys("routes: [/a]\n  b: {image: b:1, port: 8001, routes: [{path: /a}]}") + kong,
       {"8:40 error: path '/a' of 'b' leads to 'a' already"}},
      {"other methods",
       with_service_keys("routes: [{path: /a, methods: [GET]}, {path: /a, methods: [PUT]}]") + kong,
       {}},
      {"no gateway",
       with_service_keys("routes: [/a]"),
       {"7:5 warning: routes lead nowhere: the project has no gateway"}},
      {"no routes", small(kong), {"5:1 warning: the gateway leads nowhere: no service has routes"}},
      {"no keys for tokens",
       with_service_keys("routes: [{path: /a, auth: jwt}]") + kong,
       {"7:14 error: path '/a' wants a token, but gateway.jwt has no keys"}},
      {"no consumers",
       with_service_keys("routes: [{path: /a, auth: key}]") + kong,
       {"7:14 error: path '/a' wants a key, but gateway.consumers is empty"}},
      {"a class for nothing",
       with_service_keys("routes: [/a]") + "gateway: {kind: kong, expose: {class: nginx}}\n",
       {"8:39 warning: 'class' counts for type Ingress only"}},
      {"an Ingress without a host",
       with_service_keys("routes: [/a]") + "gateway: {kind: kong, expose: Ingress}\n",
       {"8:31 error: an Ingress needs 'gateway.host'"}},
      {"a consumer of an existing secret",
       with_service_keys("routes: [{path: /a, auth: key}]") +
           "secrets: {p: {existing: true}}\ngateway: {kind: kong, consumers: {x: {key: p.k}}}\n",
       {"9:44 error: kforge needs the value of 'p.k', and does not know that of an existing secret"}},
  });
}

TEST_CASE("database") {
  check({
      {"none",
       with_service_keys("database: b"),
       {"7:15 error: service 'a' has the database 'b', but the project has no database"}},
      {"keycloak without one", small("auth: {kind: keycloak}"), {"5:1 error: keycloak needs a database"}},
      {"keycloak with one", small(keycloak), {}},
      {"not listed",
       with_service_keys("database: reprots") + "database: {kind: postgres, databases: {reports: {}}}\n",
       {"7:15 error: service 'a' has the database 'reprots', which is not under 'databases'"}},
      {"two services, one name",
       head + "  order: {image: o:1, port: 8000}\n  order-service: {image: o:1, port: 8001}\n" + postgres,
       {"5:3 error: services 'order' and 'order-service' would both get the database 'order'"}},
      {"a name of the server",
       with_service_keys("database: template1") + postgres,
       {"7:15 error: the database 'template1' belongs to the server itself"}},
      {"a role of the server",
       small("database: {kind: postgres, databases: {b: {owner: pg_read}}}"),
       {"5:40 error: the role 'pg_read' belongs to the server itself"}},
      {"roles with one secret",
       small("database: {kind: postgres, databases: {b: {owner: x_y}, c: {owner: x-y}}}"),
       {"5:57 error: the roles 'x_y' and 'x-y' would share the secret 'postgres-role-x-y'"}},
      {"no major version",
       small("database: {kind: postgres, image: \"postgres:bookworm\"}"),
       {"5:35 error: the tag of 'postgres:bookworm' does not begin with the major version of PostgreSQL"}},
      {"too little storage",
       small("database: {kind: postgres, storage: {size: 20}}"),
       {"5:44 error: '20' is too little for a database"}},
      {"a setting of kforge",
       small("database: {kind: postgres, parameters: {port: 5433}}"),
       {"5:47 error: 'port' is set by kforge"}},
  });
}

}  // namespace
}  // namespace kforge::tests
