// SPDX-License-Identifier: Apache-2.0
#include "project/overlay.hpp"

#include "tests/support/catch.hpp"
#include "tests/unit/project/text.hpp"

#include <fmt/format.h>

#include <random>

namespace kforge::tests {
namespace {

using project::with_environment;

Json merged(const Json& base, const Json& overlay) {
  Json document = base;
  document["environments"] = {{"x", overlay}};
  Json result = yaml::to_json(with_environment(yaml::from_json(document), "x"));
  result.erase("environments");
  return result;
}

TEST_CASE("mappings merge deeply, scalars and lists replace, null deletes") {
  const Json base = {
      {"gateway", {{"kind", "kong"}, {"plugins", {{"maxBodyMb", 8}, {"cors", {{"origins", {"a", "b"}}}}}}}}};
  CHECK(merged(base, {{"gateway", {{"host", "h"}}}})["gateway"]["host"] == "h");
  CHECK(merged(base, {{"gateway", {{"host", "h"}}}})["gateway"]["kind"] == "kong");
  CHECK(merged(base, {{"gateway", {{"plugins", {{"cors", {{"origins", {"c"}}}}}}}}})["gateway"]["plugins"] ==
        Json({{"maxBodyMb", 8}, {"cors", {{"origins", {"c"}}}}}));
  CHECK(merged(base, {{"gateway", {{"plugins", nullptr}}}})["gateway"] == Json({{"kind", "kong"}}));
  CHECK(merged(base, {{"gateway", nullptr}}) == Json::object());
  CHECK(merged(base, {{"auth", {{"kind", "keycloak"}, {"image", nullptr}}}})["auth"] == Json({{"kind", "keycloak"}}));
}

TEST_CASE("'*' hits every service before the named one does") {
  const Json base = {{"services", {{"a", {{"scale", {{"min", 2}}}}}, {"b", {{"scale", {{"min", 3}, {"max", 9}}}}}}}};
  const Json overlay = {
      {"services",
       {{"*", {{"scale", {{"min", 1}, {"max", 1}}}}}, {"b", {{"scale", {{"max", 4}}}}}, {"c", {{"port", 1}}}}}};
  const Json services = merged(base, overlay)["services"];
  CHECK(services["a"] == Json({{"scale", {{"min", 1}, {"max", 1}}}}));
  CHECK(services["b"] == Json({{"scale", {{"min", 1}, {"max", 4}}}}));
  CHECK(services["c"] == Json({{"scale", {{"min", 1}, {"max", 1}}}, {"port", 1}}));
  CHECK_FALSE(services.contains("*"));
}

TEST_CASE("null under '*' deletes in every service, and a service can be deleted") {
  const Json base = {{"services", {{"a", {{"routes", {"/a"}}, {"port", 1}}}, {"b", {{"port", 2}}}}}};
  CHECK(merged(base, {{"services", {{"*", {{"routes", nullptr}}}, {"b", nullptr}}}})["services"] ==
        Json({{"a", {{"port", 1}}}}));
}

TEST_CASE("a key takes the place of one that it excludes") {
  const Json base = {{"services", {{"a", {{"replicas", 3}}}}},
                     {"secrets", {{"s", {{"k", {{"env", "A"}}}}, {"t", {{"existing", true}}}}}}};
  CHECK(merged(base, {{"services", {{"a", {{"scale", {{"max", 2}}}}}}}})["services"]["a"] ==
        Json({{"scale", {{"max", 2}}}}));
  CHECK(merged(base, {{"services", {{"*", {{"scale", {{"max", 2}}}}}}}})["services"]["a"] ==
        Json({{"scale", {{"max", 2}}}}));
  CHECK(merged(base, {{"secrets", {{"s", {{"k", {{"file", "f"}}}}}}}})["secrets"]["s"] ==
        Json({{"k", {{"file", "f"}}}}));
  CHECK(merged(base, {{"secrets", {{"s", {{"existing", true}}}}}})["secrets"]["s"] == Json({{"existing", true}}));
}

TEST_CASE("merged nodes keep their places") {
  const std::string text = small("environments:\n  x:\n    services:\n      a:\n        port: 9000\n");
  const project::Project project = load(text, {.environment_name = "x"});
  CHECK(project.services[0].port == 9000);
  CHECK(project.place_of({"services", "a", "port"}).to_string() == "kforge.yaml:9:15");
  CHECK(project.place_of({"services", "a", "image"}).line == 4);
}

TEST_CASE("the environment is the one asked for, or the file's own") {
  const std::string text = small("environment: prod\nenvironments: {dev: {services: {a: {port: 9000}}}}\n");
  CHECK(load(text).environment == "prod");
  CHECK(load(text).services[0].port == 8000);
  CHECK(load(text, {.environment_name = "dev"}).environment == "dev");
  CHECK(load(text, {.environment_name = "dev"}).services[0].port == 9000);
  CHECK(load(small()).environment.empty());
}

TEST_CASE("an unknown environment is an error that knows the others") {
  const std::string text = small("environment: prod\nenvironments: {staging: {}}\n");
  CHECK(problems_of(text, {.environment_name = "stagin"}) ==
        std::vector<std::string>{"0:0 error: there is no environment 'stagin'"});
  CHECK(hint_of(text, {.environment_name = "stagin"}) == "did you mean 'staging'?");
  CHECK(hint_of(text, {.environment_name = "xyz"}) == "there are 'staging' and 'prod'");
}

// Random overlays over random documents of free keys, so that the rules hold for any shape.
class RandomDocuments {
 public:
  explicit RandomDocuments(unsigned seed) : engine_(seed) {}
  Json mapping(int depth, bool with_null) {
    Json made = Json::object();
    for (int i = below(4); i > 0; --i) made[key()] = value(depth, with_null);
    return made;
  }
  // A key is always a mapping, or never one, as the keys of the table are.
  Json typed_mapping(int depth) {
    Json made = Json::object();
    for (int i = below(4); i > 0; --i) {
      const std::string name = key();
      made[name] = name < "c" && depth > 0 ? typed_mapping(depth - 1) : Json(below(10));
    }
    return made;
  }

