// SPDX-License-Identifier: Apache-2.0
#include "sandbox/store.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/temp_dir.hpp"

using namespace kforge;
using namespace kforge::sandbox;

namespace {

const Key config{"configmaps", "backend", "config"};

Json config_map(const char* value) {
  return {{"metadata", {{"name", "config"}, {"namespace", "backend"}}}, {"data", {{"k", value}}}};
}

}  // namespace

TEST_CASE("every write gets the next revision as its resourceVersion") {
  Store store(":memory:");
  const ObjectPtr first = store.put(config, config_map("1"));
  const ObjectPtr second = store.put(config, config_map("2"));
  CHECK(std::stoull(string_at(*second, {"metadata", "resourceVersion"})) ==
        std::stoull(string_at(*first, {"metadata", "resourceVersion"})) + 1);
  CHECK(store.revision() == std::stoull(string_at(*second, {"metadata", "resourceVersion"})));
  CHECK(string_at(*store.get(config), {"data", "k"}) == "2");
}

TEST_CASE("objects, revision and settings survive a restart") {
  const kforge::tests::TempDir dir;
  const std::string file = dir.path() + "/store.db";
  Revision revision = 0;
  {
    Store store(file);
    store.put(config, config_map("kept"));
    store.put({"nodes", "", "gone"}, {{"metadata", {{"name", "gone"}}}});
    store.remove({"nodes", "", "gone"});
    store.set_setting("port", "6443");
    revision = store.revision();
  }
  Store store(file);
  CHECK(store.revision() == revision);
  CHECK(string_at(*store.get(config), {"data", "k"}) == "kept");
  CHECK(store.get({"nodes", "", "gone"}) == nullptr);
  CHECK(store.setting("port") == "6443");
  CHECK_FALSE(store.changes_since(revision - 1));  // watchers of before must list again
}

TEST_CASE("a list holds one resource of one namespace in name order, or of all") {
  Store store(":memory:");
  for (const char* name_space : {"b", "a"})
    for (const char* name : {"y", "x"})
      store.put({"pods", name_space, name}, {{"metadata", {{"name", name}, {"namespace", name_space}}}});
  store.put({"pods.metrics", "a", "x"}, {{"metadata", {{"name", "other"}}}});
  REQUIRE(store.list("pods", "a").size() == 2);
  CHECK(string_at(*store.list("pods", "a").front(), {"metadata", "name"}) == "x");
  CHECK(store.list("pods", "").size() == 4);
  CHECK(store.list("secrets", "").empty());
}

TEST_CASE("changes since a revision are told in order, a deletion with its last state") {
  Store store(":memory:");
  const Revision start = store.revision();
  store.put(config, config_map("1"));
  store.put(config, config_map("2"));
  store.remove(config);
  const auto changes = store.changes_since(start);
  REQUIRE(changes);
  REQUIRE(changes->size() == 3);
  CHECK((*changes)[0].type == Change::Type::added);
  CHECK((*changes)[1].type == Change::Type::modified);
  CHECK(string_at(*(*changes)[1].before, {"data", "k"}) == "1");
  CHECK((*changes)[2].type == Change::Type::deleted);
  CHECK(string_at(*(*changes)[2].object, {"data", "k"}) == "2");
  CHECK(string_at(*(*changes)[2].object, {"metadata", "resourceVersion"}) == std::to_string(store.revision()));
}

TEST_CASE("a revision behind the kept history is compacted") {
  Store store(":memory:", 2);
  const Revision start = store.revision();
  for (const char* value : {"1", "2", "3"}) store.put(config, config_map(value));
  CHECK_FALSE(store.changes_since(start));
  CHECK(store.changes_since(start + 1)->size() == 2);
  store.compact();
  CHECK_FALSE(store.changes_since(start + 1));
  CHECK(store.changes_since(store.revision())->empty());
}

TEST_CASE("a subscriber may write and leave while it is told of a change") {
  Store store(":memory:");
  std::vector<std::string> seen;
  Store::SubscriberId id = 0;
  id = store.subscribe([&](const Change& change) {
    seen.push_back(change.key.name);
    if (change.key.name != "config") return;
    store.put({"configmaps", "backend", "second"}, config_map("x"));
    store.unsubscribe(id);
  });
  store.put(config, config_map("1"));
  store.put(config, config_map("2"));
  CHECK(seen == std::vector<std::string>{"config"});
}

TEST_CASE("all subscribers see changes in one order, even when one of them writes") {
  Store store(":memory:");
  std::vector<Revision> seen;
  store.subscribe([&](const Change& change) {
    if (change.key.name == "config") store.put({"configmaps", "backend", "second"}, config_map("x"));
  });
  store.subscribe([&](const Change& change) { seen.push_back(change.revision); });
  store.put(config, config_map("1"));
  REQUIRE(seen.size() == 2);
  CHECK(seen[0] < seen[1]);
}
