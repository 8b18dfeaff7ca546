// SPDX-License-Identifier: Apache-2.0
// The shape of the schema; that it accepts and refuses what the parser does is checked by a validator in tests/python.
#include "base/text.hpp"
#include "project/table_walk.hpp"
#include "tests/support/catch.hpp"
#include "tests/unit/project/text.hpp"

namespace kforge::tests {
namespace {

using namespace project;

const Json& follow(const Json& schema, const Json& node) {
  if (!node.contains("$ref")) return node;
  return schema.at(Json::json_pointer(node["$ref"].get<std::string>().substr(1)));
}

// Every $ref leads somewhere.
void check_references(const Json& schema, const Json& node) {
  if (node.is_object() && node.contains("$ref")) REQUIRE_NOTHROW(follow(schema, node));
  for (const Json& below : node)
    if (below.is_structured()) check_references(schema, below);
}

TEST_CASE("the schema is a JSON Schema 2020-12 of a mapping without other keys") {
  const Json schema = json_schema();
  CHECK(schema["$schema"] == "https://json-schema.org/draft/2020-12/schema");
  CHECK(schema["type"] == "object");
  CHECK(schema["additionalProperties"] == false);
  CHECK(schema["required"] == Json({"apiVersion", "project"}));
  check_references(schema, schema);
}

TEST_CASE("every key of the table is in the schema, with its words") {
  const Json schema = json_schema();
  walk_table([&](const PlacedField& placed) {
    INFO(placed.path);
    if (placed.path.find('.') == std::string::npos) {
      REQUIRE(schema["properties"].contains(placed.path));
      CHECK(schema["properties"][placed.path]["description"] == placed.field->about.doc);
    }
    if (placed.below == nullptr) return Descend::no;
    const std::string name = replace_all(std::string(placed.below->noun), " ", "-");
    REQUIRE(schema["$defs"].contains(name));
    CHECK(schema["$defs"][name]["properties"].size() == placed.below->fields.size());
    return Descend::yes;
  });
}

TEST_CASE("names of sections are unique, so that definitions are") {
  std::map<std::string, const Section*> seen;
  walk_table([&](const PlacedField& placed) {
    if (placed.below != nullptr) {
      const auto [other, fresh] = seen.emplace(std::string(placed.below->noun), placed.below);
      INFO(placed.path);
      CHECK(other->second == placed.below);
    }
    return Descend::yes;
  });
}

TEST_CASE("an overlay may leave out what is required, delete, and name every service") {
  const Json schema = json_schema();
  const Json& service = schema["$defs"]["service-overlay"];
  CHECK_FALSE(service.contains("required"));
  CHECK(service["properties"]["port"]["anyOf"][1] == Json({{"type", "null"}}));
  const Json& overlay = schema["$defs"]["project-file-overlay"];
  CHECK_FALSE(overlay["properties"].contains("project"));
  CHECK(contains(overlay["properties"]["services"]["anyOf"][0]["propertyNames"]["pattern"].get<std::string>(), "\\*"));
}

}  // namespace
}  // namespace kforge::tests
