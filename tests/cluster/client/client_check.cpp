// SPDX-License-Identifier: Apache-2.0
// The client alone against a real API server: client_check KUBECONFIG NAMESPACE COUNT. Applies COUNT ConfigMaps in a
// namespace that exists, lists them, watches them go, and prints what it saw as one JSON document. Exit code 1 and the
// error on stderr when anything is not as it should be.
#include "http/curl_transport.hpp"
#include "kube/client.hpp"

#include <fmt/format.h>

#include <chrono>
#include <cstdio>
#include <string>
#include <vector>

namespace kforge {
namespace {

using namespace std::chrono_literals;

constexpr auto patience = 60s;

struct Steps {
  SystemClock clock;
  SignalPipe signals;
  http::CurlTransport transport{clock, signals};
  PosixProcesses processes;
  Environment environment = Environment::from_process();
  kube::Client client;
  std::string name_space;
  int count;
  Json seen = Json::object();

  Steps(const std::string& kubeconfig, std::string space, int number)
      : client(transport, clock, processes,
               kube::load_access({.kubeconfig = kubeconfig}, "", Environment::from_process()), environment, false),
        name_space(std::move(space)),
        count(number) {}

  const schema::Kind& config_map() const { return *schema::Table::embedded().find({"", "v1", "ConfigMap"}); }

