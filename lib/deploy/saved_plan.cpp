// SPDX-License-Identifier: Apache-2.0
#include "deploy/saved_plan.hpp"

#include "base/digest.hpp"
#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace kforge::deploy {
namespace {

constexpr const char* plan_kind = "kforge-plan";
constexpr int plan_version = 1;
constexpr std::size_t most_named = 20;

std::string digest(const Json& value) {
  return "sha256:" + sha256_hex(to_text(value));
}

// What moves when somebody changes the object. Status writes do not count; a Secret has neither a generation nor a
// content that may be told, but every version of it is a change of somebody's.
std::string state_of(const Change& change) {
  if (change.live == nullptr) return "absent";
  const Json& live = *change.live;
  if (change.ref.kind.kind == "Secret") return "version " + kube::resource_version_of(live);
  if (const std::int64_t generation = int_at(live, {"metadata", "generation"}); generation > 0)
    return fmt::format("generation {}", generation);
  Json content = Json::array();
  for (const FieldChange& field : field_changes(change.kind, Json(), live))
    content.push_back(Json::array({field.path, field.after}));
  return digest(content);
}

// What the project file asks for: for Secrets the keys.
std::string intent_of(const Change& change) {
  return digest(render::redacted(change.intent()));
}

// What is done to the object, apart from the values of Secrets.
std::string effect_of(const PlannedObject& object) {
  Json fields = Json::array();
  const bool secret = object.object.kind.kind == "Secret";
  for (const FieldChange& field : object.fields)
    fields.push_back(secret ? Json::array({field.path}) : Json::array({field.path, field.before, field.after}));
  return digest(Json::array({fields, object.remark}));
}

Json object_json(const Change& change, const PlannedObject& object) {
  Json made = {{"apiVersion", change.ref.kind.api_version()}, {"kind", change.ref.kind.kind},
               {"namespace", change.ref.name_space},          {"name", change.ref.name},
               {"action", to_string(object.category)},        {"intent", intent_of(change)}};
  if (change.live != nullptr) made["uid"] = kube::uid_of(*change.live);
  // What stays as it is may be scaled or annotated by others meanwhile, as long as it still needs no change.
  if (object.category == Category::unchanged) return made;
  made["state"] = state_of(change);
  made["effect"] = effect_of(object);
  return made;
}

Json deletion_json(const Leftover& leftover) {
  return {{"apiVersion", leftover.ref.kind.api_version()}, {"kind", leftover.ref.kind.kind},
          {"namespace", leftover.ref.name_space},          {"name", leftover.ref.name},
          {"action", to_string(Category::remove)},         {"uid", kube::uid_of(*leftover.live)}};
}

bool is_deletion(const Json& object) {
  return string_at(object, {"action"}) == to_string(Category::remove);
}

std::string name_of(const Json& object) {
  const std::string space = string_at(object, {"namespace"});
  return fmt::format("{} {}{}", string_at(object, {"kind"}), space.empty() ? "" : space + "/",
                     string_at(object, {"name"}));
}

// Why an object is not as it was; empty when it is.
std::string difference(const Json& saved, const Json& now) {
  if (saved == now) return {};
  const auto differs = [&](std::string_view key) { return at_path(saved, {key}) != at_path(now, {key}); };
  if (differs("uid"))
    return at_path(now, {"uid"}).is_null()     ? "is gone"
           : at_path(saved, {"uid"}).is_null() ? "exists now"
                                               : "was deleted and made again";
  if (differs("intent")) return "is described differently by the project file";
  const std::string before = string_at(saved, {"state"}), after = string_at(now, {"state"});
  if (!before.empty() && !after.empty() && before != after)
    return fmt::format("was changed by somebody ({} -> {})", before, after);
  if (differs("action"))
    return fmt::format("would now be: {}, not: {}", string_at(now, {"action"}), string_at(saved, {"action"}));
  return "would change in other fields";
}

std::vector<std::string> differences(const Json& saved, const Json& now) {
  std::map<std::string, std::pair<Json, Json>> pairs;
  for (const Json& object : at_path(saved, {"objects"})) pairs[name_of(object)].first = object;
  for (const Json& object : at_path(now, {"objects"})) pairs[name_of(object)].second = object;
  std::vector<std::string> lines;
  for (const auto& [name, pair] : pairs) {
    const auto& [before, after] = pair;
    if (after.is_null())
      lines.push_back(
          name + (is_deletion(before) ? "  would not be deleted any more" : "  is not in the project file any more"));
    else if (before.is_null())
      lines.push_back(name + (is_deletion(after) ? "  would be deleted, too" : "  is new in the project file"));
    else if (const std::string text = difference(before, after); !text.empty())
      lines.push_back(name + "  " + text);
  }
  return lines;
}

Error stale(std::string why) {
  return Error(ErrorKind::conflict, "the saved plan is stale: the world has moved since it was made")
      .why(std::move(why))
      .hint("look at a new plan: `kforge plan --out FILE`");
}

std::vector<std::string> strings(const Json& list) {
  std::vector<std::string> texts;
  for (const Json& item : list)
    if (item.is_string()) texts.push_back(item.get<std::string>());
  return texts;
}

}  // namespace

