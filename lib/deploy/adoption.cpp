// SPDX-License-Identifier: Apache-2.0
#include "deploy/adoption.hpp"

#include "base/text.hpp"
#include "deploy/compare.hpp"
#include "deploy/names.hpp"
#include "deploy/owners.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace kforge::deploy {
namespace {

std::vector<const Change*> adoptions(const Plan& plan) {
  std::vector<const Change*> found;
  for (const Change& change : plan.changes)
    if (change.adopts) found.push_back(&change);
  return found;
}

// What kubectl, or whoever made it, calls itself.
std::string maker_of(const Json& live) {
  for (const schema::ManagedEntry& entry : schema::managed_fields_of(live))
    if (entry.subresource.empty()) return fmt::format("  made by '{}'", entry.manager);
  return {};
}

}  // namespace

bool is_adoption(const Change& change, const Membership& membership) {
  return change.live != nullptr && change.ref.kind.kind != "Namespace" && !is_member(*change.live, membership) &&
         apply_entry(*change.live, field_manager).is_null();
}

std::string adoption_text(const Plan& plan) {
  const std::vector<const Change*> found = adoptions(plan);
  if (found.size() == 1) return fmt::format("{} exists already and belongs to nobody", found.front()->ref.to_string());
  return fmt::format("{} exist already and belong to nobody", counted(found.size(), "object"));
}

void check_adoption(const Plan& plan, const std::function<bool(const std::string& question)>& ask) {
  const std::vector<const Change*> found = adoptions(plan);
  if (found.empty()) return;
  std::vector<std::string> lines;
  for (const Change* change : found) lines.push_back(change->ref.to_string() + maker_of(*change->live));
  if (ask &&
      ask(fmt::format("{}:\n  {}\nmake kforge manage them from now on", adoption_text(plan), join(lines, "\n  "))))
    return;
  Error error = Error(ErrorKind::guard_refused, adoption_text(plan))
                    .why(join(lines, "\n"))
                    .hint("`kforge up --adopt` manages them from now on; or choose other names in the project file");
  if (found.front()->object->origin.known()) error.place = found.front()->object->origin;
  throw error;
}

}  // namespace kforge::deploy