  Json object(int index, const std::string& value) const {
    return {{"apiVersion", "v1"},
            {"kind", "ConfigMap"},
            {"metadata",
             {{"name", fmt::format("check-{}", index)}, {"namespace", name_space}, {"labels", {{"check", "client"}}}}},
            {"data", {{"key", value}}}};
  }
};

[[noreturn]] void fail(const Error& error) {
  throw Error(error.kind, fmt::format("{}: {}", error.what(), error.cause));
}

void require(bool holds, const std::string& what) {
  if (!holds) throw Error(ErrorKind::internal, what);
}

// How one GET went, below the client.
struct Probe final : http::Handler {
  std::optional<http::Completion> completion;
  void on_done(http::Completion done) override { completion = std::move(done); }
};

void probe_protocol(Steps& steps) {
  Probe probe;
  http::Request request;
  request.connection = &steps.client.access().connection;
  request.path = "/readyz";
  if (steps.client.access().token) request.bearer_token = steps.client.access().token;
  steps.transport.start(std::move(request), probe);
  while (!probe.completion) steps.transport.wait(steps.clock.now() + 1s);
  require(probe.completion->failure == http::Failure::none, probe.completion->message);
  steps.seen["http_version"] = probe.completion->response.http_version;
  steps.seen["readyz"] = probe.completion->response.body;
}

void report_access(Steps& steps) {
  steps.seen["access"] = kube::describe(steps.client.access());
  kube::ApiRequest version;
  version.path = "/version";
  steps.seen["version"] = string_at(steps.client.call(version).body, {"gitVersion"});
}

// Sends one request per index and waits for all answers; seconds.
template <class MakeRequest, class OnResult>
double all_at_once(Steps& steps, MakeRequest make_request, OnResult on_result) {
  int left = steps.count;
  const auto start = steps.clock.now();
  for (int i = 0; i < steps.count; ++i)
    steps.client.send(make_request(i), [&](const kube::ApiResult& result) {
      --left;
      if (!result.ok()) fail(*result.error);
      on_result(result);
    });
  while (left > 0) steps.client.wait(steps.clock.now() + patience);
  return std::chrono::duration<double>(steps.clock.now() - start).count();
}

void apply_all(Steps& steps) {
  int created = 0, same = 0;
  const auto apply = [&](int i) { return kube::apply_request(steps.config_map(), steps.object(i, "1"), {}); };
  steps.seen["create_seconds"] =
      all_at_once(steps, apply, [&](const kube::ApiResult& result) { created += result.status == 201 ? 1 : 0; });
  steps.seen["apply_again_seconds"] =
      all_at_once(steps, apply, [&](const kube::ApiResult& result) { same += result.status == 200 ? 1 : 0; });
  steps.seen["created"] = created;
  steps.seen["same"] = same;
}

void list_all(Steps& steps) {
  const std::size_t before = steps.client.requests_sent();
  const kube::ApiResult list =
      steps.client.call(kube::list_request(steps.config_map(), steps.name_space, "check=client"));
  if (!list.ok()) fail(*list.error);
  steps.seen["listed"] = kube::items_of(list.body).size();
  steps.seen["pages"] = steps.client.requests_sent() - before;
}

struct Counter final : kube::WatchHandler {
  int lists = 0, listed = 0, modified = 0, deleted = 0;
  std::optional<Error> failure;
  void on_list(std::vector<Json> objects) override {
    ++lists;
    listed = static_cast<int>(objects.size());
  }
  void on_event(kube::WatchEvent event, Json) override {
    modified += event == kube::WatchEvent::modified ? 1 : 0;
    deleted += event == kube::WatchEvent::deleted ? 1 : 0;
  }
  void on_failed(const Error& error) override { failure = error; }
};

template <class Condition>
void wait_until(Steps& steps, const Counter& counter, Condition condition) {
  const auto end = steps.clock.now() + patience;
  while (!condition()) {
    if (counter.failure) fail(*counter.failure);
    require(steps.clock.now() < end, "the watch did not show every event in time");
    steps.client.wait(end);
  }
}

void watch_and_delete(Steps& steps) {
  Counter counter;
  steps.client.watch({.kind = &steps.config_map(), .name_space = steps.name_space, .label_selector = "check=client"},
                     counter);
  wait_until(steps, counter, [&] { return counter.listed == steps.count; });
  const auto change = [&](int i) { return kube::apply_request(steps.config_map(), steps.object(i, "2"), {}); };
  steps.seen["change_seconds"] = all_at_once(steps, change, [](const kube::ApiResult&) {});
  wait_until(steps, counter, [&] { return counter.modified >= steps.count; });
  std::map<std::string, std::string> uids;
  for (const Json& item :
       kube::items_of(steps.client.call(kube::list_request(steps.config_map(), steps.name_space, "check=client")).body))
    uids[string_at(item, {"metadata", "name"})] = kube::uid_of(item);
  const auto remove = [&](int i) {
    const kube::ObjectRef ref = kube::ref_of(steps.object(i, ""));
    return kube::delete_request(steps.config_map(), ref, uids.at(ref.name), kube::Propagation::background);
  };
  steps.seen["delete_seconds"] = all_at_once(steps, remove, [](const kube::ApiResult&) {});
  wait_until(steps, counter, [&] { return counter.deleted == steps.count; });
  steps.seen["events"] = {{"modified", counter.modified}, {"deleted", counter.deleted}};
}

// For an account that may not watch: the list comes again and again, and shows what changed.
void poll(Steps& steps) {
  Counter counter;
  steps.client.watch({.kind = &steps.config_map(), .name_space = steps.name_space, .label_selector = "check=client"},
                     counter);
  wait_until(steps, counter, [&] { return counter.lists == 1; });
  all_at_once(
      steps, [&](int i) { return kube::apply_request(steps.config_map(), steps.object(i, "1"), {}); },
      [](const kube::ApiResult&) {});
  wait_until(steps, counter, [&] { return counter.listed == steps.count; });
  steps.seen["relists"] = counter.lists;
}

int run(const std::vector<std::string>& arguments) {
  const bool only_list = arguments.size() == 4 && arguments[3] == "--only-list";
  if (arguments.size() != 3 && !only_list)
    throw Error(ErrorKind::usage, "usage: client_check KUBECONFIG NAMESPACE COUNT [--only-list]");
  Steps steps(arguments[0], arguments[1], std::stoi(arguments[2]));
  if (only_list) {
    poll(steps);
    fmt::print("{}\n", steps.seen.dump(2));
    return 0;
  }
  report_access(steps);
  probe_protocol(steps);
  apply_all(steps);
  list_all(steps);
  watch_and_delete(steps);
  steps.seen["requests"] = steps.client.requests_sent();
  fmt::print("{}\n", steps.seen.dump(2));
  return 0;
}

}  // namespace
}  // namespace kforge

int main(int argc, char** argv) try {
  return kforge::run({argv + 1, argv + argc});
} catch (const std::exception& error) {
  fmt::print(stderr, "client_check: {}\n", error.what());
  return 1;
}
