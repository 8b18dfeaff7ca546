// SPDX-License-Identifier: Apache-2.0
#include "base/json.hpp"

namespace kforge {
namespace {

const Json null_value;

}  // namespace

const Json& at_path(const Json& value, std::initializer_list<std::string_view> path) {
  const Json* current = &value;
  for (const std::string_view key : path) {
    // The map itself: the iterators of a JSON value cost more than the search.
    const auto* object = current->get_ptr<const Json::object_t*>();
    if (object == nullptr) return null_value;
    const auto found = object->find(key);
    if (found == object->end()) return null_value;
    current = &found->second;
  }
  return *current;
}

std::string string_at(const Json& value, std::initializer_list<std::string_view> path, std::string_view fallback) {
  const Json& found = at_path(value, path);
  return found.is_string() ? found.get<std::string>() : std::string(fallback);
}

std::int64_t int_at(const Json& value, std::initializer_list<std::string_view> path, std::int64_t fallback) {
  const Json& found = at_path(value, path);
  if (found.is_number_unsigned()) {
    const auto number = found.get<std::uint64_t>();
    return number > INT64_MAX ? fallback : static_cast<std::int64_t>(number);
  }
  return found.is_number_integer() ? found.get<std::int64_t>() : fallback;
}

bool bool_at(const Json& value, std::initializer_list<std::string_view> path, bool fallback) {
  const Json& found = at_path(value, path);
  return found.is_boolean() ? found.get<bool>() : fallback;
}

std::string to_text(const Json& value) {
  return value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace kforge
