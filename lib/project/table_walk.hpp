// SPDX-License-Identifier: Apache-2.0
// Walking the field table, for what describes it.
#pragma once

#include "project/field.hpp"

#include <functional>
#include <string>

namespace kforge::project {

// A key with its path: "services.scale.min". Names of services, secrets and list items are left out of paths.
struct PlacedField {
  std::string path;
  const Field* field;
  const Section* below;  // the section of its value, or nullptr
};

// All keys in the order of the table, each before those below it; below `environments` nothing is repeated.
// `visit` says whether to go below.
enum class Descend { no, yes };
void walk_table(const std::function<Descend(const PlacedField&)>& visit);

// The section below a field, but not for `environments`.
const Section* section_below(const Field& field);

}  // namespace kforge::project
