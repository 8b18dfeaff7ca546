// SPDX-License-Identifier: Apache-2.0
// Commands that need no cluster: check, render, schema, explain.
#include "base/text.hpp"
#include "os/files.hpp"
#include "tests/cli/world.hpp"
#include "tests/support/catch.hpp"

#include <filesystem>

using namespace kforge;
using tests::World;

namespace {

bool has(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

constexpr std::string_view two_mistakes =
    "apiVersion: kforge.dev/v1\n"
    "project: shop\n"
    "services:\n"
    "  order-service:\n"
    "    image: \"order-service:v1.0.0\"\n"
    "    port: 8001\n"
    "    replica: 3\n"
    "    uses: [paymnt-service]\n"
    "  payment-service: {image: \"payment-service:v1.0.0\", port: 8002}\n";

constexpr std::string_view with_secret =
    "apiVersion: kforge.dev/v1\n"
    "project: shop\n"
    "secrets:\n"
    "  stripe: {key: {env: STRIPE_KEY}}\n"
    "services:\n"
    "  pay: {image: \"pay:v1.0.0\", port: 8001, secretEnv: {STRIPE: stripe.key}}\n";

}  // namespace

TEST_CASE("check says what it looked at") {
  World world;
  world.write_project(tests::small_project);
  CHECK(world.run({"check"}) == 0);
  CHECK(world.out().starts_with("kforge.yaml is valid: 3 services, "));
  CHECK(world.run({"check", "-o", "json"}) == 0);
  CHECK(world.out_json()["valid"] == true);
  CHECK(world.out_json()["objects"].get<int>() > 3);
  CHECK_FALSE(world.network_used());
}

TEST_CASE("check lists every mistake with its place, and exits 10") {
  World world;
  world.write_project(two_mistakes);
  CHECK(world.run({"check"}) == 10);
  CHECK(world.out().empty());
  CHECK(has(world.err(), "kforge.yaml:7:5: error: unknown key 'replica'"));
  CHECK(has(world.err(), "    replica: 3\n"));
  CHECK(has(world.err(), "^^^^^^^ did you mean 'replicas'?\n"));
  CHECK(has(world.err(), "kforge.yaml:8:12: error: "));
  CHECK(world.err().ends_with("2 errors, nothing was sent to the cluster\n"));
  CHECK(world.run({"check", "-o", "json"}) == 10);
  CHECK(world.out_json()["error"]["kind"] == "project_invalid");
  CHECK(world.out_json()["error"]["diagnostics"].size() == 2);
  CHECK(world.out_json()["error"]["place"]["line"] == 7);
}

TEST_CASE("a namespace that Kubernetes keeps for itself is refused before anything is asked") {
  World world;
  world.write_project(std::string(tests::small_project) + "namespaces: {backend: kube-system}\n");
  for (const char* command : {"check", "plan", "up"}) {
    INFO(command);
    CHECK(world.run({command}) == 10);
    CHECK(has(world.err(), ":23: error: Kubernetes keeps the namespace 'kube-system' for itself"));
    CHECK(has(world.err(), "choose another one, such as 'backend'"));
  }
  CHECK_FALSE(world.network_used());
}

TEST_CASE("commands that need a project say so where there is none") {
  World world;
  for (const char* command : {"check", "render", "status", "up", "down"}) {
    INFO(command);
    CHECK(world.run({command}) == 10);
    CHECK(has(world.err(), "kforge.yaml"));
  }
  CHECK_FALSE(world.network_used());
}

TEST_CASE("check on a machine without the secrets warns, render refuses") {
  World world;
  world.write_project(with_secret);
  CHECK(world.run({"check"}) == 0);
  CHECK(has(world.err(), "warning: "));
  CHECK(has(world.err(), "STRIPE_KEY"));
  CHECK(world.run({"render"}) == 10);
  CHECK(has(world.err(), "STRIPE_KEY"));
  CHECK(world.out().empty());
}

TEST_CASE("render prints every object and never the value of a secret") {
  World world;
  world.write_project(with_secret);
  world.environment.variables["STRIPE_KEY"] = tests::canary;
  const std::string encoded = base64_encode(tests::canary);
  CHECK(world.run({"render"}) == 0);
  CHECK(has(world.out(), "kind: Deployment\n"));
  CHECK(has(world.out(), "kind: Secret\n"));
  CHECK_FALSE(has(world.out() + world.err(), tests::canary));
  CHECK_FALSE(has(world.out() + world.err(), encoded));
  CHECK(world.run({"render", "-o", "json"}) == 0);
  CHECK(world.out_json()["kind"] == "List");
  CHECK_FALSE(has(world.out() + world.err(), encoded));
  CHECK_FALSE(world.network_used());
}

TEST_CASE("render --dir writes a folder for each stage and warns of leftovers") {
  World world;
  world.write_project(with_secret);
  world.environment.variables["STRIPE_KEY"] = tests::canary;
  world.dir.write("k8s/backend/gone.yaml", "kind: Deployment\n");
  CHECK(world.run({"render", "--dir", "k8s"}) == 0);
  CHECK(has(world.out(), " files in k8s\n"));
  CHECK(has(world.err(), "! k8s/backend/gone.yaml is not part of the project any more\n"));
  std::size_t files = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(world.dir.path() + "/k8s")) {
    if (!entry.is_regular_file()) continue;
    ++files;
    const std::string text = read_file(entry.path().string()).value_or("");
    CHECK_FALSE(has(text, tests::canary));
    CHECK_FALSE(has(text, base64_encode(tests::canary)));
  }
  CHECK(files > 2);
}

TEST_CASE("render is byte-stable") {
  World world;
  world.write_project(tests::small_project);
  CHECK(world.run({"render"}) == 0);
  const std::string first = world.out();
  CHECK(world.run({"render"}) == 0);
  CHECK(world.out() == first);
}

TEST_CASE("schema prints a JSON Schema") {
  World world;
  CHECK(world.run({"schema"}) == 0);
  CHECK(world.out_json()["$schema"] == "https://json-schema.org/draft/2020-12/schema");
}

TEST_CASE("explain knows keys, causes and exit codes") {
  World world;
  CHECK(world.run({"explain", "services.replicas"}) == 0);
  CHECK(has(world.out(), "replicas"));
  CHECK(world.run({"explain", "kf2003"}) == 0);
  CHECK(world.out().starts_with("KF2003  image not found\n"));
  CHECK(world.run({"explain", "KF2003", "-o", "json"}) == 0);
  CHECK(world.out_json()["code"] == "KF2003");
  CHECK(world.run({"explain", "21"}) == 0);
  CHECK(world.out().starts_with("exit code 21  a rollout did not finish in time\n"));
}

TEST_CASE("explain of something unknown ends in 15 with a suggestion") {
  World world;
  CHECK(world.run({"explain", "services.replica"}) == 15);
  CHECK(has(world.err(), "replicas"));
  CHECK(world.run({"explain", "KF9999"}) == 15);
  CHECK(has(world.err(), "error: no cause 'KF9999'\n"));
}
