// SPDX-License-Identifier: Apache-2.0
// Environments: overlays in the same file.
#pragma once

#include "yaml/node.hpp"

#include <string>
#include <vector>

namespace kforge::project {

// The document with the overlay `environments.<name>` laid over it: mappings merge deeply, scalars and lists replace,
// null deletes, a key takes the place of one that it excludes, and '*' under services counts for every service before
// its own name does. Every node keeps its place. The document as it is when there is no such overlay.
yaml::Node with_environment(const yaml::Node& document, const std::string& name);

std::vector<std::string> environments_of(const yaml::Node& document);

}  // namespace kforge::project
