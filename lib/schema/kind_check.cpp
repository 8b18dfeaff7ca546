// SPDX-License-Identifier: Apache-2.0
#include "schema/kind_check.hpp"

#include "base/suggest.hpp"
#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <set>

namespace kforge::schema {
namespace {

std::vector<KindName> names_where(const Table& table, const std::function<bool(const KindName&)>& wanted) {
  std::vector<KindName> names = table.names();
  std::erase_if(names, std::not_fn(wanted));
  return names;
}

template <class Text>
std::vector<std::string> texts(const std::vector<KindName>& names, Text text) {
  std::set<std::string> result;
  for (const KindName& name : names) result.insert(std::invoke(text, name));
  return {result.begin(), result.end()};
}

bool is_preview(const std::string& version) {
  return contains(version, "alpha") || contains(version, "beta");
}

std::string use_instead(const std::vector<KindName>& names) {
  return "did you mean 'apiVersion: " + names.back().api_version() + "'?";  // the newest: v2 stands after v1
}

}  // namespace

KindVerdict check_unknown_kind(const Table& table, const KindName& name, const yaml::Node& object,
                               Diagnostics& problems) {
  const SourcePlace version_place = object.find("apiVersion")->place(), kind_place = object.find("kind")->place();
  const std::string message =
      fmt::format("Kubernetes {} has no {} in '{}'", table.kubernetes_version(), name.kind, name.api_version());
  const auto same_kind = names_where(table, [&](const KindName& known) { return known.kind == name.kind; });
  const auto group = names_where(table, [&](const KindName& known) { return known.group == name.group; });

  if (group.empty() && contains(name.group, ".")) {
    const std::optional<std::string> meant = nearest(name.group, texts(same_kind, &KindName::group));
    if (meant) problems.warning(version_place, message, fmt::format("did you mean the group '{}'?", *meant));
    return KindVerdict::custom_resource;
  }
  std::vector<KindName> other_version = group;
  std::erase_if(other_version, [&](const KindName& known) { return known.kind != name.kind; });
  // An older or newer cluster may still have it: previews of the groups with a dot come and go.
  if (!group.empty() && contains(name.group, ".") && is_preview(name.version)) {
    problems.warning(version_place, message,
                     other_version.empty() ? "its fields are not checked" : use_instead(other_version));
    return KindVerdict::custom_resource;
  }
  if (!other_version.empty() || !same_kind.empty()) {
    problems.error(version_place, message, use_instead(other_version.empty() ? same_kind : other_version));
    return KindVerdict::wrong;
  }
  if (group.empty()) {
    problems.error(version_place, message,
                   "groups of custom resources have a dot in their name, such as 'example.com'");
    return KindVerdict::wrong;
  }
  problems.error(kind_place, message, did_you_mean(name.kind, texts(group, &KindName::kind)));
  return KindVerdict::wrong;
}

}  // namespace kforge::schema