Json saved_plan(const std::string& cluster, const project::Project& project, const UpRequest& request, const Plan& plan,
                const Preview& preview) {
  Json objects = Json::array();
  for (std::size_t i = 0; i < plan.changes.size(); ++i)
    objects.push_back(object_json(plan.changes[i], preview.objects.at(i)));
  for (const Leftover& leftover : plan.gone)
    if (!leftover.stays()) objects.push_back(deletion_json(leftover));
  return {{"kind", plan_kind},
          {"v", plan_version},
          {"cluster", cluster},
          {"project", project.name},
          {"environment", project.environment},
          {"request",
           {{"services", request.services},
            {"forceConflicts", request.force_conflicts},
            {"recreate", request.recreate},
            {"adopt", request.adopt},
            {"prune", request.prune},
            {"noPrune", request.no_prune},
            {"allowMassPrune", request.allow_mass_prune}}},
          {"objects", std::move(objects)}};
}

void restore_request(const Json& saved, UpRequest& request) {
  if (string_at(saved, {"kind"}) != plan_kind || int_at(saved, {"v"}) != plan_version)
    throw Error(ErrorKind::usage, "this file is no plan that this version of kforge can read")
        .hint("make one with `kforge plan --out FILE`");
  const Json& asked = at_path(saved, {"request"});
  request.services = strings(at_path(asked, {"services"}));
  request.recreate = strings(at_path(asked, {"recreate"}));
  request.force_conflicts = bool_at(asked, {"forceConflicts"});
  request.adopt = bool_at(asked, {"adopt"});
  request.prune = strings(at_path(asked, {"prune"}));
  request.no_prune = bool_at(asked, {"noPrune"});
  request.allow_mass_prune = bool_at(asked, {"allowMassPrune"});
  request.saved_plan = saved;
}

void check_unmoved(const Json& saved, const Json& now) {
  if (at_path(saved, {"project"}) != at_path(now, {"project"}) ||
      at_path(saved, {"environment"}) != at_path(now, {"environment"}))
    throw stale(fmt::format("it is for project '{}' in environment '{}'", string_at(saved, {"project"}),
                            string_at(saved, {"environment"})));
  if (at_path(saved, {"cluster"}) != at_path(now, {"cluster"}))
    throw stale(fmt::format("it is for another cluster ({}, this one is {})", string_at(saved, {"cluster"}),
                            string_at(now, {"cluster"})));
  std::vector<std::string> lines = differences(saved, now);
  if (lines.empty()) return;
  if (lines.size() > most_named) {
    const std::size_t more = lines.size() - most_named;
    lines.resize(most_named);
    lines.push_back(fmt::format("and {} more", more));
  }
  throw stale(join(lines, "\n"));
}

void check_saved_plan(Session& session, const std::string& cluster, const UpRequest& request, const Plan& plan) {
  check_unmoved(*request.saved_plan, saved_plan(cluster, session.project(), request, plan, preview_of(session, plan)));
}

}  // namespace kforge::deploy
