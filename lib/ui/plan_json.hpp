// SPDX-License-Identifier: Apache-2.0
// The JSON form of a plan, described in docs/plan-json.md.
#pragma once

#include "deploy/events.hpp"
#include "deploy/preview.hpp"

namespace kforge::ui {

// Without "error" and "exitCode".
Json plan_json(const deploy::Started& run, const deploy::Preview& preview);

}  // namespace kforge::ui
