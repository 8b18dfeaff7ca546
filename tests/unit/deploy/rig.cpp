// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/deploy/rig.hpp"

#include "base/text.hpp"
#include "deploy/names.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace kforge::tests {
namespace {

std::string text_of(const deploy::Event& event) {
  std::string text;
  const auto add = [&](const std::string& part) { text += part + "\n"; };
  const auto add_verdict = [&](const rollout::Verdict& verdict) {
    for (const std::string& part : {verdict.reason, verdict.message, verdict.evidence, verdict.pod}) add(part);
  };
  if (const auto* state = std::get_if<deploy::ObjectState>(&event)) add_verdict(state->verdict);
  if (const auto* applied = std::get_if<deploy::ObjectApplied>(&event))
    add(applied->object.to_string() + " " + applied->detail);
  if (const auto* warning = std::get_if<deploy::WarningText>(&event)) add(warning->text);
  if (const auto* diagnosis = std::get_if<deploy::Diagnosis>(&event)) {
    add_verdict(diagnosis->verdict);
    for (const std::string& line : diagnosis->log_lines) add(line);
    for (const std::string& line : diagnosis->event_lines) add(line);
  }
  return text;
}

template <class Run>
Ended ended(Run run) {
  Ended result;
  try {
    result.finished = run(result.told);
  } catch (const Error& error) {
    result.error = error;
  }
  return result;
}

void strip(Json& object) {
  Json& metadata = object["metadata"];
  for (const char* field : {"uid", "resourceVersion", "creationTimestamp", "generation"}) metadata.erase(field);
  if (metadata.contains("managedFields")) {
    Json entries = Json::array();
    for (Json entry : metadata["managedFields"]) {
      if (string_at(entry, {"manager"}) == deploy::cause_manager) continue;
      entry.erase("time");
      entries.push_back(std::move(entry));
    }
    std::sort(entries.begin(), entries.end());
    metadata["managedFields"] = std::move(entries);
  }
  if (metadata.contains("annotations")) metadata["annotations"].erase(deploy::change_cause_annotation);
  if (metadata.contains("annotations") && metadata["annotations"].empty()) metadata.erase("annotations");
  if (object.contains("status")) object["status"].erase("observedGeneration");
  for (const char* revision : {"currentRevision", "updateRevision"})
    if (object.contains("status")) object["status"].erase(revision);
  if (string_at(object, {"kind"}) == "Secret" && object.contains("data"))
    for (auto& [key, value] : object["data"].items()) value = "(value)";
}

}  // namespace

std::string Recorder::text() const {
  std::string text;
  for (const deploy::Event& event : events) text += text_of(event);
  return text;
}

void Rig::make_tiny() {
  sample.tiny = true;
  project = Sample::tiny_project();
}

Ended Rig::up(const deploy::UpRequest& asked) {
  deploy::UpRequest request = asked;
  request.lock.use = locks;
  return ended([&](Recorder& told) {
    kube::Client client(*transport, clock, processes, cluster.access(), environment, false);
    deploy::Session session({client, clock, project, environment, told, origin}, request.timeout);
    return deploy::run_up(session, request, input());
  });
}

Ended Rig::rollback(int number, const deploy::UpRequest& asked) {
  deploy::UpRequest request = asked;
  request.lock.use = locks;
  return ended([&](Recorder& told) {
    kube::Client client(*transport, clock, processes, cluster.access(), environment, false);
    return deploy::rollback({client, clock, project, environment, told, origin}, request, number);
  });
}

deploy::RollbackPreview Rig::rollback_preview(int number) {
  Recorder told;
  kube::Client client(*transport, clock, processes, cluster.access(), environment, false);
  return deploy::preview_rollback({client, clock, project, environment, told, origin}, {}, number);
}

std::vector<deploy::Release> Rig::releases() {
  Recorder told;
  kube::Client client(cluster, clock, processes, cluster.access(), environment, false);
  deploy::Session session({client, clock, project, environment, told, origin}, std::chrono::minutes(1));
  return deploy::read_releases(session, deploy::applyset_of(project));
}

deploy::UpInput Rig::input() const {
  return {.values = Sample::local_values(),
          .render = [this](const render::SecretValues& values) { return sample.render(values); }};
}

deploy::PlanResult Rig::plan(const deploy::UpRequest& request) {
  Recorder told;
  kube::Client client(*transport, clock, processes, cluster.access(), environment, false);
  deploy::Session session({client, clock, project, environment, told, origin}, request.timeout);
  return deploy::make_preview(session, request, input());
}

