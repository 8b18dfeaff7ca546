// SPDX-License-Identifier: Apache-2.0
// The embedded table of Kubernetes kinds and fields, generated from a real control plane's OpenAPI v3 by tools/schema.
// Nothing about a kind is written by hand twice: project, kube, deploy and sandbox all read this. Types are read from
// the table when they are first asked for; like everything in lib/, it belongs to one thread.
#pragma once

#include "base/json.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace kforge::schema {

// Group, version, kind: apiVersion is "v1" for the core group, otherwise "group/version".
struct KindName {
  std::string group, version, kind;
  auto operator<=>(const KindName&) const = default;
  std::string api_version() const;
  // "Deployment.apps", "Secret": the form of ApplySet annotations.
  std::string group_kind() const;
};
KindName kind_name(const Json& object);  // from apiVersion and kind
KindName kind_name(std::string_view api_version, std::string_view kind);

enum class FieldType : std::uint8_t {
  any,
  string,
  integer,
  number,
  boolean,
  object,
  map,
  list,
  quantity,
  int_or_string,
  bytes,
  time
};
enum class ListType : std::uint8_t { atomic, set, map };

struct Type;

// A field of an object type, or the element of a list or map.
struct Field {
  std::string_view name;  // empty for an element
  FieldType type = FieldType::any;
  std::string_view format;  // "int32" or "int64" of an integer, otherwise empty
  bool required = false;
  ListType list_type = ListType::atomic;         // of a list
  std::span<const std::string_view> merge_keys;  // of a list of ListType::map, such as {"containerPort", "protocol"}
  bool atomic = false;                           // x-kubernetes-map-type: atomic, or RawExtension: one value to a merge
  const Type* object_type = nullptr;             // of FieldType::object
  const Field* element = nullptr;                // of FieldType::list and map
  std::string_view patch_merge_key;              // x-kubernetes-patch-merge-key, for strategic merge
  bool patch_merge = false;                      // x-kubernetes-patch-strategy contains "merge"
  bool patch_retain_keys = false;                // … contains "retainKeys"
  std::span<const std::string_view> enum_values;
  const Json* default_value = nullptr;  // OpenAPI default, or null
};

struct Type {
  std::string_view name;           // "io.k8s.api.apps.v1.DeploymentSpec"
  std::span<const Field> fields;   // sorted by name
  bool atomic = false;             // every field of this type merges as one value
  bool preserves_unknown = false;  // accepts fields that it does not declare
  const Field* find(std::string_view field) const;
};

struct Kind {
  KindName name;
  std::string_view plural, singular;              // "deployments", "deployment"
  std::span<const std::string_view> short_names;  // "deploy"
  bool namespaced = false;
  const Type* type = nullptr;
  std::span<const std::string_view> verbs;
  std::span<const std::string_view> subresources;  // "status", "scale"
  std::span<const std::string_view> categories;    // "all"

  bool has_verb(std::string_view verb) const;
  bool has_subresource(std::string_view subresource) const;
};

class Table {
 public:
  // The embedded table; opened at first use, lives until exit.
  static const Table& embedded();
  // The kind with its type, or nullptr.
  const Kind* find(const KindName& name) const;
  const Kind* find_plural(std::string_view group, std::string_view version, std::string_view plural) const;
  // All kinds, sorted by name, each with its type.
  std::span<const Kind> kinds() const;
  std::vector<std::string> kind_names() const;  // for did-you-mean
  // All kind names without reading their types, sorted.
  std::vector<KindName> names() const;
  std::string_view kubernetes_version() const;  // the control plane it was made from: "v1.36.3"
  const Type* find_type(std::string_view name) const;

  struct Data;
  // Reads the text that tools/schema/generate.py writes; it must outlive the table. Throws Error{internal} when it is
  // not such a text.
  explicit Table(std::string_view text);
  ~Table();
  Table(Table&&) noexcept;

 private:
  std::unique_ptr<Data> data_;
};

// Where objects of a kind live: "/api/v1/namespaces/NS/pods"; without a namespace the collection of all of them. The
// namespace of a cluster-scoped kind is ignored. Percent-encodes; throws Error{rejected} on "", "." and "..".
std::string collection_path(const Kind& kind, std::string_view name_space);
std::string object_path(const Kind& kind, std::string_view name_space, std::string_view name);

}  // namespace kforge::schema
