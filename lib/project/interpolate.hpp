// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/diagnostics.hpp"
#include "os/environment.hpp"
#include "yaml/node.hpp"

#include <optional>
#include <string>

namespace kforge::project {

// The text of a scalar with ${VAR} and ${VAR:-default} replaced and $${ as a literal ${. A default counts when the
// variable is unset or empty. Empty after adding a problem for an unset variable or bad syntax, at its place.
std::optional<std::string> interpolate(const yaml::Node& scalar, const Environment& environment, Diagnostics& problems);

}  // namespace kforge::project
