// SPDX-License-Identifier: Apache-2.0
// Commands that talk to a cluster: up, down, status, config view-connection.
#include "base/text.hpp"
#include "os/files.hpp"
#include "tests/cli/world.hpp"
#include "tests/support/catch.hpp"

using namespace kforge;
using namespace std::chrono_literals;
using namespace nlohmann::literals;
using tests::World;

namespace {

bool has(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

// A world with the small project and controllers that work.
struct Shop : World {
  Shop() {
    write_project(tests::small_project);
    cluster.make_ready_after(2s);
  }
};

std::string last_line(const std::string& text) {
  const std::vector<std::string> lines = split(trim(text), '\n');
  return lines.back();
}

}  // namespace

TEST_CASE("up deploys, says so on stderr, and leaves stdout alone") {
  Shop shop;
  CHECK(shop.run({"up"}) == 0);
  INFO(shop.err());
  CHECK(shop.out().empty());
  CHECK(has(shop.err(), "] shop -> prod as deployer: "));
  CHECK(has(shop.err(), "] backend ready"));
  CHECK(has(last_line(shop.err()), "done: shop in "));
  CHECK(shop.cluster.find("Deployment", "backend", "order-service"));
}

TEST_CASE("a second up has nothing to do and writes nothing") {
  Shop shop;
  REQUIRE(shop.run({"up"}) == 0);
  const int writes = shop.cluster.writes().total();
  CHECK(shop.run({"up"}) == 0);
  INFO(shop.err());
  CHECK(has(last_line(shop.err()), "nothing to do: shop in "));
  CHECK(shop.cluster.writes().total() == writes);
}

TEST_CASE("up at a terminal ends in one summary with the cursor below it") {
  Shop shop;
  shop.interactive();
  CHECK(shop.run({"up"}) == 0);
  CHECK(has(shop.err(), "\x1b[1mshop is up in "));
  CHECK(shop.err().ends_with("\n"));
}

TEST_CASE("up -o json prints one document, on success and on failure") {
  Shop shop;
  CHECK(shop.run({"up", "-o", "json"}) == 0);
  CHECK(shop.out_json()["exitCode"] == 0);
  CHECK(shop.out_json()["error"].is_null());
  CHECK(shop.out_json()["project"] == "shop");
  CHECK_FALSE(shop.out_json()["objects"].empty());

  shop.cluster.forbid("list", "deployments");
  CHECK(shop.run({"up", "-o", "json"}) == 12);
  CHECK(shop.out_json()["exitCode"] == 12);
  CHECK(shop.out_json()["error"]["kind"] == "forbidden");
}

TEST_CASE("up --events writes every event, the summary last") {
  Shop shop;
  const std::string path = shop.dir.path() + "/events.ndjson";
  CHECK(shop.run({"up", "--events", path}) == 0);
  const std::vector<std::string> lines = split(trim(read_file(path).value_or("")), '\n');
  REQUIRE(lines.size() > 5);
  CHECK(Json::parse(lines.front())["type"] == "started");
  CHECK(Json::parse(lines.back())["type"] == "summary");
  int sequence = 0;
  for (const std::string& line : lines) CHECK(Json::parse(line)["seq"] == ++sequence);
  CHECK(shop.run({"up", "--events", "-"}) == 0);
  CHECK(Json::parse(last_line(shop.out()))["type"] == "summary");
  CHECK(shop.run({"up", "--events", "/no/such/folder/x"}) == 64);
}

TEST_CASE("up --quiet says nothing when it works") {
  Shop shop;
  CHECK(shop.run({"up", "--quiet"}) == 0);
  CHECK(shop.err().empty());
  CHECK(shop.out().empty());
}

TEST_CASE("up --progress json writes events to stderr only") {
  Shop shop;
  CHECK(shop.run({"up", "--progress", "json"}) == 0);
  for (const std::string& line : split(trim(shop.err()), '\n')) CHECK(Json::accept(line));
  CHECK(shop.out().empty());
}

TEST_CASE("services may be named by any unique prefix") {
  Shop shop;
  REQUIRE(shop.run({"up"}) == 0);
  shop.write_project(replace_all(std::string(tests::small_project), ":v1.0.0", ":v2.0.0"));
  CHECK(shop.run({"up", "prod"}) == 0);
  const auto image_of = [&](const std::string& name) {
    return shop.cluster.find("Deployment", "backend", name)->at("/spec/template/spec/containers/0/image"_json_pointer);
  };
  CHECK(image_of("product-service") == "product-service:v2.0.0");
  CHECK(image_of("order-service") == "order-service:v1.0.0");
  CHECK(shop.run({"up", "order"}) == 15);
  CHECK(shop.err() == "error: 'order' may be 'order-service' and 'order-worker'\n  hint: type more of the name\n");
  CHECK(shop.run({"up", "order-servise"}) == 15);
  CHECK(shop.err() == "error: no service 'order-servise' in project 'shop'\n  hint: did you mean 'order-service'?\n");
  CHECK(shop.run({"up", "x"}) == 15);
  CHECK(has(shop.err(), "hint: there are 'order-service', 'order-worker' and 'product-service'\n"));
}

TEST_CASE("up --timeout ends in 21 and says what it waited for") {
  World world;
  world.write_project(tests::small_project);
  world.cluster.make_ready_after(1s, {"order-service"});
  CHECK(world.run({"up", "--timeout", "20s"}) == 21);
  INFO(world.err());
  CHECK(has(world.err(), "order-service was not ready in time"));
  CHECK(world.run({"up", "--timeout", "20s", "-o", "json"}) == 21);
  CHECK(world.out_json()["error"]["kind"] == "timed_out");
}

TEST_CASE("errors of the cluster have their own exit codes") {
  const auto code_with = [](const tests::Reply& reply) {
    Shop shop;
    shop.cluster.always("GET", "/*", reply);
    shop.cluster.always("PATCH", "/*", reply);
    shop.cluster.always("POST", "/*", reply);
    const int code = shop.run({"up", "--timeout", "2m"});
    INFO(shop.err());
    CHECK_FALSE(shop.err().empty());
    return code;
  };
  CHECK(code_with(tests::Reply::status_error(401, "Unauthorized", "Unauthorized")) == 11);
  CHECK(code_with(tests::Reply::status_error(403, "Forbidden",
                                             "namespaces is forbidden: User \"ci\" cannot list resource \"namespaces\" "
                                             "in API group \"\" at the cluster scope")) == 12);
  CHECK(code_with(tests::Reply::failed(http::Failure::refused)) == 13);
}

TEST_CASE("an object that the server refuses ends in 14") {
  Shop shop;
  shop.cluster.refuse("Deployment", "order-service",
                      tests::Reply::status_error(422, "Invalid", "spec.replicas: Invalid value"));
  CHECK(shop.run({"up"}) == 14);
  CHECK(has(shop.err(), "spec.replicas: Invalid value"));
}

TEST_CASE("Ctrl-C ends in 130 and says what was not reached") {
  World world;
  world.write_project(tests::small_project);
  world.cluster.signal_after(5s);
  CHECK(world.run({"up"}) == 130);
  INFO(world.err());
  CHECK(has(world.err(), "interrupted after "));
  CHECK(has(world.err(), "run `kforge up` again"));
  World other;
  other.write_project(tests::small_project);
  other.cluster.signal_after(5s, ErrorKind::terminated);
  CHECK(other.run({"up", "-o", "json"}) == 143);
  CHECK(other.out_json()["exitCode"] == 143);
}

TEST_CASE("down needs the typed name at a terminal") {
  Shop shop;
  REQUIRE(shop.run({"up"}) == 0);
  shop.interactive();
  shop.terminal.input = {"shpo"};
  CHECK(shop.run({"down"}) == 40);
  CHECK(has(shop.err(), "remove shop from prod? type 'shop' to confirm: "));
  CHECK(has(shop.err(), "not confirmed, nothing was changed"));
  CHECK(shop.cluster.find("Deployment", "backend", "order-service"));
  shop.terminal.input = {"shop"};
  CHECK(shop.run({"down"}) == 0);
  CHECK_FALSE(shop.cluster.find("Deployment", "backend", "order-service"));
}

TEST_CASE("down without a terminal names the flag and exits 40") {
  Shop shop;
  REQUIRE(shop.run({"up"}) == 0);
  CHECK(shop.run({"down"}) == 40);
  CHECK(has(shop.err(), "hint: pass --yes to confirm it"));
  CHECK(shop.cluster.find("Deployment", "backend", "order-service"));
  CHECK(shop.run({"down", "--dry-run"}) == 0);
  CHECK(shop.out().starts_with("removes "));
  CHECK(shop.cluster.find("Deployment", "backend", "order-service"));
  CHECK(shop.run({"down", "--yes"}) == 0);
  CHECK_FALSE(shop.cluster.find("Deployment", "backend", "order-service"));
}

TEST_CASE("an end of input at the prompt changes nothing") {
  Shop shop;
  REQUIRE(shop.run({"up"}) == 0);
  shop.interactive();
  CHECK(shop.run({"down"}) == 40);
  CHECK(shop.cluster.find("Deployment", "backend", "order-service"));
}

TEST_CASE("Ctrl-C at the prompt changes nothing and exits 130") {
  Shop shop;
  REQUIRE(shop.run({"up"}) == 0);
  shop.interactive();
  shop.terminal.input = {"shop"};
  shop.signals.number = 2;
  CHECK(shop.run({"down"}) == 130);
  CHECK(shop.cluster.find("Deployment", "backend", "order-service"));
}

TEST_CASE("status shows the project, its services by prefix, and JSON") {
  Shop shop;
  CHECK(shop.run({"status"}) == 0);
  CHECK(shop.out() == "shop is not deployed on prod; `kforge up` deploys it\n");
  REQUIRE(shop.run({"up"}) == 0);
  for (const char* name : {"status", "ls", "ps"}) {
    CHECK(shop.run({name}) == 0);
    CHECK(has(shop.out(), "TIER"));
    CHECK(has(shop.out(), "product-service"));
  }
  CHECK(shop.run({"status", "prod"}) == 0);
  CHECK(has(shop.out(), "product-service"));
  CHECK_FALSE(has(shop.out(), "order-service"));
  CHECK(shop.run({"status", "-o", "json"}) == 0);
  const Json document = shop.out_json();
  REQUIRE(document["objects"].is_array());
  for (const Json& object : document["objects"])
    for (const char* key : {"kind", "namespace", "name", "verdict", "reason"}) CHECK(object.contains(key));
  CHECK(shop.run({"status", "nosuch"}) == 15);
}

TEST_CASE("status --from reads a List and needs neither project nor cluster") {
  World world;
  world.dir.write("list.json", R"({"apiVersion":"v1","kind":"List","items":[{"apiVersion":"apps/v1","kind":"Deployment",
    "metadata":{"name":"web","namespace":"backend","generation":1,"creationTimestamp":"2025-12-31T00:00:00Z"},
    "spec":{"replicas":2,"selector":{"matchLabels":{"a":"b"}},"template":{"spec":{"containers":[{"name":"app","image":"web:v1"}]}}},
    "status":{"observedGeneration":1,"replicas":2,"updatedReplicas":2,"readyReplicas":2,"availableReplicas":2}}]})");
  CHECK(world.run({"status", "--from", "list.json"}) == 0);
  CHECK(has(world.out(), "web"));
  CHECK(has(world.out(), "2/2"));
  CHECK(world.run({"status", "--from", "missing.json"}) == 15);
  world.dir.write("broken.json", "{");
  CHECK(world.run({"status", "--from", "broken.json"}) == 10);
  CHECK_FALSE(world.network_used());
}

