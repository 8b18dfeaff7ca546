// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "render/drafts.hpp"

#include <deque>
#include <vector>

namespace kforge::render {

// By tier, wave, kind, namespace and name.
std::vector<Draft*> in_order(std::deque<Draft>& drafts);

}  // namespace kforge::render
