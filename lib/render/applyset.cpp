// SPDX-License-Identifier: Apache-2.0
#include "base/digest.hpp"
#include "render/components.hpp"
#include "render/render.hpp"

#include <fmt/format.h>

namespace kforge::render {

// KEP-3659; kubectl computes the same id for the same parent.
std::string applyset_id(std::string_view name, std::string_view name_space, std::string_view kind,
                        std::string_view group) {
  return fmt::format("applyset-{}-v1", base64url(sha256(fmt::format("{}.{}.{}.{}", name, name_space, kind, group))));
}

std::string state_namespace(const project::Project& project) {
  const auto tiers = used_tiers(project);
  return project.namespaces.of(tiers.empty() ? project::Tier::backend : tiers.front());
}

std::string applyset_parent_name(const project::Project& project) {
  return "kforge." + project.name;
}

}  // namespace kforge::render
