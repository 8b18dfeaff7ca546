// SPDX-License-Identifier: Apache-2.0
// What the value of a key may be. Parser, JSON schema and reference read shapes; nothing else knows a type.
#pragma once

#include "project/format.hpp"
#include "yaml/node.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kforge::project {

struct Section;
using SectionGetter = const Section& (*)();

struct Shape {
  enum class Kind {
    text,     // a string of a format
    word,     // one of a list
    integer,  // in a range
    boolean,
    scalar,    // a string, number or boolean, taken as the text that it is written as
    amount,    // a string or number of a format
    list,      // of elements
    map,       // of free keys to elements
    section,   // of known keys
    anything,  // free YAML
  };

  Kind kind = Kind::text;
  const Format* format = nullptr;         // of text, scalar and amount; of a map's keys
  const Format* overlay_keys = nullptr;   // of a map's keys in an environment, when they differ
  std::vector<std::string_view> words;    // of word
  std::int64_t minimum = 0, maximum = 0;  // of integer; of a list the number of items
  bool only_true = false;                 // of boolean
  SectionGetter section = nullptr;
  std::vector<Shape> elements;  // of list and map: what an element may be
};

// Alternatives; at most one of them takes scalars of a type, one lists, one mappings.
using Shapes = std::vector<Shape>;

Shape text(const Format& format);
Shape one_of(std::vector<std::string_view> words);
Shape integer(std::int64_t minimum, std::int64_t maximum);
Shape boolean();
Shape only_true();
Shape scalar(const Format& format);
Shape amount(const Format& format);
Shape list_of(Shapes elements, std::int64_t most_items = 1000);
Shape map_of(const Format& keys, Shapes elements);
Shape map_of(const Format& keys, const Format& overlay_keys, Shapes elements);
Shape mapping_of(SectionGetter getter);
Shape anything();

// The alternative that takes a node of this type, or nullptr.
const Shape* find_alternative(const Shapes& shapes, const yaml::Node& node);

// What is wrong with the content of a scalar whose type fits: "must be a whole number from 1 to 65535, not 0".
struct Misfit {
  std::string message, hint;
};
std::optional<Misfit> misfit(const Shape& shape, const yaml::Node& node, std::string_view text);

// "a whole number from 1 to 65535", "a list or 'none'"; after "must be".
std::string expected(const Shape& shape);
std::string expected(const Shapes& shapes);
// The same with what lists and mappings hold, for the reference: "a list, each item a path that begins with '/'".
std::string described(const Shapes& shapes);

}  // namespace kforge::project