TEST_CASE("status --watch follows until Ctrl-C") {
  Shop shop;
  REQUIRE(shop.run({"up"}) == 0);
  shop.cluster.signal_after(7s);
  CHECK(shop.run({"status", "--watch"}) == 130);
  CHECK(has(shop.out(), "product-service"));
}

TEST_CASE("status reads only") {
  Shop shop;
  REQUIRE(shop.run({"up"}) == 0);
  const int writes = shop.cluster.writes().total();
  CHECK(shop.run({"status", "-v"}) == 0);
  CHECK(shop.run({"status", "--all"}) == 0);
  CHECK(shop.cluster.writes().total() == writes);
}

TEST_CASE("config view-connection says which cluster and never the token") {
  World world;
  CHECK(world.run({"config", "view-connection"}) == 0);
  CHECK(has(world.out(), "server     https://cluster.test:6443\n"));
  CHECK(has(world.out(), "auth       token\n"));
  CHECK(world.run({"config", "view-connection", "-o", "json"}) == 0);
  for (const char* key : {"server", "context", "cluster", "user", "namespace", "auth", "tls", "sources"})
    CHECK(world.out_json().contains(key));
  CHECK_FALSE(has(world.out() + world.err(), tests::canary));
  CHECK_FALSE(world.network_used());
}

