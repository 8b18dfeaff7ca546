// SPDX-License-Identifier: Apache-2.0
// The field table: every key of kforge.yaml is one row of one section (keys_*.cpp). Parser, JSON schema, `kforge
// explain` and the reference page read it.
#pragma once

#include "project/shape.hpp"

#include <functional>
#include <memory>
#include <string_view>
#include <vector>

namespace kforge::project {

class Reader;
struct Field;

enum Mark : unsigned {
  required = 1,
  interpolated = 2,  // ${VAR} is replaced in its texts
  base_only = 4,     // not in an environment
  shell_text = 8,    // "${" has a meaning of its own in it
  nullable = 16,     // `key:` without a value means something
};

struct About {
  std::string_view name;
  std::string_view fallback;  // the default as YAML; empty: none, or said in `doc`
  std::string_view doc;       // a sentence or two, without a full stop at the end
  unsigned marks = 0;
  std::string_view excludes;  // a key that cannot stand beside this one
  std::string_view example;   // YAML
};

// Puts a value that fits the shapes into the struct of the section.
using Setter = std::function<void(const yaml::Entry& entry, const Field& field, void* target, Reader& reader)>;

struct Field {
  About about;
  Shapes shapes;
  Setter set;

  bool has(Mark mark) const { return (about.marks & mark) != 0; }
};

struct Section {
  std::string_view noun;  // "service"
  std::string_view doc;
  std::vector<Field> fields;
  std::shared_ptr<Field> free_keys;    // what other keys mean; its name is a placeholder such as "<key>"
  const Format* key_format = nullptr;  // of these other keys
  bool exactly_one = false;            // of its keys is given

  const Field* find(std::string_view key) const;
  std::vector<std::string> keys() const;
};

// The section that a value of a shape is read with: the shape's own, or that of its elements; nullptr when there is
// none.
const Section* section_in(const Shapes& shapes);

}  // namespace kforge::project
