// SPDX-License-Identifier: Apache-2.0
#include "project/field.hpp"

#include <algorithm>

namespace kforge::project {

const Field* Section::find(std::string_view key) const {
  const auto found = std::ranges::find_if(fields, [&](const Field& field) { return field.about.name == key; });
  return found == fields.end() ? nullptr : &*found;
}

std::vector<std::string> Section::keys() const {
  std::vector<std::string> names;
  for (const Field& field : fields) names.emplace_back(field.about.name);
  return names;
}

const Section* section_in(const Shapes& shapes) {
  for (const Shape& shape : shapes) {
    if (shape.section != nullptr) return &shape.section();
    if (const Section* inner = section_in(shape.elements)) return inner;
  }
  return nullptr;
}

}  // namespace kforge::project
