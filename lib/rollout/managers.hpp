// SPDX-License-Identifier: Apache-2.0
// Field managers: whose fields stand in metadata.managedFields of a live object.
#pragma once

#include "base/duration.hpp"
#include "base/json.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace kforge::rollout {

// Only `kforge` owns what kforge.yaml says; `kforge-…` are its verbs and its bookkeeping.
inline constexpr const char* field_manager = "kforge";
inline bool is_own_manager(std::string_view manager) {
  return manager == field_manager || manager.starts_with("kforge-");
}
// Controllers of Kubernetes itself, which write into objects as part of what the objects ask for.
bool is_controller_manager(std::string_view manager);

struct ForeignChange {
  std::string manager;
  std::optional<WallTime> at;
};
// The newest change by somebody else of what an object of kforge asks for: fields outside of metadata and status that
// kforge does not own as well. It sees no removals; `kforge drift`, which asks the server, does.
std::optional<ForeignChange> foreign_change(const Json& live);

}  // namespace kforge::rollout
