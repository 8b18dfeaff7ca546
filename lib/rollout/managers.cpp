// SPDX-License-Identifier: Apache-2.0
#include "rollout/managers.hpp"

#include "rollout/reading.hpp"

#include <algorithm>

namespace kforge::rollout {
namespace {

// Whether a FieldsV1 set has a field that is not in the other.
bool has_more(const Json& fields, const Json& others) {
  if (!fields.is_object()) return false;
  for (const auto& [field, below] : fields.items()) {
    if (field == ".") continue;
    const Json& same = at_path(others, {field});
    if (same.is_null() || has_more(below, same)) return true;
  }
  return false;
}

Json asked_for(const Json& entry) {
  Json fields = at_path(entry, {"fieldsV1"});
  if (!fields.is_object()) return Json::object();
  fields.erase("f:metadata");
  fields.erase("f:status");
  return fields;
}

}  // namespace

bool is_controller_manager(std::string_view manager) {
  static constexpr std::string_view controllers[] = {
      "kube-controller-manager",  "kube-scheduler",      "kube-apiserver", "kubelet",
      "cloud-controller-manager", "endpoint-controller", "vpa-recommender"};
  return std::ranges::find(controllers, manager) != std::end(controllers);
}

std::optional<ForeignChange> foreign_change(const Json& live) {
  const Json::array_t& entries = list_at(live, {"metadata", "managedFields"});
  const auto own =
      std::ranges::find_if(entries, [](const Json& entry) { return text_at(entry, {"manager"}) == field_manager; });
  if (own == entries.end()) return std::nullopt;
  const Json ours = asked_for(*own);
  const Json* newest = nullptr;
  for (const Json& entry : entries) {
    const std::string_view manager = text_at(entry, {"manager"});
    if (is_own_manager(manager) || is_controller_manager(manager) || text_at(entry, {"subresource"}) == "status")
      continue;
    if (newest != nullptr && text_at(entry, {"time"}) < text_at(*newest, {"time"})) continue;
    if (has_more(asked_for(entry), ours)) newest = &entry;
  }
  if (newest == nullptr) return std::nullopt;
  return ForeignChange{.manager = std::string(text_at(*newest, {"manager"})), .at = time_at(*newest, {"time"})};
}

}  // namespace kforge::rollout
