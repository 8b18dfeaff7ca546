// SPDX-License-Identifier: Apache-2.0
#include "kube/object.hpp"

#include <fmt/format.h>

namespace kforge::kube {

std::string ObjectRef::to_string() const {
  if (name_space.empty()) return fmt::format("{} {}", kind.kind, name);
  return fmt::format("{} {}/{}", kind.kind, name_space, name);
}

ObjectRef ref_of(const Json& object) {
  return {.kind = schema::kind_name(object),
          .name_space = string_at(object, {"metadata", "namespace"}),
          .name = string_at(object, {"metadata", "name"})};
}

std::string uid_of(const Json& object) {
  return string_at(object, {"metadata", "uid"});
}

std::string resource_version_of(const Json& object) {
  return string_at(object, {"metadata", "resourceVersion"});
}

}  // namespace kforge::kube
