// SPDX-License-Identifier: Apache-2.0
#include "tests/support/catch.hpp"
#include "tests/support/golden.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/unit/project/text.hpp"

namespace kforge::tests {
namespace {

using project::find_project_file;

Environment in(const std::string& directory) {
  Environment environment;
  environment.working_directory = directory;
  return environment;
}

TEST_CASE("the project file is found upwards") {
  const TempDir folder;
  const std::string file = folder.write("kforge.yaml", small());
  folder.write("services/a/README", "");
  CHECK(find_project_file(folder.path()) == file);
  CHECK(find_project_file(folder.path() + "/services/a") == file);
  const std::string nearer = folder.write("services/kforge.yml", small());
  CHECK(find_project_file(folder.path() + "/services/a") == nearer);
}

TEST_CASE("a file is shown as the user would name it, and paths count from its folder") {
  const TempDir folder;
  folder.write("kforge.yaml", small("manifests: [m.yaml]\n"));
  folder.write("m.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n");
  folder.write("services/a/README", "");
  const project::Project project = project::load({}, in(folder.path() + "/services/a")).project;
  CHECK(project.file == "../../kforge.yaml");
  CHECK(project.directory == folder.path());
  CHECK(project.manifests.at(0).objects.at(0).place().file == "../../m.yaml");
  CHECK(project::load({}, in(folder.path())).project.file == "kforge.yaml");
  CHECK(project::load({.file = "kforge.yaml"}, in(folder.path())).project.directory == folder.path());
  CHECK(project::load({.file = folder.path() + "/kforge.yaml"}, in("/")).project.file ==
        folder.path() + "/kforge.yaml");
}

TEST_CASE("no file is an error of the project, with what to do") {
  const TempDir folder;
  for (const project::LoadOptions& options : {project::LoadOptions{}, project::LoadOptions{.file = "other.yaml"}}) {
    try {
      project::load(options, in(folder.path()));
      FAIL("a project came out of nothing");
    } catch (const Error& error) {
      CHECK(error.kind == ErrorKind::project_invalid);
      CHECK(error.advice.find("kforge init") != std::string::npos);
    }
  }
  CHECK_THROWS_AS(project::load({.file = "."}, in(folder.path())), Error);
}

TEST_CASE("the example is valid in all its environments, without a warning") {
  const std::string text = repository_file("examples/shop/kforge.yaml");
  CHECK(problems_of(text).empty());
  CHECK(problems_of(text, {.environment_name = "laptop"}).empty());
  const project::Project shop = load(text, {.environment_name = "laptop"});
  REQUIRE(shop.services.size() == 3);
  CHECK(shop.services[0].name == "order-service");
  CHECK(shop.services[0].port == 8001);
  CHECK(shop.services[0].scale->min == 1);
  CHECK(shop.services[0].scale->max == 2);
  CHECK(shop.database->databases.size() == 4);
  CHECK(shop.gateway->replicas == 1);
}

TEST_CASE("a project of two hundred services loads") {
  std::string text = "apiVersion: kforge.dev/v1\nproject: big\nservices:\n";
  for (int i = 0; i < 200; ++i)
    text += "  s" + std::to_string(i) + ": {image: s:1, port: " + std::to_string(8000 + i) + "}\n";
  CHECK(load(text).services.size() == 200);
}

}  // namespace
}  // namespace kforge::tests
