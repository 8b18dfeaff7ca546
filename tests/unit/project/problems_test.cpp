// SPDX-License-Identifier: Apache-2.0
// What the field table refuses: one row per rule, the whole message with its place.
#include "tests/support/catch.hpp"
#include "tests/unit/project/text.hpp"

namespace kforge::tests {
namespace {

using Problems = std::vector<std::string>;

// Without the warnings about what is missing around it.
Problems errors_of(const std::string& text) {
  Problems errors;
  for (const std::string& problem : problems_of(text))
    if (problem.find(" warning: ") == std::string::npos) errors.push_back(problem);
  return errors;
}

struct Row {
  const char* keys;  // of service 'a', from line 7 column 5 on
  const char* problem;
};

TEST_CASE("wrong values of a service are named with what is wanted") {
  const std::vector<Row> rows{
      {"replica: 3", "7:5 error: unknown key 'replica' in service 'a'"},
      {"scale: {mix: 3}", "7:13 error: unknown key 'mix' in 'scale' of service 'a'"},
      {"uid: x", "7:10 error: 'uid' must be a whole number from 1 to 2147483647, not a text"},
      {"uid: \"5\"", "7:10 error: 'uid' must be a whole number from 1 to 2147483647, not a text"},
      {"uid: 0", "7:10 error: 'uid' must be a whole number from 1 to 2147483647, not 0"},
      {"uid: 99999999999999999999",
       "7:10 error: 'uid' must be a whole number from 1 to 2147483647, not 99999999999999999999"},
      {"uid: 18446744073709551615",
       "7:10 error: 'uid' must be a whole number from 1 to 2147483647, not 18446744073709551615"},
      {"uid: 1.5", "7:10 error: 'uid' must be a whole number from 1 to 2147483647, not a number"},
      {"uid: [1]", "7:10 error: 'uid' must be a whole number from 1 to 2147483647, not a list"},
      {"uid:", "7:5 error: 'uid' has no value in service 'a'"},
      {"scale: 3", "7:12 error: 'scale' must be a mapping, not a number"},
      {"scale: {cpu: 101}", "7:18 error: 'cpu' must be a whole number from 1 to 100, not 101"},
      {"health: health", "7:13 error: 'health' must be a path that begins with '/', not 'health'"},
      {"health: {live: live}", "7:20 error: 'live' must be a path that begins with '/', not 'live'"},
      {"health: [/a]", "7:13 error: 'health' must be a path that begins with '/' or a mapping, not a list"},
      {"routes: /a", "7:13 error: 'routes' must be a list, not a text"},
      {"routes: [a]", "7:14 error: an item of 'routes' must be a path that begins with '/', not 'a'"},
      {"routes: [{auth: jwt}]", "7:14 error: 'routes[1]' of service 'a' has no 'path'"},
      {"routes: [{path: /, auth: token}]", "7:30 error: 'auth' must be one of 'none', 'jwt', 'key', not 'token'"},
      {"routes: [{path: /, rateLimit: {}}]", "7:24 error: 'routes[1].rateLimit' of service 'a' has no 'minute'"},
      {"routes: [{path: /, methods: [get]}]",
       "7:34 error: an item of 'methods' must be one of 'GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', "
       "not 'get'"},
      {"env: {A-B: c}",
       "7:11 error: 'A-B' in 'env' is not a name of letters, digits and '_' that begins with no digit"},
      {"env: {A: [b]}", "7:14 error: 'A' must be a text, number or boolean, not a list"},
      {"env: {A: }", "7:11 error: 'A' has no value in 'env' of service 'a'"},
      {"env: [A]", "7:10 error: 'env' must be a mapping, not a list"},
      {"secretEnv: {A: b}", "7:20 error: 'A' must be a key of a secret such as 'payment-provider.apiKey', not 'b'"},
      {"uses: [B]",
       "7:12 error: an item of 'uses' must be a name of lower-case letters, digits and '-' that begins with a letter, "
       "not 'B'"},
      {"database: A b",
       "7:15 error: 'database' must be a name of lower-case letters, digits, '_' and '-' that begins with a letter, "
       "not 'A b'"},
      {"resources: {requests: {cpu: 1 core}}",
       "7:33 error: 'cpu' must be a quantity such as '250m' or '512Mi', not '1 core'"},
      {"resources: {requests: {cpu: none}}",
       "7:33 error: 'cpu' must be a quantity such as '250m' or '512Mi', not 'none'"},
      {"resources: {requests: {gpu: 1}}", "7:28 error: unknown key 'gpu' in 'resources.requests' of service 'a'"},
      {"rollout: {deadline: 5x}", "7:25 error: 'deadline' must be a duration such as '90s' or '5m', not '5x'"},
      {"rollout: {maxSurge: 25}", ""},
      {"rollout: {maxSurge: 25%}", ""},
      {"rollout: {maxSurge: many}", "7:25 error: 'maxSurge' must be a percentage such as '25%', not 'many'"},
      {"rollout: {onFailure: rollback}", "7:15 error: unknown key 'onFailure' in 'rollout' of service 'a'"},
      {"imagePullPolicy: always",
       "7:22 error: 'imagePullPolicy' must be one of 'Always', 'IfNotPresent', 'Never', not 'always'"},
      {"command: node", "7:14 error: 'command' must be a list, not a text"},
      {"command: [1]", "7:15 error: an item of 'command' must be a text, not a number"},
      {"writablePaths: [cache]",
       "7:21 error: an item of 'writablePaths' must be an absolute path without '..', not 'cache'"},
      {"labels: {-a: b}", "7:14 error: '-a' in 'labels' is not a label key such as 'owner' or 'example.com/team'"},
      {"labels: {a: b c}", "7:17 error: 'a' must be at most 63 letters, digits, '-', '_' and '.', not 'b c'"},
      {"replicas: 2\n    scale: {min: 1}", "8:5 error: 'scale' and 'replicas' exclude each other in service 'a'"},
  };
  for (const Row& row : rows) {
    INFO(row.keys);
    CHECK(errors_of(with_service_keys(row.keys)) == (*row.problem == 0 ? Problems{} : Problems{row.problem}));
  }
}

struct TopRow {
  const char* keys;  // below a small project, from line 5 on
  const char* problem;
};

TEST_CASE("wrong values of the other keys are named with what is wanted") {
  const std::vector<TopRow> rows{
      {"monitoring: {}", "5:1 error: unknown key 'monitoring'"},
      {"kubernetes: {minVersion: 1.30}",
       "5:26 error: 'minVersion' must be a Kubernetes version such as '1.30', not a number"},
      {"kubernetes: {minVersion: \"1.30.1\"}",
       "5:26 error: 'minVersion' must be a Kubernetes version such as '1.30', not '1.30.1'"},
      {"kubernetes: {kubeconfig: x}", "5:14 error: unknown key 'kubeconfig' in 'kubernetes'"},
      {"namespaces: {backend: Backend}",
       "5:23 error: 'backend' must be a name of lower-case letters, digits and '-', not 'Backend'"},
      {"namespaces: {podSecurity: strict}",
       "5:27 error: 'podSecurity' must be one of 'restricted', 'baseline', 'privileged', not 'strict'"},
      {"defaults: {uids: low}", "5:18 error: 'uids' must be one of 'upstream', 'high', not 'low'"},
      {"defaults: {registry: \"https://r.example.com\"}",
       "5:22 error: 'registry' must be a registry such as 'registry.example.com/shop', not 'https://r.example.com'"},
      {"database: {}", "5:1 error: 'database' has no 'kind'"},
      {"database: postgres", "5:11 error: 'database' must be a mapping, not a text"},
      {"database: {kind: mysql}", "5:18 error: 'kind' must be 'postgres', not 'mysql'"},
      {"database: {kind: postgres, backup: {}}", "5:28 error: unknown key 'backup' in 'database'"},
      {"database: {kind: postgres, databases: {a: {role: x}}}",
       "5:44 error: unknown key 'role' in 'database.databases.a'"},
      {"gateway: {kind: kong, expose: Gateway}",
       "5:31 error: 'expose' must be one of 'LoadBalancer', 'NodePort', 'ClusterIP', 'Ingress', not 'Gateway'"},
      {"gateway: {kind: kong, tls: {}}", "5:23 error: 'gateway.tls' has no 'secret'"},
      {"gateway: {kind: kong, plugins: {cors: {origins: [shop.example.com]}}}",
       "5:50 error: an item of 'origins' must be an origin such as 'https://shop.example.com', or '*', not "
       "'shop.example.com'"},
      {"secrets: {Pay: {a: {env: B}}}",
       "5:11 error: 'Pay' in 'secrets' is not a name of lower-case letters, digits and '-'"},
      {"secrets: {pay: {a b: {env: B}}}", "5:17 error: 'a b' is not a key of letters, digits, '-', '_' and '.'"},
      {"secrets: {pay: {a: {}}}",
       "5:17 error: 'secrets.pay.a' needs exactly one of 'generate', 'env', 'file' and 'value'"},
      {"secrets: {pay: {a: {env: B, file: c}}}", "5:29 error: 'file' and 'env' exclude each other in 'secrets.pay.a'"},
      {"secrets: {pay: {a: {generate: false}}}", "5:31 error: 'generate' must be true"},
      {"secrets: {pay: {a: {generate: {length: 4}}}}",
       "5:40 error: 'length' must be a whole number from 8 to 1024, not 4"},
      {"secrets: {pay: {existing: true, a: {env: B}}}",
       "5:33 error: 'a' and 'existing' exclude each other in 'secrets.pay'"},
      {"manifests: [/etc/passwd]",
       "5:13 error: an item of 'manifests' must be a path below the folder of the project file, without '..', not "
       "'/etc/passwd'"},
      {"manifests: [{file: ../x.yaml}]",
       "5:20 error: 'file' must be a path below the folder of the project file, without '..', not '../x.yaml'"},
      {"manifests: [{stage: backend}]", "5:13 error: 'manifests[1]' has no 'file'"},
      {"patches: [{kind: Deployment, patch: {}}]", "5:11 error: 'patches[1]' has no 'name'"},
      {"patches: [{kind: Deployment, name: a, patch: 5}]", "5:46 error: 'patch' must be a mapping, not a number"},
      {"environments: {Dev: {}}",
       "5:16 error: 'Dev' in 'environments' is not a name of lower-case letters, digits and '-'"},
      {"environments: {dev: 5}", "5:21 error: 'dev' must be a mapping, not a number"},
      {"environments: {dev: {project: x}}", "5:22 error: 'project' cannot differ between environments"},
      {"environments: {dev: {environments: {}}}", "5:22 error: 'environments' cannot differ between environments"},
      {"environments: {dev: {servces: {}}}", "5:22 error: unknown key 'servces' in environment 'dev'"},
      {"environments: {dev: {services: {a: {prot: 1}}}}",
       "5:37 error: unknown key 'prot' in service 'a' of environment 'dev'"},
      {"environments: {dev: {services: {\"*\": {routes: [{auth: jwt}]}}}}",
       "5:48 error: 'routes[1]' of service '*' of environment 'dev' has no 'path'"},
  };
  for (const TopRow& row : rows) {
    INFO(row.keys);
    CHECK(errors_of(small(row.keys)) == Problems{row.problem});
  }
}

TEST_CASE("what must be there is missed") {
  CHECK(problems_of("apiVersion: kforge.dev/v1\n") == Problems{"1:1 error: the project file has no 'project'"});
  CHECK(problems_of("project: p\n") == Problems{"1:1 error: the project file has no 'apiVersion'"});
  CHECK(hint_of("project: p\n") == "such as apiVersion: kforge.dev/v1");
  CHECK(problems_of("apiVersion: kforge.dev/v2\nproject: p\n") ==
        Problems{"1:13 error: 'apiVersion' must be 'kforge.dev/v1', not 'kforge.dev/v2'"});
  CHECK(problems_of("apiVersion: kforge.dev/v1\nproject: p\nservices:\n  a: {}\n") ==
        Problems{"4:3 error: service 'a' has no 'image'", "4:3 error: service 'a' has no 'port'"});
  CHECK(problems_of("") == Problems{"1:1 error: the project file is empty"});
  CHECK(problems_of("- a\n") == Problems{"1:1 error: the project file must be a mapping"});
  CHECK(problems_of("apiVersion: kforge.dev/v1\nproject: p\nservices:\n") ==
        Problems{"3:1 error: 'services' has no value"});
}

TEST_CASE("a service may be completed by the environment") {
  const std::string text =
      "apiVersion: kforge.dev/v1\nproject: p\nservices: {a: {port: 8000}}\nenvironments: {dev: {services: {a: {image: "
      "\"a:1\"}}}}\n";
  CHECK(problems_of(text, {.environment_name = "dev"}).empty());
  CHECK(problems_of(text) == Problems{"3:12 error: service 'a' has no 'image'"});
}

TEST_CASE("hints name the usual slip") {
  CHECK(hint_of(with_service_keys("replica: 3")) == "did you mean 'replicas'?");
  CHECK(hint_of(with_service_keys("uid: \"5\"")) == "remove the quotes");
  CHECK(hint_of(with_service_keys("command: [1]")) == "write \"1\"");
  CHECK(hint_of(with_service_keys("imagePullPolicy: always")) == "did you mean 'Always'?");
  CHECK(hint_of(with_service_keys("health: up")) == "write '/up'");
  CHECK(hint_of(with_service_keys("uid:")) == "give it one or remove the key");
  CHECK(hint_of(small("namespaces: {backend: Backend}")) == "write it in lower case: 'backend'");
  CHECK(hint_of(with_service_keys("routes: [/]") + "gateway: {kind: kong, host: \"https://a.example.com\"}") ==
        "leave out 'https://'");
  CHECK(hint_of(small("database: {kind: postgres}\nauth: {kind: keycloak, hostname: auth.example.com}")) ==
        "write 'https://auth.example.com'");
  CHECK(hint_of("apiVersion: kforge.dev/v1\nproject: " + std::string(64, 'a')) == "at most 63 characters");
}

TEST_CASE("all problems are listed in one go, in the order of the file") {
  const Problems found = problems_of(
      "apiVersion: kforge.dev/v1\nproject: P\nservices:\n  a: {image: a, prot: 1}\n  b: {image: b:1, port: x, uses: "
      "[c]}\nfoo: 1\n");
  CHECK(found == Problems{"2:10 error: 'project' must be a name of lower-case letters, digits and '-' that begins with "
                          "a letter, not 'P'",
                          "4:3 error: service 'a' has no 'port'", "4:17 error: unknown key 'prot' in service 'a'",
                          "4:14 warning: image 'a' has no tag: nodes take 'latest', and a release cannot be repeated",
                          "5:25 error: 'port' must be a whole number from 1 to 65535, not a text",
                          "5:35 error: 'b' uses 'c', which is not a service of this project",
                          "6:1 error: unknown key 'foo'"});
}

TEST_CASE("a mistake looks as people see it") {
  try {
    load(
        "# the shop\napiVersion: kforge.dev/v1\nproject: shop\nservices:\n  payment-service: {image: p:1, port: 8002}\n"
        "  order-service:\n    image: order-service:v1.0.0\n    replica: 3\n    port: 8001\n    uses: "
        "[paymnt-service]\n");
    FAIL("a file with mistakes was accepted");
  } catch (const InvalidInput& invalid) {
    CHECK(invalid.kind == ErrorKind::project_invalid);
    REQUIRE(invalid.diagnostics.all().size() == 2);
    CHECK(to_text(invalid.diagnostics.all()[0]) ==
          "kforge.yaml:8:5: error: unknown key 'replica' in service 'order-service'\n"
          "  8 |     replica: 3\n"
          "    |     ^^^^^^^ did you mean 'replicas'?\n");
    CHECK(to_text(invalid.diagnostics.all()[1]) ==
          "kforge.yaml:10:12: error: 'order-service' uses 'paymnt-service', which is not a service of this project\n"
          " 10 |     uses: [paymnt-service]\n"
          "    |            ^^^^^^^^^^^^^^ did you mean 'payment-service'?\n");
  }
}

TEST_CASE("a hostile file is refused within its bounds") {
  CHECK(problems_of(std::string(3 << 20, '#')).front().find("more than the 2097152 allowed") != std::string::npos);
  std::string deep = "apiVersion: kforge.dev/v1\nproject: p\nservices: ";
  for (int i = 0; i < 40; ++i) deep += "{a: ";
  CHECK(problems_of(deep).size() == 1);
  std::string many = "apiVersion: kforge.dev/v1\nproject: p\nmanifests: [";
  for (int i = 0; i < 300; ++i) many += "a, ";
  CHECK(problems_of(many + "]").front() == "3:12 error: 'manifests' has more than 200 items");
  CHECK(problems_of("apiVersion: kforge.dev/v1\nproject: p\n---\nproject: q\n") ==
        Problems{"3:1 error: more than 1 documents"});
}

}  // namespace
}  // namespace kforge::tests