deploy::Preview Rig::drift(const deploy::UpRequest& request) {
  Recorder told;
  kube::Client client(*transport, clock, processes, cluster.access(), environment, false);
  const int writes = cluster.writes().total();
  deploy::Preview found = deploy::make_drift({client, clock, project, environment, told, origin}, request);
  CHECK(cluster.writes().total() == writes);
  return found;
}

Ended Rig::down(const deploy::DownRequest& asked) {
  deploy::DownRequest request = asked;
  request.lock.use = locks;
  return ended([&](Recorder& told) {
    kube::Client client(*transport, clock, processes, cluster.access(), environment, false);
    deploy::Session session({client, clock, project, environment, told, origin}, request.timeout);
    return deploy::run_down(session, request, sample.render(Sample::local_values()));
  });
}

std::vector<std::string> Rig::lines(std::size_t first) const {
  std::vector<std::string> lines;
  for (std::size_t i = first; i < cluster.requests().size(); ++i) {
    const http::Request& request = cluster.requests()[i].request;
    lines.push_back(request.method + " " + request.path);
  }
  return lines;
}

std::map<std::string, Json> Rig::state() const {
  std::map<std::string, Json> objects;
  for (const char* kind : {"Namespace", "Secret", "ConfigMap", "Service", "ServiceAccount", "StatefulSet", "Deployment",
                           "Job", "HorizontalPodAutoscaler", "PersistentVolumeClaim"})
    for (Json object : cluster.all(kind)) {
      if (!string_at(object, {"metadata", "labels", deploy::revision_label}).empty()) continue;
      strip(object);
      const std::string name = kube::ref_of(object).to_string();
      objects[name] = std::move(object);
    }
  return objects;
}

int position(const std::vector<std::string>& lines, const std::vector<std::string>& parts) {
  const auto found = std::ranges::find_if(lines, [&](const std::string& line) {
    return std::ranges::all_of(parts, [&](const std::string& part) { return contains(line, part); });
  });
  return found == lines.end() ? -1 : static_cast<int>(found - lines.begin());
}

void put_pod(FakeCluster& cluster, const Json& written, const std::string& pod_name, const Json& pod_status) {
  const std::string name = string_at(written, {"metadata", "name"}),
                    space = string_at(written, {"metadata", "namespace"});
  const Json deployment = *cluster.find("Deployment", space, name);
  const std::string revision = std::to_string(int_at(deployment, {"metadata", "generation"}));
  const std::string set_name = name + "-" + revision;
  const Json labels = at_path(deployment, {"spec", "template", "metadata", "labels"});
  const auto owner = [](const std::string& kind, const Json& object) {
    return Json{{{"apiVersion", "apps/v1"},
                 {"kind", kind},
                 {"name", object.at("metadata").at("name")},
                 {"uid", object.at("metadata").at("uid")},
                 {"controller", true}}};
  };
  cluster.edit("Deployment", space, name, [&](Json& object) {
    object["metadata"]["annotations"]["deployment.kubernetes.io/revision"] = revision;
    object["status"] = {{"observedGeneration", object["metadata"]["generation"]},
                        {"replicas", 1},
                        {"updatedReplicas", 1},
                        {"unavailableReplicas", 1}};
  });
  if (!cluster.find("ReplicaSet", space, set_name))
    cluster.put(
        {{"apiVersion", "apps/v1"},
         {"kind", "ReplicaSet"},
         {"metadata",
          {{"name", set_name},
           {"namespace", space},
           {"labels", labels},
           {"annotations", {{"deployment.kubernetes.io/revision", revision}}},
           {"ownerReferences", owner("Deployment", deployment)}}},
         {"spec",
          {{"replicas", 1}, {"selector", {{"matchLabels", labels}}}, {"template", deployment["spec"]["template"]}}},
         {"status", {{"observedGeneration", 1}, {"replicas", 1}}}});
  cluster.put({{"apiVersion", "v1"},
               {"kind", "Pod"},
               {"metadata",
                {{"name", pod_name},
                 {"namespace", space},
                 {"labels", labels},
                 {"ownerReferences", owner("ReplicaSet", *cluster.find("ReplicaSet", space, set_name))}}},
               {"spec", deployment["spec"]["template"]["spec"]},
               {"status", pod_status}});
}

Json waiting_container(const std::string& reason, const std::string& message, int restarts) {
  Json status = {{"name", "app"},
                 {"ready", false},
                 {"restartCount", restarts},
                 {"state", {{"waiting", {{"reason", reason}, {"message", message}}}}}};
  if (restarts > 0) status["lastState"] = {{"terminated", {{"reason", "Error"}, {"exitCode", 1}}}};
  return {{"phase", "Pending"}, {"containerStatuses", {status}}};
}

}  // namespace kforge::tests
