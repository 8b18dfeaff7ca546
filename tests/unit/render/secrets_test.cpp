// SPDX-License-Identifier: Apache-2.0
#include "sample.hpp"

#include "base/diagnostics.hpp"
#include "base/text.hpp"
#include "render/render.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/temp_dir.hpp"

using namespace kforge;
using Kind = project::SecretSource::Kind;

namespace {

project::Project with_secret(Kind kind, const std::string& name) {
  project::Project project = tests::one_service();
  project.secrets["payment"] = {
      .name = "payment", .existing = false, .values = {{"key", {.kind = kind, .name = name}}}};
  project.services[0].secret_env["PAYMENT_KEY"] = {.secret = "payment", .key = "key"};
  return project;
}

std::vector<std::string> messages_of(const project::Project& project) {
  std::vector<std::string> messages;
  try {
    render::resolve_local(project, {});
  } catch (const InvalidInput& error) {
    for (const Diagnostic& problem : error.diagnostics.all()) messages.push_back(problem.message);
  }
  return messages;
}

}  // namespace

TEST_CASE("values come from variables, files and the project file; generated ones stay unknown") {
  const tests::TempDir folder;
  folder.write("payment.key", "from file\n");
  project::Project project = with_secret(Kind::file, "payment.key");
  project.directory = folder.path();
  CHECK(render::resolve_local(project, {}).at("payment/key").value->reveal() == "from file");
  CHECK(render::resolve_local(with_secret(Kind::literal, "plain"), {}).at("payment/key").value->reveal() == "plain");
  const auto from_variable = render::resolve_local(with_secret(Kind::env, "KEY"), {{"KEY", "from variable"}});
  CHECK(from_variable.at("payment/key").value->reveal() == "from variable");
  const auto generated = render::resolve_local(with_secret(Kind::generate, ""), {});
  CHECK_FALSE(generated.at("payment/key").value);
  CHECK(generated.at("payment/key").token == render::generated_token(0));
}

TEST_CASE("every variable that is not set and every missing file is named at once") {
  project::Project project = with_secret(Kind::env, "PAYMENT_KEY");
  project.directory = "/nowhere";
  project.secrets["payment"].values["file"] = {.kind = Kind::file, .name = "payment.key"};
  CHECK(messages_of(project) == std::vector<std::string>{"secret 'payment': file '/nowhere/payment.key' does not exist",
                                                         "secret 'payment': variable 'PAYMENT_KEY' is not set"});
}

TEST_CASE("values of a secret that exists already are never asked for") {
  project::Project project = with_secret(Kind::env, "PAYMENT_KEY");
  project.secrets["payment"].existing = true;
  CHECK(render::resolve_local(project, {}).empty());
  const auto rendered = render::render(project, {});
  CHECK_FALSE(tests::contains(rendered, "Secret", "payment"));
  const Json& container = tests::container_of(tests::find(rendered, "Deployment", "product-service"));
  CHECK(tests::env_of(container, "PAYMENT_KEY")["secretKeyRef"] == Json{{"name", "payment"}, {"key", "key"}});
}

TEST_CASE("names are the same with and without the values at hand") {
  const project::Project project = tests::shop();
  const auto offline = tests::render_offline(project);
  const auto online = render::render(project, tests::with_values(project));
  REQUIRE(offline.objects.size() == online.objects.size());
  for (std::size_t i = 0; i < offline.objects.size(); ++i)
    CHECK(at_path(offline.objects[i].manifest, {"metadata", "name"}) ==
          at_path(online.objects[i].manifest, {"metadata", "name"}));
}

TEST_CASE("offline, an unknown value leaves its key out and is listed") {
  const auto rendered = tests::render_offline(tests::shop());
  const Json& secret = tests::find(rendered, "Secret", "product-service-db");
  CHECK_FALSE(secret.contains("data"));
  CHECK(string_at(secret, {"metadata", "annotations", "kforge.dev/redacted"}) == "password,url");
  const Json& admin = tests::find(rendered, "Secret", "keycloak-admin");
  CHECK(tests::secret_text(admin, "username") == "admin");
  CHECK(string_at(admin, {"metadata", "annotations", "kforge.dev/redacted"}) == "password");
}

TEST_CASE("with values nothing is redacted and a password in a URL is percent-encoded") {
  const project::Project project = tests::shop();
  const auto rendered = render::render(project, tests::with_values(project));
  const Json& secret = tests::find(rendered, "Secret", "product-service-db");
  CHECK_FALSE(at_path(secret, {"metadata", "annotations"}).contains("kforge.dev/redacted"));
  CHECK(tests::secret_text(secret, "password") == "value of postgres-role-product/password");
  CHECK(tests::secret_text(secret, "url") ==
        "postgresql://product:value%20of%20postgres-role-product%2Fpassword@postgres.database.svc.cluster.local:5432/"
        "product");
}

