// SPDX-License-Identifier: Apache-2.0
// Labels, annotations and field managers that the engine reads and writes.
#pragma once

#include "rollout/managers.hpp"

#include <string>
#include <string_view>

namespace kforge::deploy {

inline constexpr const char* project_label = "kforge.dev/project";
inline constexpr const char* service_label = "kforge.dev/service";
inline constexpr const char* managed_by_label = "app.kubernetes.io/managed-by";
// KEP-3659 as kubectl implements it: membership of an object, and the marks of the set's parent.
inline constexpr const char* part_of_label = "applyset.kubernetes.io/part-of";
inline constexpr const char* applyset_id_label = "applyset.kubernetes.io/id";
inline constexpr const char* tooling_annotation = "applyset.kubernetes.io/tooling";
inline constexpr const char* group_kinds_annotation = "applyset.kubernetes.io/contains-group-kinds";
inline constexpr const char* additional_namespaces_annotation = "applyset.kubernetes.io/additional-namespaces";

// Of the Secrets that are release records (releases.hpp).
inline constexpr const char* revision_label = "kforge.dev/revision";
inline constexpr const char* status_label = "kforge.dev/status";
inline constexpr const char* content_label = "kforge.dev/content";  // equal for those that deploy the same
inline constexpr const char* part_label = "kforge.dev/part";
// Shown by `kubectl rollout history`.
inline constexpr const char* change_cause_annotation = "kubernetes.io/change-cause";

// Field managers; a field of another `kforge-…` than `kforge` is taken back silently.
using rollout::field_manager;
using rollout::is_own_manager;
inline constexpr const char* applyset_manager = "kforge-applyset";
inline constexpr const char* values_manager = "kforge-values";
inline constexpr const char* handover_manager = "kforge-handover";
inline constexpr const char* release_manager = "kforge-release";
inline constexpr const char* cause_manager = "kforge-cause";
inline constexpr const char* grow_manager = "kforge-grow";
inline constexpr const char* down_manager = "kforge-down";
inline constexpr const char* scale_manager = "kforge-scale";
inline constexpr const char* autoscale_manager = "kforge-autoscale";
inline constexpr const char* restart_manager = "kforge-restart";
inline constexpr const char* image_manager = "kforge-image";
inline constexpr const char* pause_manager = "kforge-pause";

// What belongs to a project: release records are about it, not of it.
inline std::string project_selector(const std::string& project) {
  return std::string(project_label) + "=" + project + ",!" + revision_label;
}

// "order-service-config-7791e868" -> "order-service-config"; empty when the name has no hash of its content.
std::string name_without_hash(const std::string& name);

}  // namespace kforge::deploy
