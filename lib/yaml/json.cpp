// SPDX-License-Identifier: Apache-2.0
#include "yaml/core_schema.hpp"
#include "yaml/node.hpp"

#include <fmt/format.h>

namespace kforge::yaml {
namespace {

Node scalar_node(Type type, std::string text) {
  Node made;
  made.type = type;
  made.scalar = std::move(text);
  made.quoted = type == Type::string;
  return made;
}

Node sequence_node(const Json& value) {
  Node made;
  made.type = Type::sequence;
  made.items.reserve(value.size());
  for (const Json& item : value) made.items.push_back(from_json(item));
  return made;
}

Node mapping_node(const Json& value) {
  Node made;
  made.type = Type::mapping;
  made.entries.reserve(value.size());
  for (const auto& [key, item] : value.items())
    made.entries.push_back({scalar_node(Type::string, key), from_json(item)});
  return made;
}

}  // namespace

Json to_json(const Node& node) {
  if (node.is_sequence()) {
    Json::array_t items;
    items.reserve(node.items.size());
    for (const Node& item : node.items) items.push_back(to_json(item));
    return items;
  }
  if (!node.is_mapping()) return value_of_scalar(node);
  Json::object_t members;
  for (const Entry& entry : node.entries) members.insert_or_assign(entry.key.scalar, to_json(entry.value));
  return members;
}

Node from_json(const Json& value) {
  switch (value.type()) {
    case Json::value_t::array:
      return sequence_node(value);
    case Json::value_t::object:
      return mapping_node(value);
    case Json::value_t::string:
      return scalar_node(Type::string, value.get<std::string>());
    case Json::value_t::boolean:
      return scalar_node(Type::boolean, value.get<bool>() ? "true" : "false");
    case Json::value_t::number_integer:
    case Json::value_t::number_unsigned:
      return scalar_node(Type::integer, value.dump());
    case Json::value_t::number_float:
      return scalar_node(Type::number, value.dump());
    case Json::value_t::null:
    case Json::value_t::binary:
    case Json::value_t::discarded:
      break;
  }
  return {};
}

}  // namespace kforge::yaml
