// SPDX-License-Identifier: Apache-2.0
// The text form of the schema table (tools/schema/generate.py describes it). Names stay views into the text.
#pragma once

#include "schema/schema.hpp"

#include <deque>
#include <string>
#include <string_view>
#include <vector>

namespace kforge::schema {

// The words of one line, from left to right.
class Words {
 public:
  explicit Words(std::string_view line) : rest_(line) {}
  bool done() const { return rest_.empty(); }
  // The next word; throws Error{internal} when there is none.
  std::string_view next();
  // All that is left, as one word.
  std::string_view remainder();

 private:
  std::string_view rest_;
};

// Reads types on demand and owns them. Not to be moved: types point to each other.
class TypeReader {
 public:
  // `text` holds one block "type NAME …" with its field lines after the other.
  explicit TypeReader(std::string_view text);
  TypeReader(const TypeReader&) = delete;
  TypeReader& operator=(const TypeReader&) = delete;

  // By full or abbreviated name; nullptr when there is no such type.
  const Type* find(std::string_view name);
  // "a,b,c" as names.
  std::span<const std::string_view> names(std::string_view list, char separator = ',');

 private:
  struct Block {
    std::string_view name, head, fields;  // `head`: the words after the name
    Type* type = nullptr;                 // once it was read
  };

  Type& read(Block& block);
  Field read_field(std::string_view line);
  void read_type_word(std::string_view word, Field& field);
  void read_flag(std::string_view key, std::string_view value, Field& field);
  const Json* default_value(std::string_view text);

  std::vector<Block> blocks_;  // sorted by abbreviated name
  std::deque<Type> types_;
  std::deque<std::string> full_names_;
  std::deque<std::vector<Field>> fields_;
  std::deque<Field> elements_;
  std::deque<std::vector<std::string_view>> names_;
  std::deque<std::pair<std::string_view, Json>> defaults_;  // few different ones, each parsed once
};

}  // namespace kforge::schema
