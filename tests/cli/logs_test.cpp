// SPDX-License-Identifier: Apache-2.0
// kforge logs: whose, which part, how they look, and how it ends.
#include "base/text.hpp"
#include "tests/cli/world.hpp"
#include "tests/fakes/fake_logs.hpp"
#include "tests/support/catch.hpp"

using namespace kforge;
using namespace std::chrono_literals;
using tests::World;

namespace {

struct Shop : World {
  tests::FakeLogs logs{cluster};
  Shop() {
    write_project(tests::small_project);
    for (const char* pod : {"order-service-abc-11111", "order-service-abc-22222"}) start("order-service", pod);
    start("order-worker", "order-worker-abc-33333");
    start("product-service", "product-service-abc-44444");
  }
  void start(const std::string& service, const std::string& pod) {
    logs.start_pod(service, pod);
    logs.write(pod, "hello from " + pod);
    clock.advance(10ms);
  }
  std::vector<std::string> lines() const {
    std::vector<std::string> all = split(out(), '\n');
    all.pop_back();
    return all;
  }
};

}  // namespace

TEST_CASE("logs of the project come from all of its services, in order of time") {
  Shop shop;
  CHECK(shop.run({"logs"}) == 0);
  CHECK(shop.out() ==
        "order-service 11111   │ hello from order-service-abc-11111\n"
        "order-service 22222   │ hello from order-service-abc-22222\n"
        "order-worker 33333    │ hello from order-worker-abc-33333\n"
        "product-service 44444 │ hello from product-service-abc-44444\n");
  CHECK(shop.err().empty());
  CHECK(shop.cluster.writes().total() == 0);
}

TEST_CASE("a target is a service, a prefix of one, a tier, a pod or a kind with a name") {
  Shop shop;
  shop.cluster.put({{"apiVersion", "apps/v1"},
                    {"kind", "Deployment"},
                    {"metadata", {{"name", "orders"}, {"namespace", "backend"}}},
                    {"spec", {{"selector", {{"matchLabels", {{"kforge.dev/service", "order-worker"}}}}}}}});
  const auto pods_of = [&](std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"logs", "-o", "raw"});
    CHECK(shop.run(arguments) == 0);
    std::string numbers;
    for (const std::string& line : shop.lines()) numbers += line.back();
    return numbers;
  };
  CHECK(pods_of({"order-service"}) == "12");
  CHECK(pods_of({"prod"}) == "4");
  CHECK(pods_of({"product-service", "order-worker"}) == "34");
  CHECK(pods_of({"backend"}) == "1234");
  CHECK(pods_of({"order-service-abc-22222"}) == "2");
  CHECK(pods_of({"order-service-abc-2"}) == "2");
  CHECK(pods_of({"pod/order-worker-abc-33333"}) == "3");
  CHECK(pods_of({"deployment/orders"}) == "3");
  CHECK(pods_of({"deploy/orders", "order-worker"}) == "3");  // named twice, shown once
  CHECK(pods_of({"-l", "kforge.dev/service=product-service"}) == "4");
  CHECK(pods_of({"backend", "-l", "kforge.dev/service!=order-service"}) == "34");
}

TEST_CASE("a target that is nothing gets a suggestion and exit code 15") {
  Shop shop;
  CHECK(shop.run({"logs", "prodct-service"}) == 15);
  CHECK(contains(shop.err(), "no service, tier or pod 'prodct-service' in project 'shop'"));
  CHECK(contains(shop.err(), "did you mean 'product-service'?"));
  CHECK(shop.run({"logs", "order"}) == 15);
  CHECK(contains(shop.err(), "'order' may be 'order-service' and 'order-worker'"));
  CHECK(shop.run({"logs", "pod/order-service-abc-11112"}) == 15);
  CHECK(contains(shop.err(), "no pod 'order-service-abc-11112' in namespace 'backend'"));
  CHECK(contains(shop.err(), "did you mean 'order-service-abc-11111'?"));
  CHECK(shop.run({"logs", "deploymnt/x"}) == 15);
  CHECK(contains(shop.err(), "did you mean 'deployment'?"));
  CHECK(shop.run({"logs", "-c", "ap"}) == 15);
  CHECK(contains(shop.err(), "no pod has a container 'ap'"));
  CHECK(shop.run({"logs", "-f", "other.yaml"}) == 64);
  CHECK(contains(shop.err(), "the project file is named with --file other.yaml"));
}

TEST_CASE("a service without pods is an error, unless somebody waits for them") {
  Shop shop;
  shop.logs.remove_pod("product-service-abc-44444");
  CHECK(shop.run({"logs", "product-service"}) == 15);
  CHECK(contains(shop.err(), "there are no pods of service 'product-service'"));

  shop.cluster.schedule(2s, [&] { shop.start("product-service", "product-service-abc-55555"); });
  shop.cluster.signal_after(6s);
  CHECK(shop.run({"logs", "product-service", "--follow"}) == 0);
  CHECK(contains(shop.err(), "~ no pods of service 'product-service' yet, waiting for them"));
  CHECK(contains(shop.out(), "hello from product-service-abc-55555"));
}

