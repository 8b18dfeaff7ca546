// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "render/render.hpp"

#include <vector>

namespace kforge::render {

// By tier, wave, kind, namespace and name.
void sort_objects(std::vector<Object>& objects);

}  // namespace kforge::render
