// SPDX-License-Identifier: Apache-2.0
// Reading live objects: nothing here throws or copies, whatever the types of the fields are.
#pragma once

#include "base/duration.hpp"
#include "base/json.hpp"

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kforge::rollout {

using Path = std::initializer_list<std::string_view>;

// A view of the string at a path; empty when it is missing or of another type.
std::string_view text_at(const Json& value, Path path);
// A number of pods, nodes or seconds. These are int32 in every kind, so anything else is cut to 0..2^31-1.
std::int64_t count_at(const Json& value, Path path, std::int64_t fallback = 0);
// The elements of a list; none when it is missing or no list.
const Json::array_t& list_at(const Json& value, Path path);
std::optional<WallTime> time_at(const Json& value, Path path);

inline std::string_view uid_of(const Json& object) {
  return text_at(object, {"metadata", "uid"});
}
inline std::string_view name_of(const Json& object) {
  return text_at(object, {"metadata", "name"});
}
inline std::string_view namespace_of(const Json& object) {
  return text_at(object, {"metadata", "namespace"});
}
inline std::string_view kind_of(const Json& object) {
  return text_at(object, {"kind"});
}
// "apps" of "apps/v1"; empty for the core group.
std::string_view group_of(const Json& object);
bool is_deleting(const Json& object);

// The condition of a type in status.conditions, or null.
const Json& condition_of(const Json& live, std::string_view type);
bool has_condition(const Json& live, std::string_view type, std::string_view status);

// Whether every pair of a map selector (Service) is among the labels. An empty selector matches nothing.
bool has_labels(const Json& pairs, const Json& labels);
// A label selector with matchLabels and matchExpressions. An empty one matches nothing here: a workload without a
// selector owns no pods.
bool selects(const Json& selector, const Json& labels);

// The owner reference with controller: true, or null.
const Json& controller_of(const Json& object);
// Whether `owner` is the controller of `object`: by UID, or by kind and name where a UID is not known.
bool is_controlled_by(const Json& object, const Json& owner);

// The element of a list whose "name" is `name`, or null.
const Json& named(const Json::array_t& list, std::string_view name);

// Whole seconds below ten, then as format_duration: "9s", "2m5s".
std::string elapsed_text(Milliseconds length);

}  // namespace kforge::rollout
