// SPDX-License-Identifier: Apache-2.0
#include "sample.hpp"

#include "tests/support/catch.hpp"
#include "yaml/node.hpp"

#include <set>

using namespace kforge;

TEST_CASE("files follow the guide's folders, one per component") {
  project::Project project = tests::shop();
  project.manifests = {
      {.tier = project::Tier::backend,
       .file = "extra.yaml",
       .objects = yaml::parse_all("extra.yaml", "{apiVersion: v1, kind: ConfigMap, metadata: {name: a}}")}};
  std::vector<std::string> paths;
  for (const auto& [path, text] : render::files_of(tests::render_offline(project))) paths.push_back(path);
  CHECK(paths == std::vector<std::string>{"auth/keycloak.yaml", "backend/order-service.yaml",
                                          "backend/payment-service.yaml", "backend/product-service.yaml",
                                          "backend/shared.yaml", "database/postgres.yaml", "gateway/kong.yaml",
                                          "namespaces/namespaces.yaml"});
}

TEST_CASE("the files hold every object once") {
  const auto rendered = tests::render_offline(tests::shop());
  std::size_t documents = 0;
  for (const auto& [path, text] : render::files_of(rendered)) documents += yaml::parse_all(path, text).size();
  CHECK(documents == rendered.objects.size());
  CHECK(yaml::parse_all("all", render::to_yaml(rendered)).size() == rendered.objects.size());
}

TEST_CASE("a folder is applied in an order in which every reference exists already") {
  const auto files = render::files_of(tests::render_offline(tests::shop()));
  std::set<std::string> kinds;
  for (const yaml::Node& document : yaml::parse_all("f", files.at("database/postgres.yaml"))) {
    const std::string kind = document.find("kind")->scalar;
    if (kind == "StatefulSet") CHECK(kinds.contains("ConfigMap"));
    if (kind == "StatefulSet") CHECK(kinds.contains("Secret"));
    if (kind == "Job") CHECK(kinds.contains("StatefulSet"));
    kinds.insert(kind);
  }
}

TEST_CASE("rendering is byte-stable") {
  CHECK(render::to_yaml(tests::render_offline(tests::shop())) == render::to_yaml(tests::render_offline(tests::shop())));
}
