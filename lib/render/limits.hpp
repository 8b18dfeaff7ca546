// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "render/drafts.hpp"

namespace kforge::render {

// Makes the LimitRanges fit the project's own pods: the maximum rises to what a container asks for, and a limit that a
// container was meant not to have is not given to it by default.
void fit_limit_ranges(Drafts& drafts);

}  // namespace kforge::render
