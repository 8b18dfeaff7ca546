// SPDX-License-Identifier: Apache-2.0
#include "deploy/guards.hpp"

#include "base/text.hpp"
#include "deploy/selection.hpp"

#include <fmt/format.h>

namespace kforge::deploy {
namespace {

const schema::KindName namespace_kind = schema::kind_name("v1", "Namespace");

std::set<std::string> made_in_run(const Plan& plan) {
  std::set<std::string> names;
  for (const Change& change : plan.changes)
    if (change.ref.kind == namespace_kind) names.insert(change.ref.name);
  return names;
}

bool is_terminating(const Json* name_space) {
  return name_space != nullptr && (string_at(*name_space, {"status", "phase"}) == "Terminating" ||
                                   !at_path(*name_space, {"metadata", "deletionTimestamp"}).is_null());
}

Error namespace_missing(const std::string& name, bool partial) {
  Error error(ErrorKind::not_found, fmt::format("namespace '{}' does not exist", name));
  error.advice = partial ? "deploy the whole project first: `kforge up`"
                         : fmt::format(
                               "create it (`kubectl create namespace {}`), or let kforge do it with "
                               "`namespaces: {{create: true}}`",
                               name);
  return error;
}

}  // namespace

void check_namespaces(const Plan& plan, const std::vector<std::string>& services) {
  const std::set<std::string> made = made_in_run(plan);
  for (const std::string& name : namespaces_of(plan.changes)) {
    if (is_terminating(plan.live.find({namespace_kind, "", name})))
      throw Error(ErrorKind::rejected, fmt::format("namespace '{}' is being deleted", name))
          .hint(
              fmt::format("wait until `kubectl get namespace {}` finds it no more, then run `kforge up` again", name));
    if (plan.missing_namespaces.contains(name) && !made.contains(name))
      throw namespace_missing(name, !services.empty());
  }
}

void check_ownership(const Plan& plan, const Membership& membership) {
  std::vector<std::string> lines;
  const Change* first = nullptr;
  for (const Change& change : plan.changes) {
    if (change.live == nullptr) continue;
    const std::optional<std::string> owner = foreign_owner(*change.live, membership);
    if (!owner) continue;
    lines.push_back(fmt::format("{}  is managed by {}", change.ref.to_string(), *owner));
    if (first == nullptr) first = &change;
  }
  if (first == nullptr) return;
  Error error =
      Error(ErrorKind::guard_refused, lines.size() == 1
                                          ? fmt::format("{} belongs to somebody else", first->ref.to_string())
                                          : fmt::format("{} belong to somebody else", counted(lines.size(), "object")))
          .why(join(lines, "\n"))
          .hint("choose other names or namespaces in the project file, or remove it with the tool that owns it");
  if (first->object->origin.known()) error.place = first->object->origin;
  throw error;
}

void check_paused(const Plan& plan) {
  for (const Change& change : plan.changes) {
    if (change.live == nullptr || change.ref.kind.kind != "Deployment") continue;
    if (!bool_at(*change.live, {"spec", "paused"}) || bool_at(change.intent(), {"spec", "paused"})) continue;
    throw Error(ErrorKind::guard_refused,
                fmt::format("{} is paused: its rollout would never finish", change.ref.to_string()))
        .hint(fmt::format("resume it, then run `kforge up` again: kubectl rollout resume deployment/{} -n {}",
                          change.ref.name, change.ref.name_space));
  }
}

}  // namespace kforge::deploy
