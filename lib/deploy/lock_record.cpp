// SPDX-License-Identifier: Apache-2.0
#include "deploy/lock_record.hpp"

#include "base/text.hpp"
#include "deploy/names.hpp"

#include <fmt/format.h>

#include <array>
#include <utility>

namespace kforge::deploy {
namespace {

constexpr const char* api_version = "coordination.k8s.io/v1";

struct NoteField {
  const char* annotation;
  std::string LockNote::*text;
};
constexpr std::array<NoteField, 6> note_fields = {{{"kforge.dev/operation", &LockNote::operation},
                                                   {"kforge.dev/by", &LockNote::by},
                                                   {"kforge.dev/message", &LockNote::message},
                                                   {"kforge.dev/url", &LockNote::url},
                                                   {"kforge.dev/revision", &LockNote::revision},
                                                   {"kforge.dev/process", &LockNote::process}}};

std::string ago(const std::optional<WallTime>& time, WallTime now) {
  if (!time) return "at an unknown time";
  const auto length = std::chrono::duration_cast<Milliseconds>(now - *time);
  return length.count() < 0 ? "just now" : format_duration(length) + " ago";
}

}  // namespace

kube::ObjectRef lock_lease(const ApplySet& set) {
  return {schema::kind_name(api_version, "Lease"), set.name_space, "kforge-" + set.project};
}

LockRecord lock_record_of(const Json& lease) {
  LockRecord record;
  if (!lease.is_object()) return record;
  record.resource_version = kube::resource_version_of(lease);
  record.holder = string_at(lease, {"spec", "holderIdentity"});
  for (const NoteField& field : note_fields)
    record.note.*field.text = string_at(lease, {"metadata", "annotations", field.annotation});
  record.acquired = parse_rfc3339(string_at(lease, {"spec", "acquireTime"}));
  record.renewed = parse_rfc3339(string_at(lease, {"spec", "renewTime"}));
  record.duration_seconds = int_at(lease, {"spec", "leaseDurationSeconds"});
  record.transitions = int_at(lease, {"spec", "leaseTransitions"});
  return record;
}

Json lock_manifest(const ApplySet& set, const LockRecord& record) {
  const kube::ObjectRef ref = lock_lease(set);
  Json annotations = Json::object();
  for (const NoteField& field : note_fields)
    if (!(record.note.*field.text).empty()) annotations[field.annotation] = record.note.*field.text;
  Json spec = {{"holderIdentity", record.holder},
               {"leaseDurationSeconds", record.duration_seconds},
               {"leaseTransitions", record.transitions}};
  if (record.acquired) spec["acquireTime"] = format_rfc3339_micro(*record.acquired);
  if (record.renewed) spec["renewTime"] = format_rfc3339_micro(*record.renewed);
  Json metadata = {{"name", ref.name},
                   {"namespace", ref.name_space},
                   {"labels", {{project_label, set.project}, {managed_by_label, field_manager}}},
                   {"annotations", std::move(annotations)}};
  if (record.exists()) metadata["resourceVersion"] = record.resource_version;
  return {{"apiVersion", api_version}, {"kind", "Lease"}, {"metadata", std::move(metadata)}, {"spec", std::move(spec)}};
}

std::string describe_holder(const LockRecord& record) {
  const std::string& who = record.note.by.empty() ? record.holder : record.note.by;
  if (record.is_manual()) return who + " locked it by hand";
  std::string text = fmt::format("{} runs `{}`", who, record.note.operation.empty() ? "?" : record.note.operation);
  if (!record.note.revision.empty()) text += fmt::format(" (release {})", record.note.revision);
  return text;
}

std::string describe_lock(const LockRecord& record, WallTime now) {
  std::vector<std::string> lines{"since " + ago(record.acquired, now)};
  if (!record.is_manual()) lines.push_back("last heartbeat " + ago(record.renewed, now));
  if (!record.note.message.empty()) lines.push_back("message: " + record.note.message);
  if (!record.note.url.empty()) lines.push_back(record.note.url);
  return join(lines, "\n");
}

}  // namespace kforge::deploy
