// SPDX-License-Identifier: Apache-2.0
// Objects of a project without a cluster.
#pragma once

#include "base/diagnostics.hpp"
#include "cli/session.hpp"
#include "render/render.hpp"

namespace kforge::cli {

// Everything the project renders to, Secrets without values. Throws InvalidInput when a variable or file is missing.
render::Rendered render_offline(const project::Project& project, const Environment& environment);

// The same for a machine that does not have the secrets: what is missing becomes a warning.
render::Rendered render_without_secrets(const project::Project& project, const Environment& environment,
                                        Diagnostics& warnings);

}  // namespace kforge::cli