TEST_CASE("a role's password is the same for the database, the service and Keycloak") {
  const project::Project project = tests::shop();
  const auto rendered = render::render(project, tests::with_values(project));
  const Json& roles = tests::find(rendered, "Secret", "postgres-roles");
  CHECK(tests::secret_text(roles, "product") ==
        tests::secret_text(tests::find(rendered, "Secret", "product-service-db"), "password"));
  CHECK(tests::secret_text(roles, "keycloak") ==
        tests::secret_text(tests::find(rendered, "Secret", "keycloak-db"), "password"));
}

TEST_CASE("a rotated value gives the Secret and its readers another name") {
  const project::Project project = tests::shop();
  render::SecretValues values = tests::with_values(project);
  const auto before = render::render(project, values);
  values.at("postgres-role-product/password").token = render::generated_token(1);
  const auto after = render::render(project, values);
  const auto secret_of = [](const render::Rendered& rendered, const char* service) {
    return tests::env_of(tests::container_of(tests::find(rendered, "Deployment", service)),
                         "DB_PASSWORD")["secretKeyRef"]["name"];
  };
  CHECK(secret_of(before, "product-service") != secret_of(after, "product-service"));
  CHECK(secret_of(before, "order-service") == secret_of(after, "order-service"));
}

TEST_CASE("a redacted Secret has its keys and none of its values") {
  const Json secret = {
      {"apiVersion", "v1"},
      {"kind", "Secret"},
      {"metadata",
       {{"name", "a"},
        {"annotations",
         {{"kforge.dev/redacted", "z"}, {"kubectl.kubernetes.io/last-applied-configuration", "canary"}}}}},
      {"data", {{"password", base64_encode("canary")}}},
      {"stringData", {{"url", "canary"}}}};
  const Json shown = render::redacted(secret);
  CHECK_FALSE(shown.contains("data"));
  CHECK_FALSE(shown.contains("stringData"));
  CHECK(shown["metadata"]["annotations"] == Json{{"kforge.dev/redacted", "password,url,z"}});
  CHECK(render::redacted({{"apiVersion", "v1"}, {"kind", "ConfigMap"}, {"data", {{"a", "b"}}}})["data"] ==
        Json{{"a", "b"}});
}

TEST_CASE("no value reaches the printed forms") {
  project::Project project = with_secret(Kind::literal, "canary-value");
  const auto rendered = render::render(project, render::resolve_local(project, {}));
  REQUIRE(tests::secret_text(tests::find(rendered, "Secret", "payment"), "key") == "canary-value");
  std::string printed = render::to_yaml(rendered);
  for (const auto& [path, text] : render::files_of(rendered)) printed += text;
  CHECK_FALSE(contains(printed, "canary-value"));
  CHECK_FALSE(contains(printed, base64_encode("canary-value")));
  CHECK(contains(printed, "kforge.dev/redacted: key"));
}

TEST_CASE("a secret has the type that readers of its keys expect") {
  project::Project project = tests::shop();
  project.gateway->tls_secret = "kong-tls";
  project.secrets["kong-tls"] = tests::generated_secret("kong-tls", {"tls.crt", "tls.key"});
  project.defaults.image_pull_secrets = {"registry"};
  project.secrets["registry"] = tests::generated_secret("registry", {".dockerconfigjson"});
  const auto rendered = tests::render_offline(project);
  CHECK(tests::find(rendered, "Secret", "kong-tls")["type"] == "kubernetes.io/tls");
  CHECK(tests::find(rendered, "Secret", "registry")["type"] == "kubernetes.io/dockerconfigjson");
  CHECK(tests::find(rendered, "Secret", "keycloak-admin")["type"] == "Opaque");
}

TEST_CASE("Secrets that a server refuses without their keys are not shown, so that what is shown can be applied") {
  project::Project project = tests::shop();
  project.gateway->tls_secret = "kong-tls";
  project.secrets["kong-tls"] = tests::generated_secret("kong-tls", {"tls.crt", "tls.key"});
  const auto rendered = render::for_showing(tests::render_offline(project));
  CHECK_FALSE(tests::contains(rendered, "Secret", "kong-tls"));
  CHECK(tests::contains(rendered, "Secret", "keycloak-admin"));
}
