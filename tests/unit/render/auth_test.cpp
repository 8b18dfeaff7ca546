// SPDX-License-Identifier: Apache-2.0
#include "sample.hpp"

#include "base/diagnostics.hpp"
#include "base/text.hpp"
#include "tests/support/catch.hpp"

using namespace kforge;

namespace {

Json settings_of(const project::Project& project) {
  const auto rendered = tests::render_offline(project);
  return tests::find(rendered, "ConfigMap", "keycloak-config")["data"];
}

}  // namespace

TEST_CASE("Keycloak uses its own database and role, and its public URL") {
  const Json settings = settings_of(tests::shop());
  CHECK(settings["KC_DB_URL_HOST"] == "postgres.database.svc.cluster.local");
  CHECK(settings["KC_DB_URL_DATABASE"] == "keycloak");
  CHECK(settings["KC_DB_USERNAME"] == "keycloak");
  CHECK(settings["KC_HOSTNAME"] == "https://auth.shop.example.com");
  CHECK(settings["KC_HOSTNAME_BACKCHANNEL_DYNAMIC"] == "true");
  CHECK_FALSE(settings.contains("KC_HOSTNAME_STRICT"));
}

TEST_CASE("without a hostname any is accepted") {
  project::Project project = tests::shop();
  project.auth->hostname = "";
  const Json settings = settings_of(project);
  CHECK(settings["KC_HOSTNAME_STRICT"] == "false");
  CHECK_FALSE(settings.contains("KC_HOSTNAME"));
  CHECK_FALSE(settings.contains("KC_HOSTNAME_BACKCHANNEL_DYNAMIC"));
}

TEST_CASE("the stock image builds itself in a writable copy, an optimized one starts as it is") {
  project::Project project = tests::shop();
  const auto stock = tests::render_offline(project);
  const Json& pod = tests::find(stock, "Deployment", "keycloak")["spec"]["template"]["spec"];
  CHECK(pod["initContainers"][0]["image"] == project.auth->image);
  CHECK(pod["containers"][0]["args"] == Json::array({"start", "--import-realm"}));
  project.auth->optimized = true;
  const auto optimized = tests::render_offline(project);
  const Json& plain = tests::find(optimized, "Deployment", "keycloak")["spec"]["template"]["spec"];
  CHECK_FALSE(plain.contains("initContainers"));
  CHECK_FALSE(contains(to_text(plain), "quarkus"));
  CHECK(plain["containers"][0]["args"] == Json::array({"start", "--optimized", "--import-realm"}));
}

TEST_CASE("without a realm of its own a project gets one of its name") {
  const auto rendered = tests::render_offline(tests::shop());
  const Json& files = tests::find(rendered, "ConfigMap", "keycloak-realms")["data"];
  REQUIRE(files.contains("shop-realm.json"));
  CHECK(Json::parse(files["shop-realm.json"].get<std::string>())["realm"] == "shop");
}

TEST_CASE("realms of the project are imported as they are") {
  project::Project project = tests::shop();
  project.auth->realms = {{.name = "store", .file = "store.json", .content = R"({"realm": "store"})"},
                          {.name = "staff"}};
  const auto rendered = tests::render_offline(project);
  const Json& files = tests::find(rendered, "ConfigMap", "keycloak-realms")["data"];
  CHECK(files["store-realm.json"] == R"({"realm": "store"})");
  CHECK(Json::parse(files["staff-realm.json"].get<std::string>())["realm"] == "staff");
  CHECK(tests::find(rendered, "ConfigMap", "order-service-config")["data"]["KEYCLOAK_REALM"] == "store");
}

TEST_CASE("a realm with credentials is kept in a Secret, masked ones are none") {
  project::Project project = tests::shop();
  const auto imports_from = [&](const char* content) {
    project.auth->realms = {{.name = "shop", .file = "shop.json", .content = content}};
    const auto rendered = tests::render_offline(project);
    const Json& volumes = tests::find(rendered, "Deployment", "keycloak")["spec"]["template"]["spec"]["volumes"];
    CHECK(tests::contains(rendered, "Secret", "keycloak-realms") !=
          tests::contains(rendered, "ConfigMap", "keycloak-realms"));
    return std::string(volumes[2].contains("secret") ? "Secret" : "ConfigMap");
  };
  CHECK(imports_from(R"({"realm": "shop", "clients": [{"clientId": "a", "secret": "s3cret"}]})") == "Secret");
  CHECK(imports_from(R"({"realm": "shop", "clients": [{"clientId": "a", "secret": "**********"}]})") == "ConfigMap");
  CHECK(imports_from(R"({"realm": "shop", "users": [{"username": "a", "credentials": []}]})") == "ConfigMap");
}

TEST_CASE("Keycloak without a database is refused") {
  project::Project project = tests::shop();
  project.database.reset();
  for (project::Service& service : project.services) service.database.clear();
  CHECK_THROWS_AS(tests::render_offline(project), InvalidInput);
}
