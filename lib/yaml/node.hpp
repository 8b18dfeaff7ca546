// SPDX-License-Identifier: Apache-2.0
// A YAML document as a tree of values that know where they stand. yaml-cpp stays behind parse().
#pragma once

#include "base/error.hpp"
#include "base/json.hpp"

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace kforge::yaml {

// One parsed file: its name and text, shared by the nodes for error places.
struct Source {
  std::string file;
  std::string text;
  std::vector<std::size_t> line_starts;  // offset of every line; made by parse()

  // The text of a line (from 1) without its line end; empty when there is no such line.
  std::string_view line(int number) const;
};

// YAML 1.2 core schema types. Quoted scalars are always strings; "on", "yes", "0440" and "17:30" are strings or decimal
// integers, never YAML 1.1 booleans, octals or sexagesimals.
enum class Type { null, boolean, integer, number, string, sequence, mapping };

struct Node;
struct Entry;

struct Node {
  Type type = Type::null;
  std::string scalar;  // the text of a scalar, unquoted
  bool quoted = false;
  std::vector<Node> items;     // of a sequence
  std::vector<Entry> entries;  // of a mapping, in file order
  std::shared_ptr<const Source> source;
  int line = 0, column = 0;  // from 1, columns in bytes; 0 when the node was made by the program

  bool is_null() const { return type == Type::null; }
  bool is_mapping() const { return type == Type::mapping; }
  bool is_sequence() const { return type == Type::sequence; }
  bool is_scalar() const { return type != Type::mapping && type != Type::sequence; }
  // The value of a key, or nullptr.
  const Node* find(std::string_view key) const;
  Node* find(std::string_view key);
  // Where it stands, with the source line; `length` covers the scalar.
  SourcePlace place() const;
};

struct Entry {
  Node key;  // always a string scalar
  Node value;
};

// Bounds on hostile input (CVE-2019-11253 class).
struct Limits {
  std::size_t bytes = std::size_t{8} << 20;  // of the text, and of what aliases expand to
  std::size_t nodes = 1'000'000;
  std::size_t depth = 64;
  std::size_t alias_expansions = 100'000;  // nodes that come from aliases
  std::size_t documents = 1'000;
};

// All documents of a stream; empty documents are left out. `<<` merges mappings as kubectl does; the keys beside it
// win. Duplicate keys, bad syntax, unknown tags, non-string keys, text that is not UTF-8, control characters and
// exceeded limits throw InvalidInput with the place.
std::vector<Node> parse_all(std::string file, std::string text, const Limits& limits = {});
// Exactly one document; an empty file gives a null node.
Node parse(std::string file, std::string text, const Limits& limits = {});

// Throws InvalidInput with the place of a number that JSON cannot hold (.inf, .nan, more than 64 bits).
Json to_json(const Node& node);
// Nodes without places.
Node from_json(const Json& value);

// Canonical YAML that YAML 1.1 readers understand the same: two-space indent, block style, no anchors, ambiguous
// strings quoted, multi-line strings as |, Kubernetes' customary key order (apiVersion, kind, metadata, then the rest
// by name; `name` first in list items), lists at the indent of their key as kubectl prints them. Ends in a line feed.
// Byte-stable. Invalid UTF-8 becomes U+FFFD.
std::string emit(const Json& value);
// Documents with "---" between them.
std::string emit_all(const std::vector<Json>& documents);

}  // namespace kforge::yaml
