// SPDX-License-Identifier: Apache-2.0
// Which resources the sandbox serves: those of the schema table that a small cluster has, and stored
// CustomResourceDefinitions.
#pragma once

#include "sandbox/api/status.hpp"
#include "sandbox/store.hpp"
#include "schema/schema.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace kforge::sandbox {

struct Resource {
  std::string group, version, plural, singular, kind;
  std::vector<std::string> short_names, categories, verbs, subresources;
  bool namespaced = true;
  const schema::Kind* schema = nullptr;  // null for custom resources

  std::string api_version() const;  // "apps/v1", "v1"
  std::string id() const;           // resource_id(): "deployments.apps"
  bool has_subresource(std::string_view name) const;
  Key key(std::string_view name_space, std::string_view name) const;
  StatusSubject subject(std::string_view name) const;
};

inline constexpr const char* metrics_group = "metrics.k8s.io";
inline constexpr const char* metrics_api_version = "metrics.k8s.io/v1beta1";

class Registry {
 public:
  // Follows the store's CustomResourceDefinitions from now on.
  Registry(Store& store, const schema::Table& table);
  ~Registry();
  Registry(const Registry&) = delete;
  Registry& operator=(const Registry&) = delete;

  // Null when it is not served. Pointers stay valid until a CustomResourceDefinition changes.
  const Resource* find(std::string_view group, std::string_view version, std::string_view plural) const;
  const Resource* find_kind(std::string_view group, std::string_view kind) const;
  // By group ("" first), version, plural.
  std::vector<const Resource*> all() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace kforge::sandbox
