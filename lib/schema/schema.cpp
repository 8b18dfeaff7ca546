// SPDX-License-Identifier: Apache-2.0
#include "schema/schema.hpp"

#include "base/error.hpp"
#include "base/text.hpp"

#include <algorithm>

namespace kforge::schema {
namespace {

bool contains_name(std::span<const std::string_view> names, std::string_view name) {
  return std::ranges::find(names, name) != names.end();
}

// A path segment; the API server would resolve "." and ".." and reach another object.
std::string segment(std::string_view name) {
  if (name.empty() || name == "." || name == "..")
    throw Error(ErrorKind::rejected, "'" + std::string(name) + "' is not a name of an object");
  return "/" + url_encode(name);
}

}  // namespace

std::string KindName::api_version() const {
  return group.empty() ? version : group + "/" + version;
}

std::string KindName::group_kind() const {
  return group.empty() ? kind : kind + "." + group;
}

KindName kind_name(std::string_view api_version, std::string_view kind) {
  const std::size_t slash = api_version.find('/');
  if (slash == std::string_view::npos)
    return {.group = {}, .version = std::string(api_version), .kind = std::string(kind)};
  return {.group = std::string(api_version.substr(0, slash)),
          .version = std::string(api_version.substr(slash + 1)),
          .kind = std::string(kind)};
}

KindName kind_name(const Json& object) {
  return kind_name(string_at(object, {"apiVersion"}), string_at(object, {"kind"}));
}

const Field* Type::find(std::string_view field) const {
  const auto found = std::ranges::lower_bound(fields, field, {}, &Field::name);
  return found != fields.end() && found->name == field ? &*found : nullptr;
}

bool Kind::has_verb(std::string_view verb) const {
  return contains_name(verbs, verb);
}

bool Kind::has_subresource(std::string_view subresource) const {
  return contains_name(subresources, subresource);
}

std::string collection_path(const Kind& kind, std::string_view name_space) {
  std::string path = kind.name.group.empty() ? "/api" : "/apis" + segment(kind.name.group);
  path += segment(kind.name.version);
  if (kind.namespaced && !name_space.empty()) path += "/namespaces" + segment(name_space);
  return path + segment(kind.plural);
}

std::string object_path(const Kind& kind, std::string_view name_space, std::string_view name) {
  if (kind.namespaced && name_space.empty())
    throw Error(ErrorKind::rejected, kind.name.kind + " '" + std::string(name) + "' needs a namespace");
  return collection_path(kind, name_space) + segment(name);
}

}  // namespace kforge::schema
