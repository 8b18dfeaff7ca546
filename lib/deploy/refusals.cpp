// SPDX-License-Identifier: Apache-2.0
#include "deploy/refusals.hpp"

#include "base/text.hpp"
#include "deploy/names.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace kforge::deploy {
namespace {

ErrorKind kind_of(const Refusal& refusal) {
  if (!kube::conflicts_of(refusal.result).empty()) return ErrorKind::conflict;
  return refusal.result.error ? refusal.result.error->kind : ErrorKind::internal;
}

// Smaller is told first. What is not in the list (unreachable, not authenticated, …) hides everything else.
int rank(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::forbidden:
      return 1;
    case ErrorKind::rejected:
      return 2;
    case ErrorKind::conflict:
      return 3;
    default:
      return 0;
  }
}

std::string place_suffix(const Refusal& refusal) {
  const SourcePlace& origin = refusal.change->object->origin;
  return origin.known() ? fmt::format("  ({})", origin.to_string()) : std::string();
}

// The server's words as the client passes them on: a line per cause, without what may quote a Secret.
std::vector<std::string> reasons_of(const kube::ApiResult& result) {
  if (!result.error) return {"no answer"};
  return split(result.error->cause.empty() ? result.error->what() : result.error->cause, '\n');
}

std::vector<std::string> lines_of(const Refusal& refusal) {
  std::vector<std::string> lines;
  const std::string name = refusal.change->ref.to_string(), place = place_suffix(refusal);
  const std::vector<kube::FieldConflict> conflicts = foreign_conflicts(refusal.result);
  for (const kube::FieldConflict& conflict : conflicts)
    lines.push_back(fmt::format("{}  {}  is set by '{}'{}", name, conflict.field, conflict.manager, place));
  if (conflicts.empty())
    for (const std::string& reason : reasons_of(refusal.result))
      lines.push_back(fmt::format("{}  {}{}", name, reason, place));
  return lines;
}

std::string headline(ErrorKind kind, const std::vector<Refusal>& refusals) {
  const std::string what =
      refusals.size() == 1 ? refusals.front().change->ref.to_string() : counted(refusals.size(), "object");
  if (kind == ErrorKind::conflict) return fmt::format("other field managers hold fields of {}", what);
  if (kind == ErrorKind::forbidden) return fmt::format("this account may not write {}", what);
  return fmt::format("the API server refuses {}", what);
}

std::string advice(ErrorKind kind, const std::vector<Refusal>& refusals) {
  if (kind == ErrorKind::conflict)
    return "`kforge up --force-conflicts` takes these fields over; or remove them from the project file";
  std::vector<std::string> remedies;
  for (const Refusal& refusal : refusals)
    if (!refusal.change->remedy.empty()) remedies.push_back(refusal.change->remedy);
  if (!remedies.empty())
    return fmt::format(
        "such a field cannot be changed on an existing object: put the old value back, or run `kforge up {}`{}",
        join(remedies, " "), remedies.size() == 1 ? ": " + refusals.front().change->detail : "");
  if (std::ranges::any_of(refusals, [](const Refusal& refusal) { return refusal.change->immutable; }))
    return "this field cannot be changed on an existing object: put the old value back; kforge does not recreate what "
           "holds data";
  const auto& error = refusals.front().result.error;
  return error ? error->advice : std::string();
}

}  // namespace

std::vector<kube::FieldConflict> foreign_conflicts(const kube::ApiResult& result) {
  std::vector<kube::FieldConflict> conflicts = kube::conflicts_of(result);
  std::erase_if(conflicts, [](const kube::FieldConflict& conflict) { return is_own_manager(conflict.manager); });
  return conflicts;
}

std::vector<HeldField> held_fields(const Change& change, const kube::ApiResult& result) {
  const std::vector<schema::ManagedEntry> entries = schema::managed_fields_of(*change.live);
  const schema::FieldSet intended = schema::field_set_of(change.kind, change.intent());
  std::vector<HeldField> fields;
  for (const kube::FieldConflict& conflict : foreign_conflicts(result)) {
    HeldField& field = fields.emplace_back();
    field.path = conflict.field;
    field.manager = conflict.manager;
    const std::optional<FieldPath> path = find_member(intended, conflict.field);
    if (!path) continue;
    field.path = path_text(change.kind, *path);
    field.live = value_at(change.kind, *change.live, *path);
    field.ours = value_at(change.kind, change.intent(), *path);
    for (const Holder& holder : foreign_holders(entries, *path))
      if (holder.manager == conflict.manager) field.since = std::max(field.since, holder.since);
  }
  return fields;
}

void stop_if_refused(const Plan& plan) {
  if (!plan.refusals.empty()) throw refusal_error(plan.refusals);
}

Error refusal_error(const std::vector<Refusal>& refusals) {
  const auto worst =
      std::ranges::min_element(refusals, {}, [](const Refusal& refusal) { return rank(kind_of(refusal)); });
  const ErrorKind kind = kind_of(*worst);
  if (rank(kind) == 0 && worst->result.error) return *worst->result.error;
  std::vector<std::string> lines;
  for (const Refusal& refusal : refusals) std::ranges::move(lines_of(refusal), std::back_inserter(lines));
  Error error = Error(kind, headline(kind, refusals)).why(join(lines, "\n")).hint(advice(kind, refusals));
  if (worst->change->object->origin.known()) error.place = worst->change->object->origin;
  return error;
}

}  // namespace kforge::deploy
