// SPDX-License-Identifier: Apache-2.0
// kforge.yaml in, manifests out.
#include "render/render.hpp"

#include "base/text.hpp"
#include "project/project.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/golden.hpp"
#include "yaml/node.hpp"

#include <algorithm>

using namespace kforge;

namespace {

const std::string root = tests::repository_path("");

project::Project load(const std::string& file, const std::string& environment = "") {
  const Environment none{.variables = {}, .working_directory = root};
  return project::load({.file = root + file, .environment = environment}, none).project;
}

render::Rendered render_of(const project::Project& project) {
  const std::map<std::string, std::string, std::less<>> variables{
      {"TLS_CERTIFICATE", "certificate"}, {"TLS_KEY", "key"}, {"PARTNER_B_KEY", "key of b"}};
  return render::render(project, render::resolve_local(project, variables));
}

render::Rendered render_case(const std::string& name) {
  return render_of(load("tests/golden/render/" + name + "/kforge.yaml"));
}

void check(const std::string& golden, const std::string& text) {
  const std::string difference = tests::difference_from_golden("render/" + golden, text);
  INFO(difference);
  CHECK(difference.empty());
}

// The documents that another environment changes, adds or renames.
std::string changed(const render::Rendered& before, const render::Rendered& after) {
  std::vector<Json> documents;
  for (const render::Object& object : after.objects) {
    Json same = object.manifest;
    same["metadata"]["labels"].erase("kforge.dev/environment");
    if (std::ranges::none_of(before.objects, [&](const render::Object& old) { return old.manifest == same; }))
      documents.push_back(render::redacted(object.manifest));
  }
  return yaml::emit_all(documents);
}

}  // namespace

TEST_CASE("golden: the shop of the guide") {
  check("shop.yaml", render::to_yaml(render_of(load("examples/shop/kforge.yaml"))));
}

TEST_CASE("golden: what the laptop overlay changes in the shop") {
  const auto shop = render_of(load("examples/shop/kforge.yaml"));
  check("laptop.yaml", changed(shop, render_of(load("examples/shop/kforge.yaml", "laptop"))));
}

TEST_CASE("golden: one service") {
  check("one-service.yaml", render::to_yaml(render_case("one-service")));
}

TEST_CASE("golden: one database for all services, PostgreSQL 18, high user ids") {
  check("shared-database.yaml", render::to_yaml(render_case("shared-database")));
}

TEST_CASE("golden: no database, an ingress controller, one namespace of somebody else") {
  check("no-database.yaml", render::to_yaml(render_case("no-database")));
}

TEST_CASE("golden: tokens and keys at the gateway") {
  check("gateway.yaml", render::to_yaml(render_case("gateway")));
}

TEST_CASE("golden: the configuration of the gateway with tokens and keys") {
  const project::Project project = load("tests/golden/render/gateway/kforge.yaml");
  auto values = render::resolve_local(project, {{"PARTNER_B_KEY", "key of b"}});
  values.at("partners/a").value = Secret("key of a");
  const auto complete = render::render(project, values);
  for (const render::Object& object : complete.objects)
    if (string_at(object.manifest, {"metadata", "name"}).starts_with("kong-config-"))
      check("gateway-kong.yml", base64_decode(string_at(object.manifest, {"data", "kong.yml"})));
}

TEST_CASE("golden: patches and own manifests") {
  check("patches.yaml", render::to_yaml(render_case("patches")));
}
