// SPDX-License-Identifier: Apache-2.0
// Whether a scalar is what its field takes, and how to write it right.
#pragma once

#include "schema/schema.hpp"
#include "yaml/node.hpp"

#include <optional>
#include <string>

namespace kforge::schema {

struct Misfit {
  std::string message, hint;
};

// What a field takes, in a word: "integer", "quantity", "mapping".
std::string word_of(const Field& field);
// "spec.replicas: expected integer, found string"
std::string wrong_type(const std::string& path, const std::string& expected, const yaml::Node& found);
// What is wrong with a value that is not null, for a field of a scalar type; empty when it fits.
std::optional<Misfit> scalar_misfit(const Field& field, const yaml::Node& node, const std::string& path);

}  // namespace kforge::schema
