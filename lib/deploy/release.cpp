// SPDX-License-Identifier: Apache-2.0
#include "deploy/release.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace kforge::deploy {
namespace {

struct StatusName {
  ReleaseStatus status;
  std::string_view name;
};
constexpr std::array<StatusName, 5> status_names{{{ReleaseStatus::pending, "pending"},
                                                  {ReleaseStatus::deployed, "deployed"},
                                                  {ReleaseStatus::failed, "failed"},
                                                  {ReleaseStatus::interrupted, "interrupted"},
                                                  {ReleaseStatus::rolled_back, "rolled-back"}}};

struct TextField {
  const char* key;
  std::string Release::*member;
};
constexpr std::array<TextField, 11> text_fields{{{"action", &Release::action},
                                                 {"by", &Release::by},
                                                 {"url", &Release::url},
                                                 {"commit", &Release::commit},
                                                 {"branch", &Release::branch},
                                                 {"tool", &Release::tool},
                                                 {"message", &Release::message},
                                                 {"run", &Release::run},
                                                 {"hash", &Release::hash},
                                                 {"salt", &Release::salt},
                                                 {"failure", &Release::failure}}};

Json changes_json(const std::vector<ReleaseChange>& changes) {
  Json list = Json::array();
  for (const ReleaseChange& change : changes)
    list.push_back({{"apiVersion", change.object.kind.api_version()},
                    {"kind", change.object.kind.kind},
                    {"namespace", change.object.name_space},
                    {"name", change.object.name},
                    {"action", change.action},
                    {"detail", change.detail}});
  return list;
}

std::vector<ReleaseChange> changes_of(const Json& list) {
  std::vector<ReleaseChange> changes;
  for (const Json& each : list)
    changes.push_back({.object = {schema::kind_name(string_at(each, {"apiVersion"}), string_at(each, {"kind"})),
                                  string_at(each, {"namespace"}), string_at(each, {"name"})},
                       .action = string_at(each, {"action"}),
                       .detail = string_at(each, {"detail"})});
  return changes;
}

Json stages_json(const std::vector<ReleaseStage>& stages) {
  Json list = Json::array();
  for (const ReleaseStage& stage : stages) list.push_back({{"tier", stage.tier}, {"milliseconds", stage.took.count()}});
  return list;
}

}  // namespace

std::string_view to_string(ReleaseStatus status) {
  const auto found = std::ranges::find(status_names, status, &StatusName::status);
  return found == status_names.end() ? "" : found->name;
}

std::optional<ReleaseStatus> release_status_of(std::string_view text) {
  const auto found = std::ranges::find(status_names, text, &StatusName::name);
  if (found == status_names.end()) return std::nullopt;
  return found->status;
}

std::string release_name(int number) {
  return fmt::format("r{}", number);
}

std::string purpose_of(const Release& release) {
  const bool is_verb = release.action != "up" && release.action != "rollback";
  if (is_verb) return release.action + (release.message.empty() ? "" : " " + release.message);
  std::vector<std::string> parts;
  if (release.brings_back > 0) parts.push_back("rollback to " + release_name(release.brings_back));
  if (!release.services.empty()) parts.push_back("only " + join(release.services, ", "));
  if (!release.message.empty()) parts.push_back(release.message);
  return join(parts, ": ");
}

std::optional<std::chrono::milliseconds> Release::took() const {
  if (!started || !finished) return std::nullopt;
  return std::chrono::duration_cast<std::chrono::milliseconds>(*finished - *started);
}

Json release_json(const Release& release) {
  Json json = {{"v", 1}, {"parts", release.parts}, {"changes", changes_json(release.changes)}};
  for (const TextField& field : text_fields)
    if (!(release.*field.member).empty()) json[field.key] = release.*field.member;
  if (release.brings_back > 0) json["bringsBack"] = release.brings_back;
  if (!release.services.empty()) json["services"] = release.services;
  if (release.started) json["started"] = format_rfc3339_micro(*release.started);
  if (release.finished) json["finished"] = format_rfc3339_micro(*release.finished);
  if (!release.stages.empty()) json["stages"] = stages_json(release.stages);
  if (!release.images.empty()) json["images"] = release.images;
  return json;
}

Release release_of(int number, ReleaseStatus status, const Json& json) {
  Release release;
  release.number = number;
  release.status = status;
  for (const TextField& field : text_fields) release.*field.member = string_at(json, {field.key});
  release.parts = static_cast<int>(int_at(json, {"parts"}));
  release.brings_back = static_cast<int>(int_at(json, {"bringsBack"}));
  release.started = parse_rfc3339(string_at(json, {"started"}));
  release.finished = parse_rfc3339(string_at(json, {"finished"}));
  release.changes = changes_of(at_path(json, {"changes"}));
  for (const Json& name : at_path(json, {"services"}))
    if (name.is_string()) release.services.push_back(name.get<std::string>());
  for (const Json& stage : at_path(json, {"stages"}))
    release.stages.push_back({string_at(stage, {"tier"}), std::chrono::milliseconds(int_at(stage, {"milliseconds"}))});
  for (const auto& [image, digest] : at_path(json, {"images"}).items())
    if (digest.is_string()) release.images.emplace(image, digest.get<std::string>());
  return release;
}

}  // namespace kforge::deploy
