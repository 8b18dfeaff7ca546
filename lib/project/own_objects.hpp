// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/diagnostics.hpp"
#include "project/model.hpp"

namespace kforge::project {

// Checks the objects of `manifests:` and the bodies of `patches:` against the table of Kubernetes kinds.
void check_own_objects(const Project& project, Diagnostics& problems);

}  // namespace kforge::project
