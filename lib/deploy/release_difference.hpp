// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "deploy/preview.hpp"

namespace kforge::deploy {

// From one content to another, object by object. Secret values are compared by their digests and shown as "#1a2b3c4d".
// An object that is named by a hash of its content is shown as the change of the one that it replaces.
Preview release_difference(const render::Rendered& before, const render::Rendered& after);

}  // namespace kforge::deploy
