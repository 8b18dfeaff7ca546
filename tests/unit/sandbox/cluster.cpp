// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/sandbox/cluster.hpp"

#include "base/text.hpp"
#include "tests/support/catch.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace kforge::sandbox::tests {

Json Cluster::create(Json object) {
  Outcome outcome = kit.create(std::move(object));
  INFO(outcome.body.dump());
  REQUIRE(outcome.ok());
  return outcome.body;
}

Json Cluster::get(const std::string& resource, const std::string& name, const std::string& name_space) const {
  const ObjectPtr object = store.get({resource, name_space, name});
  INFO(resource << " " << name);
  REQUIRE(object);
  return *object;
}

std::vector<Json> Cluster::list(const std::string& resource, const std::string& name_space) const {
  std::vector<Json> objects;
  for (const ObjectPtr& object : store.list(resource, name_space)) objects.push_back(*object);
  return objects;
}

void Cluster::change(const std::string& resource, const std::string& name, const std::function<void(Json&)>& edit) {
  Json object = get(resource, name);
  edit(object);
  const Outcome outcome = kit.update(object);
  INFO(outcome.body.dump());
  REQUIRE(outcome.ok());
}

void Cluster::remove(const std::string& resource, const std::string& name, const std::string& propagation) {
  const std::string space = resource == "namespaces" ? "" : "shop";
  const Outcome outcome = kit.remove(get(resource, name, space), propagation);
  INFO(outcome.body.dump());
  REQUIRE(outcome.ok());
}

std::vector<std::string> Cluster::events(const std::string& name) const {
  std::vector<Json> found = list("events");
  std::erase_if(found, [&](const Json& event) { return string_at(event, {"involvedObject", "name"}) != name; });
  std::ranges::sort(found, {}, [](const Json& event) {
    return std::stoull(string_at(event, {"metadata", "resourceVersion"}));
  });
  std::vector<std::string> lines;
  for (const Json& event : found)
    lines.push_back(fmt::format("{} {}: {}", string_at(event, {"type"}), string_at(event, {"reason"}),
                                string_at(event, {"message"})));
  return lines;
}

bool Cluster::has_event(const std::string& name, const std::string& part) const {
  const std::vector<std::string> lines = events(name);
  return std::ranges::any_of(lines, [&](const std::string& line) { return contains(line, part); });
}

std::string Cluster::pod_state(const std::string& name) const {
  const Json pod = get("pods", name);
  std::string state = string_at(pod, {"status", "phase"});
  if (pod_is_ready(pod)) state += " ready";
  for (const char* list : {"initContainerStatuses", "containerStatuses"})
    for (const Json& status : at_path(pod, {"status", list})) {
      if (const auto reason = string_at(status, {"state", "waiting", "reason"}); !reason.empty()) state += " " + reason;
      if (const auto reason = string_at(status, {"state", "terminated", "reason"}); !reason.empty())
        state += " " + reason;
      if (const auto restarts = int_at(status, {"restartCount"}); restarts > 0) state += fmt::format(" x{}", restarts);
    }
  return state;
}

std::vector<std::string> Cluster::pod_states() const {
  std::vector<std::string> states;
  for (const Json& pod : list("pods")) states.push_back(pod_state(name_of(pod)));
  std::ranges::sort(states);
  return states;
}

Json pod_spec(const std::string& image) {
  return {{"containers",
           {{{"name", "app"},
             {"image", image},
             {"ports", {{{"name", "http"}, {"containerPort", 8000}}}},
             {"readinessProbe", {{"httpGet", {{"path", "/health"}, {"port", "http"}}}, {"periodSeconds", 5}}},
             {"livenessProbe", {{"httpGet", {{"path", "/health"}, {"port", "http"}}}, {"periodSeconds", 5}}},
             {"resources", {{"requests", {{"cpu", "250m"}, {"memory", "256Mi"}}}}}}}}};
}

namespace {

Json workload(const char* api_version, const char* kind, const std::string& name, Json spec) {
  return {{"apiVersion", api_version},
          {"kind", kind},
          {"metadata", {{"name", name}, {"namespace", "shop"}}},
          {"spec", std::move(spec)}};
}

Json labelled(const std::string& name, Json spec) {
  return {{"metadata", {{"labels", {{"app", name}}}}}, {"spec", std::move(spec)}};
}

}  // namespace

Json deployment(const std::string& name, int replicas, const std::string& image) {
  return workload("apps/v1", "Deployment", name,
                  {{"replicas", replicas},
                   {"selector", {{"matchLabels", {{"app", name}}}}},
                   {"template", labelled(name, pod_spec(image))}});
}

Json stateful_set(const std::string& name, int replicas) {
  Json spec = pod_spec("db:v1");
  spec["containers"][0]["volumeMounts"] = {{{"name", "data"}, {"mountPath", "/data"}}};
  return workload(
      "apps/v1", "StatefulSet", name,
      {{"replicas", replicas},
       {"serviceName", name},
       {"selector", {{"matchLabels", {{"app", name}}}}},
       {"template", labelled(name, std::move(spec))},
       {"volumeClaimTemplates",
        {{{"metadata", {{"name", "data"}}},
          {"spec", {{"accessModes", {"ReadWriteOnce"}}, {"resources", {{"requests", {{"storage", "1Gi"}}}}}}}}}}});
}

Json job(const std::string& name, const std::string& script) {
  return workload(
      "batch/v1", "Job", name,
      {{"backoffLimit", 2},
       {"template",
        {{"spec",
          {{"restartPolicy", "Never"},
           {"containers", {{{"name", "job"}, {"image", "job:v1"}, {"command", {"sh", "-c", script}}}}}}}}}});
}

Json pod(const std::string& name, const std::string& fault) {
  Json object = workload("v1", "Pod", name, pod_spec());
  object["metadata"]["labels"] = {{"app", name}};
  if (!fault.empty()) object["metadata"]["annotations"][fault_annotation] = fault;
  return object;
}

}  // namespace kforge::sandbox::tests
