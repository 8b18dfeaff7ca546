// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "deploy/masker.hpp"
#include "render/render.hpp"

namespace kforge::deploy {

// Teaches the masker every value that must not be seen: those of `secrets:` and of Secrets in the user's own manifests.
// A literal in the project file is there for everybody to see; it is hidden only when it looks like a password.
void learn_secrets(Masker& masker, const project::Project& project, const render::SecretValues& values);

// The same for a Secret as it stands in the cluster; other objects hold nothing to learn.
void learn_secret(Masker& masker, const Json& live);

}  // namespace kforge::deploy
