// SPDX-License-Identifier: Apache-2.0
#include "sample.hpp"

#include "tests/support/catch.hpp"

using namespace kforge;

namespace {

Json config_of(const project::Project& project, const char* service) {
  const auto rendered = tests::render_offline(project);
  return tests::find(rendered, "ConfigMap", std::string(service) + "-config")["data"];
}

Json deployment_of(const project::Project& project) {
  const auto rendered = tests::render_offline(project);
  return tests::find(rendered, "Deployment", "product-service");
}

}  // namespace

TEST_CASE("a service gets the environment contract") {
  CHECK(config_of(tests::shop(), "order-service") ==
        Json{{"DB_HOST", "postgres.database.svc.cluster.local"},
             {"DB_NAME", "order"},
             {"DB_POOL_MAX", "10"},
             {"DB_PORT", "5432"},
             {"DB_USER", "order"},
             {"HOST", "0.0.0.0"},
             {"KEYCLOAK_ISSUER", "https://auth.shop.example.com/realms/shop"},
             {"KEYCLOAK_JWKS_URL",
              "http://keycloak.auth.svc.cluster.local:8080/realms/shop/protocol/openid-connect/certs"},
             {"KEYCLOAK_REALM", "shop"},
             {"KEYCLOAK_URL", "http://keycloak.auth.svc.cluster.local:8080"},
             {"LOG_LEVEL", "info"},
             {"NODE_ENV", "production"},
             {"NODE_OPTIONS", "--max-old-space-size=384"},
             {"PAYMENT_SERVICE_URL", "http://payment-service.backend.svc.cluster.local:8002"},
             {"PORT", "8001"},
             {"PRODUCT_SERVICE_URL", "http://product-service.backend.svc.cluster.local:8000"},
             {"SERVICE_NAME", "order-service"}});
}

TEST_CASE("a service alone gets nothing about a database or Keycloak") {
  CHECK(config_of(tests::one_service(), "product-service") == Json{{"HOST", "0.0.0.0"},
                                                                   {"LOG_LEVEL", "info"},
                                                                   {"NODE_ENV", "production"},
                                                                   {"NODE_OPTIONS", "--max-old-space-size=384"},
                                                                   {"PORT", "8000"},
                                                                   {"SERVICE_NAME", "product-service"}});
  const auto rendered = tests::render_offline(tests::one_service());
  CHECK_FALSE(tests::contains(rendered, "Secret", "product-service-db"));
}

TEST_CASE("the service's own variables win, over secrets too") {
  project::Project project = tests::shop();
  project::Service& product = project.services[2];
  product.env = {{"LOG_LEVEL", "debug"}, {"DATABASE_URL", "postgresql://elsewhere"}, {"SERVICE_VERSION", "mine"}};
  product.secret_env["PORT"] = {.secret = "keycloak-admin", .key = "password"};
  const Json config = config_of(project, "product-service");
  CHECK(config["LOG_LEVEL"] == "debug");
  CHECK(config["DATABASE_URL"] == "postgresql://elsewhere");
  CHECK(config["SERVICE_VERSION"] == "mine");
  CHECK_FALSE(config.contains("PORT"));
  const Json deployment = deployment_of(project);
  std::vector<std::string> names;
  for (const Json& variable : tests::container_of(deployment)["env"]) names.push_back(variable["name"]);
  CHECK(names == std::vector<std::string>{"DB_PASSWORD", "PORT"});
}

TEST_CASE("secrets come by reference, in the order of their names, with the version beside them") {
  const Json deployment = deployment_of(tests::shop());
  const Json& container = tests::container_of(deployment);
  std::vector<std::string> names;
  for (const Json& variable : container["env"]) names.push_back(variable["name"]);
  CHECK(names == std::vector<std::string>{"DATABASE_URL", "DB_PASSWORD", "SERVICE_VERSION"});
  CHECK(tests::env_of(container, "DATABASE_URL")["secretKeyRef"]["key"] == "url");
  CHECK(tests::env_of(container, "SERVICE_VERSION") == "v1.0.0");
}

TEST_CASE("the guide's numbers are the defaults") {
  const auto rendered = tests::render_offline(tests::one_service());
  const Json& deployment = tests::find(rendered, "Deployment", "product-service");
  const Json& container = tests::container_of(deployment);
  CHECK(container["resources"] ==
        Json{{"requests", {{"cpu", "250m"}, {"memory", "256Mi"}, {"ephemeral-storage", "64Mi"}}},
             {"limits", {{"cpu", "500m"}, {"memory", "512Mi"}, {"ephemeral-storage", "256Mi"}}}});
  CHECK(container["startupProbe"]["httpGet"] == Json{{"path", "/health?probe=startup"}, {"port", "http"}});
  CHECK(container["livenessProbe"]["httpGet"] == Json{{"path", "/health?probe=live"}, {"port", "http"}});
  CHECK(container["readinessProbe"]["httpGet"] == Json{{"path", "/health?probe=ready"}, {"port", "http"}});
  CHECK(deployment["spec"]["strategy"]["rollingUpdate"] == Json{{"maxSurge", 1}, {"maxUnavailable", 0}});
  CHECK(deployment["spec"]["minReadySeconds"] == 3);
  const Json& autoscaler = tests::find(rendered, "HorizontalPodAutoscaler", "product-service");
  CHECK(autoscaler["spec"]["minReplicas"] == 2);
  CHECK(autoscaler["spec"]["maxReplicas"] == 5);
  CHECK(autoscaler["spec"]["metrics"][0]["resource"]["target"]["averageUtilization"] == 80);
  CHECK(autoscaler["spec"]["scaleTargetRef"]["name"] == "product-service");
}

