// SPDX-License-Identifier: Apache-2.0
// The field table itself: what it promises in words is what the parser does.
#include "base/text.hpp"
#include "project/table_walk.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/unit/project/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace kforge::tests {
namespace {

using namespace project;

struct Row {
  std::string path;
  const Field* field;
};

std::vector<Row> all_rows() {
  std::vector<Row> rows;
  walk_table([&](const PlacedField& placed) {
    rows.push_back({placed.path, placed.field});
    return Descend::yes;
  });
  return rows;
}

bool holds_names(const Field& field) {
  return std::ranges::any_of(field.shapes, [](const Shape& shape) { return shape.kind == Shape::Kind::map; });
}
bool holds_items(const Field& field) {
  return std::ranges::any_of(field.shapes, [](const Shape& shape) { return shape.kind == Shape::Kind::list; });
}

// What a section needs beside the key that a test is about.
const std::map<std::string, Json>& companions() {
  static const std::map<std::string, Json> needed{
      {"", {{"apiVersion", "kforge.dev/v1"}, {"project", "p"}}},
      {"services", {{"image", "a:1"}, {"port", 8000}}},
      {"services.routes", {{"path", "/a"}}},
      {"database", {{"kind", "postgres"}}},
      {"auth", {{"kind", "keycloak"}}},
      {"auth.realms", {{"name", "r"}}},
      {"gateway", {{"kind", "kong"}, {"host", "h"}}},
      {"gateway.jwt.keys", {{"kid", "k"}, {"file", "k.pem"}}},
      {"gateway.jwt", {{"keys", Json::array()}}},
      {"patches", {{"kind", "Deployment"}, {"name", "a"}, {"patch", Json::object()}}},
      {"manifests", {{"file", "m.yaml"}}},
  };
  return needed;
}

// A document with one key set, and what its sections need.
Json document_with(const std::string& path, const Json& value) {
  const std::vector<std::string> steps = split(path, '.');
  Json document = companions().at("");
  if (steps.front() == "auth") document["database"] = companions().at("database");
  Json* at = &document;
  std::string prefix;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const std::string step = steps[i] == "<key>" ? "key" : steps[i];
    if (i + 1 == steps.size()) {
      (*at)[step] = value;
      break;
    }
    prefix += (prefix.empty() ? "" : ".") + steps[i];
    Json& below = (*at)[step];
    if (below.is_null()) below = Json::object();
    at = &below;
    Json inner = companions().contains(prefix) ? companions().at(prefix) : Json::object();
    for (const Row& row : all_rows()) {
      if (row.path != prefix) continue;
      if (holds_names(*row.field))
        at = &(*at)["name"];
      else if (holds_items(*row.field))
        at = &((*at) = Json::array({Json::object()}))[0];
    }
    if (at->is_null()) *at = Json::object();
    at->update(inner);
  }
  return document;
}

std::string text_of(const Json& document) {
  return yaml::emit(document);
}

TEST_CASE("every key says what it means, and none ends in a full stop") {
  std::set<std::string> paths;
  for (const Row& row : all_rows()) {
    INFO(row.path);
    CHECK(row.field->about.doc.size() >= 3);
    CHECK_FALSE(row.field->about.doc.ends_with('.'));
    CHECK(paths.insert(row.path).second);
  }
  CHECK(paths.size() > 100);
}

TEST_CASE("a key that has no default and is no mapping of keys shows an example") {
  for (const Row& row : all_rows()) {
    const bool only_section = row.field->shapes.size() == 1 && row.field->shapes[0].kind == Shape::Kind::section;
    const bool words = row.field->shapes[0].kind == Shape::Kind::word;
    if (!row.field->about.fallback.empty() || only_section || words || row.field->shapes[0].only_true) continue;
    INFO(row.path);
    CHECK_FALSE(row.field->about.example.empty());
  }
}

