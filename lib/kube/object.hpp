// SPDX-License-Identifier: Apache-2.0
// Identity of Kubernetes objects.
#pragma once

#include "base/json.hpp"
#include "schema/schema.hpp"

#include <string>

namespace kforge::kube {

struct ObjectRef {
  schema::KindName kind;
  std::string name_space;  // empty for cluster scope
  std::string name;
  auto operator<=>(const ObjectRef&) const = default;
  std::string to_string() const;  // "Deployment backend/order-service", "Namespace backend"
};
ObjectRef ref_of(const Json& object);

std::string uid_of(const Json& object);
std::string resource_version_of(const Json& object);

}  // namespace kforge::kube
