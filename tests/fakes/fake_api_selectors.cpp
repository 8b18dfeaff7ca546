// SPDX-License-Identifier: Apache-2.0
#include "base/text.hpp"
#include "tests/fakes/fake_api.hpp"

namespace kforge::tests {
namespace {

// "a in (b,c),d=e" -> "a in (b,c)", "d=e"
std::vector<std::string> requirements(std::string_view selector) {
  std::vector<std::string> parts{""};
  int depth = 0;
  for (const char c : selector) {
    if (c == '(') ++depth;
    if (c == ')') --depth;
    if (c == ',' && depth == 0)
      parts.emplace_back();
    else
      parts.back() += c;
  }
  return parts;
}

bool in_list(std::string_view list, const std::string& value) {
  for (const std::string& item : split(list.substr(0, list.find(')')), ','))
    if (trim(item) == value) return true;
  return false;
}

bool matches_one(const Json& labels, std::string_view requirement) {
  const auto value_of = [&](std::string_view key) { return string_at(labels, {trim(key)}); };
  const auto has = [&](std::string_view key) { return labels.is_object() && labels.contains(std::string(trim(key))); };
  if (const auto at = requirement.find(" notin ("); at != std::string_view::npos)
    return !has(requirement.substr(0, at)) || !in_list(requirement.substr(at + 8), value_of(requirement.substr(0, at)));
  if (const auto at = requirement.find(" in ("); at != std::string_view::npos)
    return has(requirement.substr(0, at)) && in_list(requirement.substr(at + 5), value_of(requirement.substr(0, at)));
  if (const auto at = requirement.find("!="); at != std::string_view::npos)
    return value_of(requirement.substr(0, at)) != trim(requirement.substr(at + 2));
  if (const auto at = requirement.find('='); at != std::string_view::npos) {
    std::string_view wanted = requirement.substr(at + 1);
    if (wanted.starts_with('=')) wanted.remove_prefix(1);
    return has(requirement.substr(0, at)) && value_of(requirement.substr(0, at)) == trim(wanted);
  }
  if (requirement.starts_with('!')) return !has(requirement.substr(1));
  return has(requirement);
}

std::string field_at(const Json& object, std::string_view dotted) {
  const Json* value = &object;
  for (const std::string& key : split(dotted, '.')) value = &at_path(*value, {key});
  return value->is_string() ? value->get<std::string>() : std::string();
}

}  // namespace

bool matches_labels(const Json& object, std::string_view selector) {
  if (trim(selector).empty()) return true;
  for (const std::string& requirement : requirements(selector))
    if (!matches_one(at_path(object, {"metadata", "labels"}), trim(requirement))) return false;
  return true;
}

bool matches_fields(const Json& object, std::string_view selector) {
  if (trim(selector).empty()) return true;
  for (const std::string& requirement : requirements(selector)) {
    const auto at = requirement.find('=');
    const bool negated = at != std::string::npos && at > 0 && requirement[at - 1] == '!';
    const std::string name = requirement.substr(0, negated ? at - 1 : at);
    const std::string value = requirement.substr(requirement.find_last_of('=') + 1);
    if ((field_at(object, name) == value) == negated) return false;
  }
  return true;
}

}  // namespace kforge::tests