TEST_CASE("the context comes from the flag, then the project file") {
  World world;
  world.write_project(
      "apiVersion: kforge.dev/v1\nproject: shop\nkubernetes: {context: elsewhere}\n"
      "services: {a: {image: \"a:v1.0.0\", port: 80}}\n");
  CHECK(world.run({"config", "view-connection"}) == 13);
  CHECK(has(world.err(), "elsewhere"));
  CHECK(world.run({"config", "view-connection", "--context", "prod"}) == 0);
}

TEST_CASE("secrets appear in no output of any command") {
  Shop shop;
  shop.write_project(
      "apiVersion: kforge.dev/v1\nproject: shop\n"
      "secrets: {stripe: {key: {env: STRIPE_KEY}}}\n"
      "services: {pay: {image: \"pay:v1.0.0\", port: 8001, secretEnv: {STRIPE: stripe.key}}}\n");
  shop.environment.variables["STRIPE_KEY"] = tests::canary;
  const std::string events = shop.dir.path() + "/events.ndjson";
  const std::string encoded = base64_encode(tests::canary);
  const std::vector<std::vector<std::string>> runs = {{"check"},
                                                      {"render"},
                                                      {"up", "-v", "--events", events},
                                                      {"up", "-o", "json"},
                                                      {"status", "-v", "-a"},
                                                      {"status", "-o", "json"},
                                                      {"config", "view-connection"},
                                                      {"down", "--yes", "-o", "json"}};
  for (const std::vector<std::string>& arguments : runs) {
    INFO(join(arguments, " "));
    CHECK(shop.run(arguments) == 0);
    for (const std::string& secret : {std::string(tests::canary), encoded})
      CHECK_FALSE(has(shop.out() + shop.err(), secret));
  }
  CHECK_FALSE(has(read_file(events).value_or(""), tests::canary));
}
