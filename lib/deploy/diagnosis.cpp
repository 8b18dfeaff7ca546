// SPDX-License-Identifier: Apache-2.0
#include "deploy/diagnosis.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace kforge::deploy {
namespace {

constexpr int log_tail = 40;
constexpr int log_bytes = 64 * 1024;
// How long the logs may take: the diagnosis must come, even when a node is gone.
constexpr std::chrono::seconds log_patience{5};

// A container whose log may say something.
struct LogSource {
  std::string name_space, pod, container;
  bool previous = false;  // the run before the last restart
};

const Json* container_status(const Json& pod, const std::string& name) {
  for (const char* list : {"initContainerStatuses", "containerStatuses"})
    for (const Json& status : at_path(pod, {"status", list}))
      if (string_at(status, {"name"}) == name) return &status;
  return nullptr;
}

// Whether there can be a log at all: an image that was never pulled has none.
bool has_run(const Json& status) {
  return int_at(status, {"restartCount"}) > 0 || !at_path(status, {"lastState", "terminated"}).is_null() ||
         !at_path(status, {"state", "running"}).is_null() || !at_path(status, {"state", "terminated"}).is_null();
}

// A failing init container comes before the others: they have not been started.
std::string worst_container(const Json& pod) {
  for (const Json& status : at_path(pod, {"status", "initContainerStatuses"}))
    if (int_at(status, {"state", "terminated", "exitCode"}, 1) != 0) return string_at(status, {"name"});
  for (const Json& status : at_path(pod, {"status", "containerStatuses"}))
    if (!bool_at(status, {"ready"})) return string_at(status, {"name"});
  return {};
}

std::optional<LogSource> log_source(const Target& target, const Store& store) {
  const Json* live = store.find(target.change->ref);
  if (live == nullptr) return std::nullopt;
  const rollout::Surroundings around = store.around(*live);
  for (const Json* pod : rollout::new_pods(*live, around)) {
    const std::string name = string_at(*pod, {"metadata", "name"});
    if (!target.verdict->pod.empty() && name != target.verdict->pod) continue;
    const std::string container = target.verdict->container.empty() ? worst_container(*pod) : target.verdict->container;
    const Json* status = container_status(*pod, container);
    if (status == nullptr || !has_run(*status)) continue;
    // What failed ended in an earlier run, even if the container runs again just now.
    const bool waiting = !at_path(*status, {"state", "waiting"}).is_null();
    const bool previous = (waiting || target.failed()) && int_at(*status, {"restartCount"}) > 0;
    return LogSource{target.change->ref.name_space, name, container, previous};
  }
  return std::nullopt;
}

kube::ApiRequest log_request(const LogSource& source) {
  static const schema::Kind& pods = *schema::Table::embedded().find(schema::kind_name("v1", "Pod"));
  kube::ApiRequest request;
  request.path = fmt::format("{}/log?container={}&tailLines={}&limitBytes={}{}",
                             schema::object_path(pods, source.name_space, source.pod), url_encode(source.container),
                             log_tail, log_bytes, source.previous ? "&previous=true" : "");
  request.accept = "*/*";  // an API server answers "text/plain" alone with 406
  request.object = kube::ObjectRef{pods.name, source.name_space, source.pod};
  return request;
}

// What a kubelet writes into the log that it was asked for (kuberuntime, GetContainerLogs), with status 200, when it
// has removed the container meanwhile: it keeps the last dead one only.
constexpr std::string_view no_such_log = "unable to retrieve container logs for ";

std::vector<std::string> lines_of(const Json& body) {
  if (!body.is_string() || body.get_ref<const std::string&>().starts_with(no_such_log)) return {};
  std::vector<std::string> lines = split(body.get_ref<const std::string&>(), '\n');
  while (!lines.empty() && lines.back().empty()) lines.pop_back();
  if (lines.size() > log_tail) lines.erase(lines.begin(), lines.end() - log_tail);
  return lines;
}

// The log of the run that ended; when the node has it no more, the current one.
void fetch_log(RequestGroup& group, LogSource source, Diagnosis& into) {
  kube::ApiRequest request = log_request(source);
  group.send(std::move(request), [&group, source = std::move(source), &into](const kube::ApiResult& result) mutable {
    std::vector<std::string> lines = result.ok() ? lines_of(result.body) : std::vector<std::string>{};
    if (lines.empty() && source.previous) {
      source.previous = false;
      return fetch_log(group, std::move(source), into);
    }
    if (lines.empty()) return;
    into.log_lines = std::move(lines);
    into.log_source = source.pod + (source.previous ? ", previous run" : "");
  });
}

Diagnosis described(Session& session, project::Tier tier, const Target& target, const Store& store) {
  Diagnosis diagnosis;
  diagnosis.tier = tier;
  diagnosis.object = target.change->ref;
  diagnosis.service = target.change->object->service;
  if (target.verdict) diagnosis.verdict = *target.verdict;
  diagnosis.place = place_of_cause(session.project(), *target.change, diagnosis.verdict);
  diagnosis.after = std::chrono::duration_cast<std::chrono::milliseconds>(session.now() - target.started);
  if (const Json* live = store.find(target.change->ref))
    diagnosis.event_lines = event_lines(store.around(*live).events, target.baseline.applied_at);
  return diagnosis;
}

// A Service without endpoints behind a workload that is reported too: a symptom, not a cause.
bool is_symptom(const Target& target, const std::vector<const Target*>& targets) {
  const std::string& service = target.change->object->service;
  return target.change->ref.kind.kind == "Service" && !service.empty() &&
         std::ranges::any_of(targets, [&](const Target* other) {
           return other->change->ref.kind.kind != "Service" && other->change->object->service == service;
         });
}

}  // namespace

std::vector<Diagnosis> diagnose(Session& session, project::Tier tier, const std::vector<const Target*>& unsettled,
                                const Store& store, Ending ending) {
  std::vector<const Target*> targets;
  std::ranges::copy_if(unsettled, std::back_inserter(targets),
                       [&](const Target* target) { return !is_symptom(*target, unsettled); });
  std::vector<Diagnosis> diagnoses;
  for (const Target* target : targets) {
    diagnoses.push_back(described(session, tier, *target, store));
    diagnoses.back().timed_out = ending == Ending::timed_out;
  }
  RequestGroup group(session);
  for (std::size_t i = 0; i < targets.size(); ++i)
    if (targets[i]->verdict)
      if (std::optional<LogSource> source = log_source(*targets[i], store))
        fetch_log(group, *std::move(source), diagnoses[i]);
  const Clock::time_point until = session.now() + log_patience;
  while (group.open() > 0 && session.now() < until) session.pump(until);
  return diagnoses;
}

}  // namespace kforge::deploy
