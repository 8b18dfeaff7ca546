// SPDX-License-Identifier: Apache-2.0
#include "schema/managers.hpp"

#include <algorithm>
#include <tuple>

namespace kforge::schema {
namespace {

constexpr std::string_view apply_word = "Apply", update_word = "Update", fields_type = "FieldsV1";

std::optional<ManagedEntry> entry_of(const Json& value) {
  ManagedEntry entry;
  const std::string operation = string_at(value, {"operation"});
  if (operation != apply_word && operation != update_word) return std::nullopt;
  entry.operation = operation == apply_word ? Operation::apply : Operation::update;
  entry.manager = string_at(value, {"manager"});
  entry.api_version = string_at(value, {"apiVersion"});
  entry.subresource = string_at(value, {"subresource"});
  entry.time = string_at(value, {"time"});
  if (entry.api_version.empty() || string_at(value, {"fieldsType"}) != fields_type) return std::nullopt;
  entry.fields = parse_fields_v1(at_path(value, {"fieldsV1"}));
  return entry;
}

Json to_json(const ManagedEntry& entry) {
  Json value{{"manager", entry.manager},
             {"operation", entry.operation == Operation::apply ? apply_word : update_word},
             {"apiVersion", entry.api_version},
             {"fieldsType", fields_type},
             {"fieldsV1", to_fields_v1(entry.fields)}};
  if (!entry.time.empty()) value["time"] = entry.time;
  if (!entry.subresource.empty()) value["subresource"] = entry.subresource;
  return value;
}

}  // namespace

bool same_manager(const ManagedEntry& a, const ManagedEntry& b) {
  const bool same_version = a.operation == Operation::apply || a.api_version == b.api_version;
  return a.operation == b.operation && a.manager == b.manager && a.subresource == b.subresource && same_version;
}

std::vector<ManagedEntry> managed_fields_of(const Json& object) {
  std::vector<ManagedEntry> entries;
  const Json& values = at_path(object, {"metadata", "managedFields"});
  if (!values.is_array()) return entries;
  for (const Json& value : values) {
    std::optional<ManagedEntry> entry = entry_of(value);
    if (!entry) return {};
    entries.push_back(std::move(*entry));
  }
  return entries;
}

Json to_managed_fields(std::vector<ManagedEntry> entries) {
  std::ranges::sort(entries, {}, [](const ManagedEntry& entry) {
    return std::tuple(entry.operation, entry.time, entry.manager, entry.api_version, entry.subresource);
  });
  Json values = Json::array();
  for (const ManagedEntry& entry : entries) values.push_back(to_json(entry));
  return values;
}

std::string describe(const ManagedEntry& entry) {
  std::string text = to_text(Json(entry.manager));
  if (!entry.subresource.empty()) text += " with subresource " + to_text(Json(entry.subresource));
  return entry.operation == Operation::apply ? text : text + " using " + entry.api_version;
}

void cap_updates(std::vector<ManagedEntry>& entries) {
  constexpr std::size_t most_updates = 10;
  constexpr const char* bucket_name = "ancient-changes";
  std::vector<ManagedEntry> updates, kept;
  for (ManagedEntry& entry : entries)
    (entry.operation == Operation::update ? updates : kept).push_back(std::move(entry));
  std::ranges::sort(updates, {}, [](const ManagedEntry& entry) { return std::tuple(entry.time, entry.manager); });
  for (std::size_t first = 0; updates.size() > most_updates && first < updates.size(); ++first) {
    ManagedEntry& bucket = updates[first];
    for (std::size_t next = first + 1; updates.size() > most_updates && next < updates.size();) {
      if (updates[next].api_version != bucket.api_version) {
        ++next;
        continue;
      }
      bucket.manager = bucket_name;
      bucket.subresource.clear();
      bucket.fields = unite(bucket.fields, updates[next].fields);
      bucket.time = updates[next].time;
      updates.erase(updates.begin() + static_cast<std::ptrdiff_t>(next));
    }
  }
  entries = std::move(kept);
  entries.insert(entries.end(), std::make_move_iterator(updates.begin()), std::make_move_iterator(updates.end()));
}

}  // namespace kforge::schema
