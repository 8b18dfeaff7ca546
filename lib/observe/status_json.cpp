// SPDX-License-Identifier: Apache-2.0
// The JSON form of the status, described in docs/status-json.md.
#include "observe/status.hpp"

namespace kforge::observe {
namespace {

void put_text(Json& object, const char* key, const std::string& text) {
  if (!text.empty()) object[key] = text;
}

void put_time(Json& object, const char* key, const std::optional<WallTime>& time) {
  if (time) object[key] = format_rfc3339(*time);
}

// Cores and bytes.
void put_amounts(Json& object, const char* key, const Amounts& amounts) {
  if (amounts.cpu) object[key]["cpu"] = *amounts.cpu;
  if (amounts.memory) object[key]["memory"] = static_cast<std::int64_t>(*amounts.memory);
}

void put_all_amounts(Json& object, const Amounts& use, const Amounts& request, const Amounts& limit) {
  put_amounts(object, "use", use);
  put_amounts(object, "requests", request);
  put_amounts(object, "limits", limit);
}

void put_companions(Json& made, const ObjectRow& row) {
  if (row.autoscaling) {
    const Autoscaling& scaling = *row.autoscaling;
    Json& object = made["autoscaler"] = {{"name", scaling.name},
                                         {"min", scaling.min},
                                         {"max", scaling.max},
                                         {"current", scaling.current},
                                         {"wanted", scaling.wanted}};
    if (scaling.cpu) object["cpu"] = *scaling.cpu;
    if (scaling.cpu_target) object["cpuTarget"] = *scaling.cpu_target;
  }
  if (row.budget)
    made["disruptionBudget"] = {{"name", row.budget->name},
                                {"allowed", row.budget->allowed},
                                {"healthy", row.budget->healthy},
                                {"needed", row.budget->needed}};
  if (row.endpoints) made["endpoints"] = {{"ready", row.endpoints->ready}, {"all", row.endpoints->all}};
}

Json pod_json(const PodRow& pod) {
  Json made = {{"name", pod.name}, {"state", pod.state}, {"ready", pod.ready}, {"restarts", pod.restarts}};
  put_text(made, "node", pod.node);
  put_text(made, "lastExit", pod.last_exit);
  put_time(made, "started", pod.started);
  put_time(made, "lastRestart", pod.last_restart);
  put_all_amounts(made, pod.use, pod.request, pod.limit);
  return made;
}

void put_verdict(Json& made, const rollout::Verdict& verdict) {
  made["verdict"] = to_string(verdict.state);
  made["warning"] = verdict.state == rollout::State::ready_with_warning;
  made["reason"] = verdict.reason;
  made["message"] = verdict.message;
  put_text(made, "code", verdict.code);
  put_text(made, "evidence", verdict.evidence);
  put_text(made, "subject", verdict.subject);
  put_text(made, "pod", verdict.pod);
  put_text(made, "container", verdict.container);
}

Json object_json(const ObjectRow& row) {
  Json made = {{"apiVersion", row.object.kind.api_version()},
               {"kind", row.object.kind.kind},
               {"namespace", row.object.name_space},
               {"name", row.object.name},
               {"service", row.service}};
  put_text(made, "tier", row.tier);
  put_text(made, "image", row.image);
  put_text(made, "scale", row.scale);
  put_time(made, "created", row.created);
  put_verdict(made, row.verdict);
  if (row.drift) {
    made["drift"] = {{"manager", row.drift->manager}};
    put_time(made["drift"], "time", row.drift->at);
  }
  if (!row.counts) return made;
  made["ready"] = row.counts->ready;
  made["wanted"] = row.counts->wanted;
  made["updated"] = row.counts->updated;
  made["restarts"] = row.restarts;
  put_companions(made, row);
  put_all_amounts(made, row.use(), row.request(), row.limit());
  made["pods"] = Json::array();
  for (const PodRow& pod : row.pods) made["pods"].push_back(pod_json(pod));
  return made;
}

Json release_json(const LastRelease& release) {
  Json made = {{"number", release.number}, {"status", release.status}};
  put_text(made, "what", release.what);
  put_text(made, "by", release.by);
  put_text(made, "commit", release.commit);
  put_time(made, "started", release.started);
  return made;
}

}  // namespace

Json to_json(const ProjectStatus& status) {
  Json made = {{"project", status.project}, {"objects", Json::array()}, {"notes", status.notes}};
  put_text(made, "context", status.context);
  if (status.release) made["release"] = release_json(*status.release);
  for (const ObjectRow& row : status.objects) made["objects"].push_back(object_json(row));
  return made;
}

}  // namespace kforge::observe
