// SPDX-License-Identifier: Apache-2.0
// The objects of manifests/, embedded as JSON at build time.
#pragma once

#include "base/json.hpp"

#include <string_view>

namespace kforge::render {

// A copy of one object: base("backend/service", "Deployment/example-service"). Throws Error{internal} when it is
// missing.
Json base(std::string_view file, std::string_view object);

}  // namespace kforge::render
