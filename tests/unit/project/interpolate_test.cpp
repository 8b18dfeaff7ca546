// SPDX-License-Identifier: Apache-2.0
#include "tests/support/catch.hpp"
#include "tests/unit/project/text.hpp"

namespace kforge::tests {
namespace {

using Problems = std::vector<std::string>;

std::string value_of(const std::string& written, const std::map<std::string, std::string>& variables) {
  return load(with_service_keys("env: {X: '" + written + "'}"), {.variables = variables}).services[0].env.at("X");
}

TEST_CASE("variables are replaced in env values") {
  CHECK(value_of("${A}", {{"A", "1"}}) == "1");
  CHECK(value_of("<${A}-${B}>", {{"A", "1"}, {"B", ""}}) == "<1->");
  CHECK(value_of("${A:-x}", {}) == "x");
  CHECK(value_of("${A:-x}", {{"A", ""}}) == "x");
  CHECK(value_of("${A:-x}", {{"A", "y"}}) == "y");
  CHECK(value_of("${A:-}", {}).empty());
  CHECK(value_of("${A:-:-b}", {}) == ":-b");
  CHECK(value_of("$${A}", {}) == "${A}");
  CHECK(value_of("$A $ {A} $", {}) == "$A $ {A} $");
  CHECK(value_of("${A}", {{"A", "${B}"}, {"B", "no"}}) == "${B}");
}

TEST_CASE("variables are replaced in images and host names, and the result is checked") {
  const auto text = [](const char* tag) {
    return "apiVersion: kforge.dev/v1\nproject: p\nservices:\n  a: {image: \"a:${TAG}\", port: 8000, routes: "
           "[/]}\ngateway: {kind: kong, host: \"${TAG}.example.com\"}\n" +
           std::string(tag);
  };
  const project::Project project = load(text(""), {.variables = {{"TAG", "v2"}}});
  CHECK(project.services[0].image == "a:v2");
  CHECK(project.gateway->host == "v2.example.com");
  const Problems found = problems_of(text(""), {.variables = {{"TAG", "not a tag"}}});
  REQUIRE(found.size() == 2);
  CHECK(found[0] ==
        "4:14 error: 'image' must be an image such as 'registry.example.com/shop/product-service:v1.0.0', not 'a:not a "
        "tag'");
  CHECK(found[1] ==
        "5:29 error: 'host' must be a host name such as 'api.shop.example.com', not 'not a tag.example.com'");
}

TEST_CASE("an unset variable is an error at its own place") {
  CHECK(problems_of(with_service_keys("env: {X: 'a ${NOT_SET} b'}")) ==
        Problems{"7:17 error: variable 'NOT_SET' is not set"});
  CHECK(hint_of(with_service_keys("env: {X: 'a ${NOT_SET} b'}")) == "set it, or give a default: ${NOT_SET:-…}");
  CHECK(problems_of(with_service_keys("env: {X: '${A} ${B}'}")) ==
        Problems{"7:15 error: variable 'A' is not set", "7:20 error: variable 'B' is not set"});
}

TEST_CASE("what names no variable is refused") {
  for (const char* written : {"${}", "${1}", "${A", "${A B}", "${A-B}", "${:-x}", "${"}) {
    INFO(written);
    const Problems found = problems_of(with_service_keys("env: {X: '" + std::string(written) + "'}"));
    REQUIRE(found.size() == 1);
    CHECK(found[0].ends_with("' names no variable"));
  }
}

TEST_CASE("other values are taken as they stand, with a warning where nobody can mean it") {
  CHECK(problems_of(with_service_keys("annotations: {x: '${A}'}")) ==
        Problems{"7:22 warning: '${' in 'x' is taken as it stands"});
  CHECK(problems_of(with_service_keys("args: ['${A}']")).empty());
}

TEST_CASE("variables of environments that are not used need not be set") {
  const std::string text = small("environments:\n  prod: {services: {a: {image: \"a:${TAG}\"}}}\n");
  CHECK(problems_of(text).empty());
  CHECK(problems_of(text, {.environment_name = "prod"}).size() == 1);
}

}  // namespace
}  // namespace kforge::tests
