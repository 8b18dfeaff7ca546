// SPDX-License-Identifier: Apache-2.0
// Findings of public checkers that kforge accepts, each with its reason, written where the checkers read them.
#pragma once

#include "render/drafts.hpp"

#include <span>
#include <string_view>

namespace kforge::render {

struct Waiver {
  std::string_view kube_score;  // check, or empty
  std::string_view checkov;     // check, or empty
  std::string_view reason;      // without '=': checkov splits there
  bool (*applies)(const Json& manifest);
};
std::span<const Waiver> waivers();

// Annotates a drafted object with the waivers that apply to it: kube-score/ignore and checkov.io/skipN.
void annotate_waivers(Json& manifest);

}  // namespace kforge::render
