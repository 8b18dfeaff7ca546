// SPDX-License-Identifier: Apache-2.0
#include "render/canonical.hpp"

#include "base/text.hpp"
#include "render/workloads.hpp"

#include <fmt/format.h>

#include <set>

namespace kforge::render {
namespace {

void canonicalize_value(const schema::Field& field, Json& value);

void canonicalize_map(const schema::Type& type, Json& object) {
  if (!object.is_object()) return;
  for (const auto& [name, value] : object.items())
    if (const schema::Field* field = type.find(name)) canonicalize_value(*field, value);
}

void canonicalize_value(const schema::Field& field, Json& value) {
  using enum schema::FieldType;
  if (field.type == quantity) {
    if (value.is_string()) value = canonical_quantity(value.get<std::string>());
    if (value.is_number()) value = canonical_quantity(value.dump());
  } else if (field.type == object && field.object_type) {
    canonicalize_map(*field.object_type, value);
  } else if ((field.type == list || field.type == map) && field.element && value.is_structured()) {
    for (Json& item : value) canonicalize_value(*field.element, item);
  }
}

void encode_secret(Json& object) {
  const auto texts = object.find("stringData");
  if (texts == object.end() || !texts->is_object()) return;
  for (const auto& [key, value] : texts->items())
    if (value.is_string()) object["data"][key] = base64_encode(value.get<std::string>());
  object.erase("stringData");
}

// What `kubectl get -o yaml` prints and nobody may send.
void remove_server_fields(Json& object) {
  object.erase("status");
  const auto metadata = object.find("metadata");
  if (metadata == object.end() || !metadata->is_object()) return;
  for (const char* field :
       {"creationTimestamp", "deletionTimestamp", "generation", "managedFields", "resourceVersion", "selfLink", "uid"})
    metadata->erase(field);
  const auto annotations = metadata->find("annotations");
  if (annotations == metadata->end() || !annotations->is_object()) return;
  annotations->erase("kubectl.kubernetes.io/last-applied-configuration");
  annotations->erase("deployment.kubernetes.io/revision");
  if (annotations->empty()) metadata->erase(annotations);
}

struct Finder {
  std::vector<std::string> found;

  void look(const schema::Field& field, const Json& value, const std::string& path) {
    using enum schema::FieldType;
    if (field.type == object && field.object_type) look_in_map(*field.object_type, value, path);
    if (field.type != list || !field.element || !value.is_array()) return;
    if (field.list_type == schema::ListType::map) look_for_repeats(field, value, path);
    for (std::size_t i = 0; i < value.size(); ++i) look(*field.element, value[i], fmt::format("{}[{}]", path, i));
  }

  void look_in_map(const schema::Type& type, const Json& value, const std::string& path) {
    if (!value.is_object()) return;
    for (const auto& [name, item] : value.items())
      if (const schema::Field* field = type.find(name)) look(*field, item, path.empty() ? name : path + "." + name);
  }

  void look_for_repeats(const schema::Field& field, const Json& items, const std::string& path) {
    std::set<Json> seen;
    for (const Json& item : items) {
      if (!item.is_object()) continue;
      Json key = Json::object();
      for (const std::string_view name : field.merge_keys) {
        const std::string text(name);
        key[text] = item.value(text, text == "protocol" ? Json("TCP") : Json());
      }
      if (!seen.insert(key).second) found.push_back(fmt::format("{} has two items with {}", path, to_text(key)));
    }
  }
};

}  // namespace

void canonicalize(const schema::Kind* kind, Json& object) {
  remove_server_fields(object);
  if (!kind) return;
  if (kind->name.group.empty() && kind->name.kind == "Secret") encode_secret(object);
  if (kind->type) canonicalize_map(*kind->type, object);
}

std::vector<std::string> repeated_items(const schema::Kind* kind, const Json& object) {
  Finder finder;
  if (kind && kind->type) finder.look_in_map(*kind->type, object, "");
  return finder.found;
}

}  // namespace kforge::render
