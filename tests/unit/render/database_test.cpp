// SPDX-License-Identifier: Apache-2.0
#include "sample.hpp"

#include "base/text.hpp"
#include "tests/support/catch.hpp"

using namespace kforge;

namespace {

std::string settings_of(const project::Project& project) {
  const auto rendered = tests::render_offline(project);
  return string_at(tests::find(rendered, "ConfigMap", "postgres-config"), {"data", "postgresql.conf"});
}

Json server_of(const project::Project& project) {
  const auto rendered = tests::render_offline(project);
  return tests::find(rendered, "StatefulSet", "postgres");
}

std::string script_of(const project::Project& project) {
  const auto rendered = tests::render_offline(project);
  return string_at(tests::find(rendered, "ConfigMap", "postgres-provision"), {"data", "provision.sh"});
}

project::Project shared() {
  project::Project project = tests::shop();
  project.database->shared = true;
  project.database->databases = {{.database = "keycloak", .owner = "keycloak"}, {.database = "shop", .owner = "shop"}};
  project.secrets["postgres-role-shop"] = tests::generated_secret("postgres-role-shop", {"password"});
  for (project::Service& service : project.services) service.database = "shop";
  return project;
}

}  // namespace

TEST_CASE("the server's memory settings follow its limit") {
  project::Project project = tests::shop();
  CHECK(contains(settings_of(project), "shared_buffers = '256MB'\n"));
  CHECK(contains(settings_of(project), "effective_cache_size = '614MB'\n"));
  project.database->resources.limits.memory = "4Gi";
  CHECK(contains(settings_of(project), "shared_buffers = '1024MB'\n"));
  CHECK(contains(settings_of(project), "effective_cache_size = '2457MB'\n"));
}

TEST_CASE("there are connections for every client at the height of a rollout, as far as the memory carries them") {
  project::Project project = tests::shop();
  // Three services of at most 5 + 1 pods with 10 connections, Keycloak 2 + 1 pods with 20, and 10 in reserve.
  CHECK(contains(settings_of(project), "max_connections = '250'\n"));
  project.database->resources.limits.memory = "512Mi";
  CHECK(contains(settings_of(project), "max_connections = '128'\n"));
  project.database->parameters["max_connections"] = "77";
  CHECK(contains(settings_of(project), "max_connections = '77'\n"));
}

TEST_CASE("parameters are quoted, and the server listens beyond its own pod") {
  project::Project project = tests::shop();
  project.database->parameters["log_line_prefix"] = "%m 'x' ";
  CHECK(contains(settings_of(project), "log_line_prefix = '%m ''x'' '\n"));
  CHECK(contains(settings_of(project), "listen_addresses = '*'\n"));
}

TEST_CASE("the data directory is where the image's major version wants it") {
  project::Project project = tests::shop();
  CHECK(tests::env_of(tests::container_of(server_of(project)), "PGDATA") == "/var/lib/postgresql/data/pgdata");
  CHECK(tests::container_of(server_of(project))["volumeMounts"][0]["mountPath"] == "/var/lib/postgresql/data");
  project.database->major = 18;
  CHECK(tests::env_of(tests::container_of(server_of(project)), "PGDATA") == "/var/lib/postgresql/18/docker");
  CHECK(tests::container_of(server_of(project))["volumeMounts"][0]["mountPath"] == "/var/lib/postgresql");
}

TEST_CASE("storage as asked for; a class only when there is one") {
  project::Project project = tests::shop();
  const auto claim = [&] { return server_of(project)["spec"]["volumeClaimTemplates"][0]; };
  CHECK(claim()["spec"]["resources"]["requests"]["storage"] == "20Gi");
  CHECK_FALSE(claim()["spec"].contains("storageClassName"));
  project.database->storage_size = "2048Gi";
  project.database->storage_class = "fast";
  CHECK(claim()["spec"]["resources"]["requests"]["storage"] == "2Ti");
  CHECK(claim()["spec"]["storageClassName"] == "fast");
}

TEST_CASE("the provisioning script has a line per database, with the role's connection limit") {
  const std::string script = script_of(tests::shop());
  CHECK(contains(script, "provision keycloak keycloak 60\nprovision order order 60\n"));
  CHECK(script.ends_with("provision product product 60\n"));
}

TEST_CASE("one shared database has one role, whose limit is the sum of its services'") {
  const std::string script = script_of(shared());
  CHECK(script.ends_with("provision keycloak keycloak 60\nprovision shop shop 180\n"));
  const auto rendered = tests::render_offline(shared());
  CHECK(tests::find(rendered, "ConfigMap", "order-service-config")["data"]["DB_NAME"] == "shop");
  CHECK(tests::find(rendered, "ConfigMap", "order-service-config")["data"]["DB_USER"] == "shop");
}

TEST_CASE("no password stands in the Job's environment or arguments") {
  const auto rendered = render::render(tests::shop(), tests::with_values(tests::shop()));
  const std::string job = to_text(tests::find(rendered, "Job", "postgres-provision"));
  CHECK_FALSE(contains(job, "value of"));
  CHECK_FALSE(contains(job, "secretKeyRef"));
}

TEST_CASE("the Job reaches the server by its Service in the project's own namespace") {
  project::Project project = tests::shop();
  project.namespaces.database = "data";
  const auto rendered = tests::render_offline(project);
  CHECK(tests::env_of(tests::container_of(tests::find(rendered, "Job", "postgres-provision")), "PGHOST") ==
        "postgres.data.svc.cluster.local");
}

TEST_CASE("user ids are the image's own, or high ones") {
  project::Project project = tests::shop();
  CHECK(server_of(project)["spec"]["template"]["spec"]["securityContext"]["fsGroup"] == 999);
  project.defaults.uids = project::Uids::high;
  const Json pod = server_of(project)["spec"]["template"]["spec"];
  CHECK(pod["securityContext"]["fsGroup"] == 10001);
  CHECK(pod["containers"][0]["securityContext"]["runAsUser"] == 10001);
}

TEST_CASE("a superuser's secret of somebody else is used by its name") {
  project::Project project = tests::shop();
  project.database->superuser_secret = "pg-root";
  project.secrets["pg-root"] = {.name = "pg-root", .existing = true, .values = {}};
  const auto rendered = tests::render_offline(project);
  for (const char* workload : {"StatefulSet", "Job"}) {
    const Json& made =
        tests::find(rendered, workload, workload == std::string("Job") ? "postgres-provision" : "postgres");
    CHECK(contains(to_text(made), "\"secretName\":\"pg-root\""));
  }
  CHECK_FALSE(tests::contains(rendered, "Secret", "pg-root"));
}

TEST_CASE("a database without databases has no provisioning Job") {
  project::Project project = tests::one_service();
  project.database = tests::shop().database;
  project.database->databases.clear();
  project.secrets = tests::shop().secrets;
  const auto rendered = tests::render_offline(project);
  CHECK(tests::contains(rendered, "StatefulSet", "postgres"));
  CHECK_FALSE(tests::contains(rendered, "Job", "postgres-provision"));
}