TEST_CASE("an autoscaler owns the replicas, a fixed number stands in the Deployment") {
  project::Project project = tests::one_service();
  CHECK_FALSE(deployment_of(project)["spec"].contains("replicas"));
  project.services[0].scale.reset();
  project.services[0].replicas = 3;
  CHECK(deployment_of(project)["spec"]["replicas"] == 3);
  CHECK_FALSE(tests::contains(tests::render_offline(project), "HorizontalPodAutoscaler", "product-service"));
}

TEST_CASE("what an API server would not store is not sent") {
  project::Project project = tests::one_service();
  project.services[0].rollout.min_ready_seconds = 0;
  project.services[0].drain.sleep = std::chrono::seconds(0);
  project.services[0].env["SERVICE_VERSION"] = "x";
  const Json deployment = deployment_of(project);
  CHECK_FALSE(deployment["spec"].contains("minReadySeconds"));
  CHECK_FALSE(tests::container_of(deployment).contains("lifecycle"));
  CHECK_FALSE(tests::container_of(deployment).contains("env"));
}

TEST_CASE("rollout and drain of a service") {
  project::Project project = tests::one_service();
  project.services[0].rollout = {.max_surge = "25%",
                                 .max_unavailable = "1",
                                 .min_ready_seconds = 7,
                                 .deadline = std::chrono::seconds(90),
                                 .history = 2};
  project.services[0].drain = {.sleep = std::chrono::seconds(5), .grace = std::chrono::seconds(20)};
  const Json deployment = deployment_of(project);
  CHECK(deployment["spec"]["strategy"]["rollingUpdate"] == Json{{"maxSurge", "25%"}, {"maxUnavailable", 1}});
  CHECK(deployment["spec"]["minReadySeconds"] == 7);
  CHECK(deployment["spec"]["progressDeadlineSeconds"] == 90);
  CHECK(deployment["spec"]["revisionHistoryLimit"] == 2);
  CHECK(deployment["spec"]["template"]["spec"]["terminationGracePeriodSeconds"] == 20);
  CHECK(tests::container_of(deployment)["lifecycle"]["preStop"]["sleep"]["seconds"] == 5);
}

TEST_CASE("amounts are spelt as an API server stores them, and a missing request fits under its limit") {
  project::Project project = tests::one_service();
  project.services[0].resources = {{"0.5", "", ""}, {"1000m", "128Mi", ""}};
  const Json resources = tests::container_of(deployment_of(project))["resources"];
  CHECK(resources["requests"]["cpu"] == "500m");
  CHECK(resources["limits"]["cpu"] == "1");
  CHECK(resources["limits"]["memory"] == "128Mi");
  CHECK(resources["requests"]["memory"] == "128Mi");
  CHECK(resources["limits"]["ephemeral-storage"] == "256Mi");
}

TEST_CASE("folders that a service writes to are empty volumes with names of their own") {
  project::Project project = tests::one_service();
  project.services[0].writable_paths = {"/app/cache", "/app-cache"};
  const Json deployment = deployment_of(project);
  const Json& mounts = tests::container_of(deployment)["volumeMounts"];
  REQUIRE(mounts.size() == 3);
  CHECK(mounts[1] == Json{{"name", "writable-app-cache"}, {"mountPath", "/app/cache"}});
  CHECK(mounts[2] == Json{{"name", "writable-app-cache-2"}, {"mountPath", "/app-cache"}});
  CHECK(deployment["spec"]["template"]["spec"]["volumes"][2] ==
        Json{{"name", "writable-app-cache-2"}, {"emptyDir", {{"sizeLimit", "64Mi"}}}});
}

TEST_CASE("process settings of a service") {
  project::Project project = tests::one_service();
  project::Service& service = project.services[0];
  service.command = {"node"};
  service.args = {"server.js"};
  service.uid = 12345;
  service.image_pull_policy = "Always";
  service.annotations = {{"example.com/contact", "catalog"}};
  project.defaults.image_pull_secrets = {"registry"};
  const Json deployment = deployment_of(project);
  const Json& container = tests::container_of(deployment);
  const Json& pod = deployment["spec"]["template"]["spec"];
  CHECK(container["command"] == Json::array({"node"}));
  CHECK(container["args"] == Json::array({"server.js"}));
  CHECK(container["securityContext"]["runAsUser"] == 12345);
  CHECK(pod["securityContext"]["fsGroup"] == 12345);
  CHECK(container["imagePullPolicy"] == "Always");
  CHECK(pod["imagePullSecrets"] == Json::array({{{"name", "registry"}}}));
  CHECK(deployment["spec"]["template"]["metadata"]["annotations"]["example.com/contact"] == "catalog");
}

TEST_CASE("every container is confined and has requests and limits") {
  const auto rendered = tests::render_offline(tests::shop());
  int containers = 0;
  for (const render::Object& object : rendered.objects) {
    const Json& pod = at_path(object.manifest, {"spec", "template", "spec"});
    if (!pod.is_object()) continue;
    CHECK(pod["automountServiceAccountToken"] == false);
    CHECK(pod["enableServiceLinks"] == false);
    for (const char* list : {"initContainers", "containers"})
      for (const Json& container : pod.value(list, Json::array())) {
        ++containers;
        INFO(container["name"]);
        const Json& context = container["securityContext"];
        CHECK(context["readOnlyRootFilesystem"] == true);
        CHECK(context["allowPrivilegeEscalation"] == false);
        CHECK(context["capabilities"]["drop"] == Json::array({"ALL"}));
        CHECK(context["runAsNonRoot"] == true);
        CHECK(context["runAsUser"].get<int>() > 0);
        for (const char* amounts : {"requests", "limits"}) CHECK(container["resources"][amounts].size() == 3);
      }
  }
  CHECK(containers == 9);
}