TEST_CASE("at a terminal it follows until Ctrl-C and ends with 0") {
  Shop shop;
  shop.interactive();
  shop.cluster.schedule(5s, [&] { shop.logs.write("order-worker-abc-33333", "news"); });
  shop.cluster.signal_after(8s);
  CHECK(shop.run({"logs", "order-worker"}) == 0);
  CHECK(contains(shop.out(), "news"));

  shop.cluster.signal_after(8s, ErrorKind::terminated);
  CHECK(shop.run({"logs", "order-worker"}) == 143);

  CHECK(shop.run({"logs", "order-worker", "--no-follow"}) == 0);
}

TEST_CASE("following a pod ends when the pod does") {
  Shop shop;
  shop.cluster.schedule(3s, [&] {
    shop.logs.write("order-worker-abc-33333", "bye");
    shop.logs.remove_pod("order-worker-abc-33333");
  });
  CHECK(shop.run({"logs", "pod/order-worker-abc-33333", "-f"}) == 0);
  CHECK(contains(shop.out(), "bye"));
  CHECK(contains(shop.err(), "~ order-worker-abc-33333: the pod is gone"));
}

TEST_CASE("--tail, --since and --since-time choose the part, as the server sees it") {
  Shop shop;
  for (int i = 0; i < 30; ++i) shop.logs.write("order-worker-abc-33333", std::to_string(i));
  CHECK(shop.run({"logs", "order-worker"}) == 0);
  CHECK(shop.lines().size() == 15);
  CHECK(shop.run({"logs", "order-worker", "--tail", "3"}) == 0);
  CHECK(shop.lines().size() == 3);
  CHECK(shop.run({"logs", "order-worker", "--tail=all"}) == 0);
  CHECK(shop.lines().size() == 31);
  CHECK(shop.run({"logs", "order-worker", "--since", "10m"}) == 0);
  CHECK(contains(shop.logs.requests.back(), "sinceSeconds=600"));
  CHECK(shop.run({"logs", "order-worker", "--since-time", "2026-01-01T00:00:00Z"}) == 0);
  CHECK(contains(shop.logs.requests.back(), "sinceTime=2026-01-01T00%3A00%3A00Z"));
  for (const std::vector<std::string>& wrong :
       std::vector<std::vector<std::string>>{{"--tail", "some"},
                                             {"--tail", "-5"},
                                             {"--since", "soon"},
                                             {"--since", "0s"},
                                             {"--since-time", "noon"},
                                             {"--since", "1m", "--since-time", "2026-01-01T00:00:00Z"},
                                             {"-f", "--no-follow"},
                                             {"-f", "-p"},
                                             {"-c", "app", "--all-containers"},
                                             {"--include", "("},
                                             {"--where", "level"},
                                             {"-o", "yaml"}}) {
    std::vector<std::string> arguments{"logs", "order-worker"};
    arguments.insert(arguments.end(), wrong.begin(), wrong.end());
    CHECK(shop.run(arguments) == 64);
  }
}

TEST_CASE("--previous shows the run before the last restart") {
  Shop shop;
  shop.logs.end_run("order-worker-abc-33333");
  shop.logs.start_run("order-worker-abc-33333");
  shop.logs.write("order-worker-abc-33333", "second run");
  shop.cluster.wait(shop.clock.now() + 1s);
  CHECK(shop.run({"logs", "order-worker", "--previous"}) == 0);
  CHECK(contains(shop.out(), "hello from"));
  CHECK_FALSE(contains(shop.out(), "second run"));

  CHECK(shop.run({"logs", "product-service", "--previous"}) == 0);
  CHECK(shop.out().empty());
  CHECK(contains(shop.err(), "previous terminated container"));
}

TEST_CASE("logs may be filtered, with times, as JSON or raw") {
  Shop shop;
  shop.logs.write("order-worker-abc-33333", R"({"level":"error","msg":"no stock","sku":7})");
  shop.logs.write("order-worker-abc-33333", R"({"level":"info","msg":"fine"})");
  CHECK(shop.run({"logs", "order-worker", "--json", "--where", "level>=warn"}) == 0);
  CHECK(shop.out() == "order-worker 33333 │ ERROR no stock sku=7\n");
  CHECK(shop.run({"logs", "order-worker", "--include", "stock|fine", "--exclude", "info", "-o", "raw"}) == 0);
  CHECK(shop.lines().size() == 1);
  CHECK(shop.run({"logs", "order-worker", "--timestamps", "-o", "raw", "--tail", "1"}) == 0);
  CHECK(shop.out().starts_with("2026-01-01T00:00:00."));
  CHECK(shop.run({"logs", "order-worker", "-o", "json", "--tail", "1"}) == 0);
  CHECK(shop.out_json()["service"] == "order-worker");
}

TEST_CASE("a missing right is named, with exit code 12") {
  Shop shop;
  shop.cluster.forbid("list", "pods");
  CHECK(shop.run({"logs"}) == 12);
  CHECK(contains(shop.err(), "pods"));
  CHECK(shop.out().empty());
}

TEST_CASE("logs outside of a project need a namespace's pods named") {
  Shop shop;
  World bare;
  CHECK(bare.run({"logs"}) == 64);
  CHECK(contains(bare.err(), "no kforge.yaml here"));
  tests::FakeLogs logs(bare.cluster);
  logs.start_pod("order-service", "order-service-abc-11111");
  logs.write("order-service-abc-11111", "hello");
  CHECK(bare.run({"logs", "-n", "backend", "pod/order-service-abc-11111"}) == 0);
  CHECK(contains(bare.out(), "hello"));
}
