// SPDX-License-Identifier: Apache-2.0
#include "rollout/reading.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace kforge::rollout {
namespace {

const Json null_value;
const Json::array_t no_elements;

bool requirement_holds(const Json& requirement, const Json& labels) {
  const std::string_view operation = text_at(requirement, {"operator"});
  const std::string_view key = text_at(requirement, {"key"});
  const Json& value = at_path(labels, {key});
  if (operation == "Exists") return value.is_string();
  if (operation == "DoesNotExist") return !value.is_string();
  const auto& values = list_at(requirement, {"values"});
  const bool listed = value.is_string() && std::find(values.begin(), values.end(), value) != values.end();
  if (operation == "In") return listed;
  return operation == "NotIn" && !listed;
}

}  // namespace

std::string_view text_at(const Json& value, Path path) {
  const auto* text = at_path(value, path).get_ptr<const Json::string_t*>();
  return text != nullptr ? std::string_view(*text) : std::string_view();
}

std::int64_t count_at(const Json& value, Path path, std::int64_t fallback) {
  return std::clamp<std::int64_t>(int_at(value, path, fallback), 0, INT32_MAX);
}

const Json::array_t& list_at(const Json& value, Path path) {
  const auto* list = at_path(value, path).get_ptr<const Json::array_t*>();
  return list != nullptr ? *list : no_elements;
}

std::optional<WallTime> time_at(const Json& value, Path path) {
  const std::string_view text = text_at(value, path);
  return text.empty() ? std::nullopt : parse_rfc3339(text);
}

std::string_view group_of(const Json& object) {
  const std::string_view api_version = text_at(object, {"apiVersion"});
  const auto slash = api_version.find('/');
  return slash == std::string_view::npos ? std::string_view() : api_version.substr(0, slash);
}

bool is_deleting(const Json& object) {
  return !text_at(object, {"metadata", "deletionTimestamp"}).empty();
}

const Json& condition_of(const Json& live, std::string_view type) {
  for (const Json& condition : list_at(live, {"status", "conditions"}))
    if (text_at(condition, {"type"}) == type) return condition;
  return null_value;
}

bool has_condition(const Json& live, std::string_view type, std::string_view status) {
  return text_at(condition_of(live, type), {"status"}) == status;
}

bool has_labels(const Json& pairs, const Json& labels) {
  if (!pairs.is_object() || pairs.empty()) return false;
  for (const auto& [key, value] : pairs.items())
    if (!value.is_string() || at_path(labels, {key}) != value) return false;
  return true;
}

bool selects(const Json& selector, const Json& labels) {
  const Json& pairs = at_path(selector, {"matchLabels"});
  const auto& requirements = list_at(selector, {"matchExpressions"});
  const bool no_pairs = !pairs.is_object() || pairs.empty();
  if (no_pairs && requirements.empty()) return false;
  if (!no_pairs && !has_labels(pairs, labels)) return false;
  return std::all_of(requirements.begin(), requirements.end(),
                     [&](const Json& requirement) { return requirement_holds(requirement, labels); });
}

const Json& controller_of(const Json& object) {
  for (const Json& owner : list_at(object, {"metadata", "ownerReferences"}))
    if (bool_at(owner, {"controller"})) return owner;
  return null_value;
}

bool is_controlled_by(const Json& object, const Json& owner) {
  const Json& reference = controller_of(object);
  if (reference.is_null()) return false;
  const std::string_view wanted = text_at(reference, {"uid"}), uid = uid_of(owner);
  if (!wanted.empty() && !uid.empty()) return wanted == uid;
  return text_at(reference, {"kind"}) == kind_of(owner) && text_at(reference, {"name"}) == name_of(owner) &&
         namespace_of(object) == namespace_of(owner);
}

const Json& named(const Json::array_t& list, std::string_view name) {
  for (const Json& element : list)
    if (text_at(element, {"name"}) == name) return element;
  return null_value;
}

std::string elapsed_text(Milliseconds length) {
  if (length < std::chrono::seconds(10)) return fmt::format("{}s", std::max<std::int64_t>(length.count(), 0) / 1000);
  return format_duration(length);
}

}  // namespace kforge::rollout