 private:
  std::string key() { return std::string(1, static_cast<char>('a' + below(4))); }
  Json value(int depth, bool with_null) {
    switch (below(depth > 0 ? 5 : 3)) {
      case 0:
        return with_null ? Json() : Json("x");
      case 1:
        return below(10);
      case 2:
        return Json::array({below(10)});
      default:
        return mapping(depth - 1, with_null);
    }
  }
  int below(int bound) { return std::uniform_int_distribution<int>(0, bound - 1)(engine_); }
  std::mt19937 engine_;
};

bool has_null(const Json& value) {
  if (value.is_null()) return true;
  return value.is_object() && std::any_of(value.begin(), value.end(), has_null);
}

// RFC 7386 is the same rule for documents whose keys exclude nothing.
TEST_CASE("overlays are JSON merge patches") {
  for (unsigned seed = 0; seed < 2000; ++seed) {
    RandomDocuments random(seed);
    const Json base = random.mapping(3, false), overlay = random.mapping(3, true);
    Json expected = base;
    expected.merge_patch(overlay);
    INFO(base << " + " << overlay);
    const Json result = merged(base, overlay);
    REQUIRE(result == expected);
    REQUIRE_FALSE(has_null(result));
    REQUIRE(merged(result, overlay) == result);     // laying it over again changes nothing
    REQUIRE(merged(base, Json::object()) == base);  // an empty overlay neither
  }
}

TEST_CASE("two overlays in a row are one overlay of both") {
  for (unsigned seed = 0; seed < 500; ++seed) {
    RandomDocuments random(seed);
    const Json base = random.typed_mapping(3), first = random.typed_mapping(3), second = random.typed_mapping(3);
    INFO(base << " + " << first << " + " << second);
    REQUIRE(merged(merged(base, first), second) == merged(base, merged(first, second)));
  }
}

}  // namespace
}  // namespace kforge::tests