TEST_CASE("a default that is written down is the one that counts") {
  const TempDir folder;
  folder.write("m.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n");
  int checked = 0;
  for (const Row& row : all_rows()) {
    if (row.field->about.fallback.empty()) continue;
    INFO(row.path);
    const Json value = yaml::to_json(yaml::parse("fallback", std::string(row.field->about.fallback)));
    Json with = document_with(row.path, value), without = with;
    without.erase("none");
    std::vector<std::string> steps = split(row.path, '.');
    const std::string last = steps.back();
    // The same document without the key itself.
    const std::function<void(Json&)> erase = [&](Json& node) {
      if (node.is_object() && node.contains(last) && node[last] == value)
        node.erase(last);
      else if (node.is_structured())
        for (Json& below : node) erase(below);
    };
    erase(without);
    REQUIRE(with != without);
    CHECK(dump(load(text_of(with), {.directory = folder.path()})) ==
          dump(load(text_of(without), {.directory = folder.path()})));
    ++checked;
  }
  CHECK(checked > 20);
}

// Files that an example names do not exist here, and what it refers to is not in the document.
bool is_about_content(const std::string& problem) {
  for (const char* elsewhere :
       {"does not exist", "there is no secret", "is not a service", "no database", "needs a database", "has no keys",
        "is empty", "has no key", "warning:", "no values", "wants a token"})
    if (problem.find(elsewhere) != std::string::npos) return false;
  return true;
}

TEST_CASE("every example can be written as it stands") {
  for (const Row& row : all_rows()) {
    if (row.field->about.example.empty()) continue;
    INFO(row.path);
    const Json value = yaml::to_json(yaml::parse("example", std::string(row.field->about.example)));
    std::vector<std::string> problems;
    for (const std::string& problem : problems_of(text_of(document_with(row.path, value))))
      if (is_about_content(problem)) problems.push_back(problem);
    CHECK(problems == std::vector<std::string>{});
  }
}

TEST_CASE("every key can be explained under its path") {
  for (const std::string& path : key_paths()) {
    INFO(path);
    const std::string page = explain_key(path);
    CHECK(page.starts_with(path + "\n"));
    CHECK(page.ends_with("\n"));
  }
}

TEST_CASE("names of the user's own may stand in the path of an explanation") {
  CHECK(explain_key("services.product-service.image") == explain_key("services.image"));
  CHECK(explain_key("services.<name>.scale.min") == explain_key("services.scale.min"));
  CHECK(explain_key("secrets.pay.apiKey") == explain_key("secrets.<key>"));
  CHECK(explain_key("secrets.pay.apiKey.env") == explain_key("secrets.<key>.env"));
}

TEST_CASE("a page of an explanation has type, meaning, default, marks, example and children") {
  CHECK(
      explain_key("services.scale") ==
      "services.scale\n  a mapping with the keys below\n\n  Automatic scaling between two numbers of pods by CPU use\n "
      " not beside 'replicas'\n"
      "\nexample:\n  scale: {min: 2, max: 5, cpu: 80}\n"
      "\nkeys below it:\n  min  Smallest number of pods; not above max\n  max  Largest number of pods; not below min\n"
      "  cpu  CPU use in percent of the request that scaling aims at\n");
  CHECK(contains(explain_key("database.storage.size"), "  default: 20Gi\n"));
  CHECK(contains(explain_key("services.image"), "required; ${VAR} and ${VAR:-default} are replaced"));
}

TEST_CASE("an unknown key is not explained, but the nearest one is named") {
  const auto advice_of = [](const char* path) {
    try {
      explain_key(path);
    } catch (const Error& error) {
      CHECK(error.kind == ErrorKind::not_found);
      return error.advice;
    }
    return std::string("it was explained");
  };
  CHECK(advice_of("services.replica") == "did you mean 'services.replicas'?");
  CHECK(advice_of("databse") == "did you mean 'database'?");
  CHECK(advice_of("services.image.tag") == "did you mean 'services.image'?");
  CHECK(advice_of("").empty());
}

TEST_CASE("the reference has every key once, or says where its like is") {
  const std::string page = reference_markdown();
  for (const Row& row : all_rows())
    if (row.path.find('.') == std::string::npos) CHECK(contains(page, "## " + row.path + "\n"));
  CHECK(contains(page, "| `services.image` |"));
  CHECK(contains(page, "keys as in `defaults.resources`"));
  CHECK(contains(page, "| `database.storage.size` | a quantity such as '250m' or '512Mi' | `20Gi` |"));
}

}  // namespace
}  // namespace kforge::tests
