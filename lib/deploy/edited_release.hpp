// SPDX-License-Identifier: Apache-2.0
// What a release consists of after verbs changed it in place. Pure.
#pragma once

#include "deploy/edits.hpp"
#include "render/render.hpp"

namespace kforge::deploy {

// Only fields that the release sets change, and autoscalers come in. What it leaves to others stays unsaid: the mark of
// a restart, a pause, the number of pods of what an autoscaler scales.
render::Rendered edited(render::Rendered release, const Edits& edits);

}  // namespace kforge::deploy
