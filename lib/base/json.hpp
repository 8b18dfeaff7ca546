// SPDX-License-Identifier: Apache-2.0
// The JSON value of the whole program, and reading helpers that never throw on a missing or oddly typed field.
#pragma once

#include <nlohmann/json.hpp>

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

namespace kforge {

using Json = nlohmann::json;

// The value at a path of keys, or a null value when any step is missing. Does not copy.
const Json& at_path(const Json& value, std::initializer_list<std::string_view> path);

// The string, number or boolean at a path, or the fallback when it is missing or of another type.
std::string string_at(const Json& value, std::initializer_list<std::string_view> path, std::string_view fallback = {});
std::int64_t int_at(const Json& value, std::initializer_list<std::string_view> path, std::int64_t fallback = 0);
bool bool_at(const Json& value, std::initializer_list<std::string_view> path, bool fallback = false);

// Compact text; invalid UTF-8 is replaced, never thrown on.
std::string to_text(const Json& value);

}  // namespace kforge
