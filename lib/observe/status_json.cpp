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

Json pod_json(const PodRow& pod) {
  Json made = {{"name", pod.name}, {"state", pod.state}, {"ready", pod.ready}, {"restarts", pod.restarts}};
  put_text(made, "node", pod.node);
  put_text(made, "lastExit", pod.last_exit);
  put_time(made, "started", pod.started);
  put_time(made, "lastRestart", pod.last_restart);
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
  if (!row.counts) return made;
  made["ready"] = row.counts->ready;
  made["wanted"] = row.counts->wanted;
  made["updated"] = row.counts->updated;
  made["restarts"] = row.restarts;
  made["pods"] = Json::array();
  for (const PodRow& pod : row.pods) made["pods"].push_back(pod_json(pod));
  return made;
}

}  // namespace

Json to_json(const ProjectStatus& status) {
  Json made = {{"project", status.project}, {"objects", Json::array()}, {"notes", status.notes}};
  put_text(made, "context", status.context);
  for (const ObjectRow& row : status.objects) made["objects"].push_back(object_json(row));
  return made;
}

}  // namespace kforge::observe
