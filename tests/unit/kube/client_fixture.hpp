// SPDX-License-Identifier: Apache-2.0
// A Client on a scripted transport, for the tests of this layer.
#pragma once

#include "kube/client.hpp"
#include "tests/fakes/fake_api.hpp"
#include "tests/fakes/fake_processes.hpp"
#include "tests/fakes/fake_transport.hpp"

#include <string>
#include <vector>

namespace kforge::tests {

// A request without a schema behind it: GET path.
inline kube::ApiRequest get(std::string path) {
  kube::ApiRequest request;
  request.path = std::move(path);
  return request;
}

inline kube::ApiRequest post(std::string path, std::string body = "{}") {
  kube::ApiRequest request;
  request.method = "POST";
  request.path = std::move(path);
  request.content_type = "application/json";
  request.body = std::move(body);
  request.replay = kube::Replay::unsafe;
  return request;
}

inline kube::ClusterAccess token_access() {
  kube::ClusterAccess access;
  access.connection.base_url = "https://kube.example:6443";
  access.context = "prod";
  access.cluster = "prod-cluster";
  access.user = "deployer";
  access.method = kube::AuthMethod::token;
  access.token = Secret("secret-token");
  access.sources = {"/home/me/.kube/config"};
  return access;
}

// what, why and hint of an error on lines of their own, so that a test shows the whole message.
inline std::string whole(const Error& error) {
  std::string text = error.what();
  if (!error.cause.empty()) text += "\n  why:  " + error.cause;
  if (!error.advice.empty()) text += "\n  hint: " + error.advice;
  return text;
}

// Watch events as lines: "list a b", "added c", "failed: …".
struct RecordingWatch final : kube::WatchHandler {
  std::vector<std::string> lines;
  std::function<void()> after_each = [] {};

  void on_list(std::vector<Json> objects) override {
    std::string line = "list";
    for (const Json& object : objects) line += " " + string_at(object, {"metadata", "name"});
    record(line);
  }
  void on_event(kube::WatchEvent event, Json object) override {
    static const std::vector<std::string> words{"added", "modified", "deleted"};
    record(words.at(static_cast<std::size_t>(event)) + " " + string_at(object, {"metadata", "name"}));
  }
  void on_failed(const Error& error) override { record("failed: " + std::string(error.what())); }

 private:
  void record(const std::string& line) {
    lines.push_back(line);
    after_each();
  }
};

struct ScriptedClient {
  FakeClock clock;
  FakeTransport transport{clock};
  FakeProcesses processes;
  Environment environment;
  kube::Client client;

  explicit ScriptedClient(kube::ClusterAccess access = token_access())
      : client(transport, clock, processes, std::move(access), environment, false) {}
  void run_for(Milliseconds length) {
    for (const Clock::time_point end = clock.now() + length; clock.now() < end;) client.wait(end);
  }
};

struct ClusterClient {
  FakeClock clock;
  FakeCluster cluster{clock};
  FakeProcesses processes;
  Environment environment;
  kube::Client client{cluster, clock, processes, cluster.access(), environment, false};

  void run_for(Milliseconds length) {
    for (const Clock::time_point end = clock.now() + length; clock.now() < end;) client.wait(end);
  }
};

inline const schema::Kind& kind(const std::string& api_version, const std::string& name) {
  const schema::Kind* found = schema::Table::embedded().find(schema::kind_name(api_version, name));
  if (found == nullptr) throw std::logic_error("no kind " + name);
  return *found;
}

inline Json config_map(const std::string& name_space, const std::string& name, const std::string& value = "1") {
  return {{"apiVersion", "v1"},
          {"kind", "ConfigMap"},
          {"metadata", {{"name", name}, {"namespace", name_space}, {"labels", {{"app", "shop"}}}}},
          {"data", {{"key", value}}}};
}

inline Json namespace_object(const std::string& name) {
  return {{"apiVersion", "v1"}, {"kind", "Namespace"}, {"metadata", {{"name", name}}}};
}

}  // namespace kforge::tests
