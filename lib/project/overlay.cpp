// SPDX-License-Identifier: Apache-2.0
#include "project/overlay.hpp"

#include "project/keys.hpp"

#include <algorithm>

namespace kforge::project {
namespace {

constexpr std::string_view every_service = "*";

void merge_mapping(yaml::Node& base, const yaml::Node& overlay, const Shape* shape);

// What the table says about a key below a value of this shape; nullptr where YAML is free.
const Field* field_of(const Shape* shape, const std::string& key) {
  if (shape == nullptr || shape->section == nullptr) return nullptr;
  const Section& section = shape->section();
  const Field* field = section.find(key);
  return field != nullptr ? field : section.free_keys.get();
}

const Shape* shape_below(const Shape* shape, const std::string& key, const yaml::Node& value) {
  if (shape == nullptr) return nullptr;
  if (const Field* field = field_of(shape, key)) return find_alternative(field->shapes, value);
  return shape->kind == Shape::Kind::map ? find_alternative(shape->elements, value) : nullptr;
}

void erase_key(yaml::Node& mapping, std::string_view key) {
  std::erase_if(mapping.entries, [&](const yaml::Entry& entry) { return entry.key.scalar == key; });
}

void erase_excluded(yaml::Node& base, const yaml::Entry& added, const Shape* shape) {
  const Field* field = field_of(shape, added.key.scalar);
  if (field == nullptr || field->about.excludes.empty()) return;
  if (field->about.excludes != "*") return erase_key(base, field->about.excludes);
  std::erase_if(base.entries, [&](const yaml::Entry& entry) { return entry.key.scalar != added.key.scalar; });
}

void erase_nulls(yaml::Node& mapping) {
  std::erase_if(mapping.entries, [](const yaml::Entry& entry) { return entry.value.is_null(); });
  for (yaml::Entry& entry : mapping.entries)
    if (entry.value.is_mapping()) erase_nulls(entry.value);
}

void merge_entry(yaml::Node& base, const yaml::Entry& entry, const Shape* shape) {
  if (entry.value.is_null()) return erase_key(base, entry.key.scalar);
  erase_excluded(base, entry, shape);
  yaml::Node* below = base.find(entry.key.scalar);
  if (below != nullptr && below->is_mapping() && entry.value.is_mapping())
    return merge_mapping(*below, entry.value, shape_below(shape, entry.key.scalar, entry.value));
  yaml::Node* added = below != nullptr ? &(*below = entry.value) : &base.entries.emplace_back(entry).value;
  if (added->is_mapping()) erase_nulls(*added);
}

void merge_mapping(yaml::Node& base, const yaml::Node& overlay, const Shape* shape) {
  for (const yaml::Entry& entry : overlay.entries) merge_entry(base, entry, shape);
}

yaml::Node mapping_at(const yaml::Node& node) {
  yaml::Node made;
  made.type = yaml::Type::mapping;
  made.source = node.source;
  made.line = node.line;
  made.column = node.column;
  return made;
}

// {a: star, b: star} for all services that the document or the overlay names.
yaml::Node for_every_service(const yaml::Node& document, const yaml::Node& overlay, const yaml::Entry& star) {
  yaml::Node made = mapping_at(star.value);
  for (const yaml::Node* services : {document.find("services"), &overlay}) {
    if (services == nullptr || !services->is_mapping()) continue;
    for (const yaml::Entry& service : services->entries) {
      if (service.key.scalar == every_service || service.value.is_null() || made.find(service.key.scalar) != nullptr)
        continue;
      made.entries.push_back({service.key, star.value});
    }
  }
  return made;
}

// The overlay without '*', after what '*' stands for was laid over the document.
yaml::Node expand_star(yaml::Node& document, yaml::Node overlay, const Shape& top) {
  yaml::Node* services = overlay.find("services");
  if (services == nullptr || !services->is_mapping()) return overlay;
  const auto star = std::ranges::find_if(services->entries,
                                         [](const yaml::Entry& entry) { return entry.key.scalar == every_service; });
  if (star == services->entries.end()) return overlay;
  if (star->value.is_mapping()) {
    yaml::Node layer = mapping_at(overlay);
    const yaml::Node* key = &star->key;
    layer.entries.push_back({*key, for_every_service(document, *services, *star)});
    layer.entries.front().key.scalar = "services";
    merge_mapping(document, layer, &top);
  }
  erase_key(*services, every_service);
  return overlay;
}

}  // namespace

yaml::Node with_environment(const yaml::Node& document, const std::string& name) {
  const yaml::Node* environments = document.find("environments");
  const yaml::Node* overlay = environments == nullptr ? nullptr : environments->find(name);
  yaml::Node merged = document;
  if (overlay == nullptr || !overlay->is_mapping()) return merged;
  const Shape top = mapping_of(top_section);
  merge_mapping(merged, expand_star(merged, *overlay, top), &top);
  return merged;
}

std::vector<std::string> environments_of(const yaml::Node& document) {
  std::vector<std::string> names;
  if (const yaml::Node* environments = document.find("environments"))
    for (const yaml::Entry& entry : environments->entries) names.push_back(entry.key.scalar);
  return names;
}

}  // namespace kforge::project
