// SPDX-License-Identifier: Apache-2.0
#include "base/suggest.hpp"
#include "base/text.hpp"
#include "project/keys.hpp"
#include "project/project.hpp"
#include "project/table_walk.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace kforge::project {
namespace {

void walk(const Section& section, const std::string& prefix, const std::function<Descend(const PlacedField&)>& visit) {
  for (const Field& field : section.fields) {
    const PlacedField placed{prefix + std::string(field.about.name), &field, section_below(field)};
    if (visit(placed) == Descend::yes && placed.below != nullptr) walk(*placed.below, placed.path + ".", visit);
  }
  if (!section.free_keys) return;
  const PlacedField placed{prefix + std::string(section.free_keys->about.name), section.free_keys.get(),
                           section_below(*section.free_keys)};
  if (visit(placed) == Descend::yes && placed.below != nullptr) walk(*placed.below, placed.path + ".", visit);
}

// Whether names of the user's own stand between a key and the section below it.
bool has_own_names(const Field& field) {
  return std::ranges::any_of(field.shapes, [](const Shape& shape) {
    return shape.kind == Shape::Kind::map || shape.kind == Shape::Kind::list;
  });
}

// A name of the user's own comes before a free key: secrets.<name>.<key>.
const Field* find_key(const Section& section, const std::string& step, bool own_name) {
  if (const Field* field = section.find(step)) return field;
  if (!section.free_keys) return nullptr;
  const bool placeholder = step == section.free_keys->about.name;
  return placeholder || (!own_name && section.key_format->accepts(step)) ? section.free_keys.get() : nullptr;
}

[[noreturn]] void refuse(const std::string& path) {
  throw Error(ErrorKind::not_found, fmt::format("there is no key '{}'", path)).hint(did_you_mean(path, key_paths()));
}

// "services.product-service.image", "services.<name>.image" and "services.image" mean the same.
PlacedField find_path(const std::string& path) {
  PlacedField found{"", nullptr, &top_section()};
  bool own_name = false;
  for (const std::string& step : split(path, '.')) {
    const Field* next = found.below == nullptr ? nullptr : find_key(*found.below, step, own_name);
    if (next == nullptr) {
      if (!own_name || step.empty() ||
          nearest(step, found.below == nullptr ? std::vector<std::string>() : found.below->keys()))
        refuse(path);
      own_name = false;
      continue;
    }
    found = {(found.path.empty() ? "" : found.path + ".") + std::string(next->about.name), next, section_below(*next)};
    own_name = has_own_names(*next);
  }
  return found;
}

std::string marks_of(const Field& field) {
  std::vector<std::string> parts;
  if (field.has(required)) parts.emplace_back("required");
  if (field.has(interpolated)) parts.emplace_back("${VAR} and ${VAR:-default} are replaced");
  if (field.has(base_only)) parts.emplace_back("the same in every environment");
  if (!field.about.excludes.empty() && field.about.excludes != "*")
    parts.push_back(fmt::format("not beside '{}'", field.about.excludes));
  return join(parts, "; ");
}

std::string children_of(const Section& section) {
  std::string text = "\nkeys below it:\n";
  std::size_t width = 0;
  for (const Field& field : section.fields) width = std::max(width, field.about.name.size());
  if (section.free_keys) width = std::max(width, section.free_keys->about.name.size());
  for (const Field& field : section.fields)
    text += fmt::format("  {:<{}}  {}\n", field.about.name, width, field.about.doc);
  if (section.free_keys)
    text += fmt::format("  {:<{}}  {}\n", section.free_keys->about.name, width, section.free_keys->about.doc);
  return text;
}

}  // namespace

const Section* section_below(const Field& field) {
  const Section* below = section_in(field.shapes);
  return below == &top_section() ? nullptr : below;
}

void walk_table(const std::function<Descend(const PlacedField&)>& visit) {
  walk(top_section(), "", visit);
}

std::vector<std::string> key_paths() {
  std::vector<std::string> paths;
  walk_table([&](const PlacedField& placed) {
    paths.push_back(placed.path);
    return Descend::yes;
  });
  return paths;
}

std::string explain_key(const std::string& path) {
  const PlacedField found = find_path(path);
  const About& about = found.field->about;
  std::string text = fmt::format("{}\n  {}\n\n  {}\n", found.path, described(found.field->shapes), about.doc);
  if (!about.fallback.empty()) text += fmt::format("  default: {}\n", about.fallback);
  if (const std::string marks = marks_of(*found.field); !marks.empty()) text += fmt::format("  {}\n", marks);
  if (!about.example.empty()) text += fmt::format("\nexample:\n  {}: {}\n", about.name, about.example);
  if (found.below != nullptr) text += children_of(*found.below);
  return text;
}

}  // namespace kforge::project
