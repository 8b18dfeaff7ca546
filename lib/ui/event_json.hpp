// SPDX-License-Identifier: Apache-2.0
// Events as JSON, a public format (docs/events.md): keys are added, never renamed.
#pragma once

#include "base/json.hpp"
#include "deploy/events.hpp"

namespace kforge::ui {

// {"type", …} without the envelope of a stream (v, ts, seq).
Json event_json(const deploy::Event& event);

Json resource_json(const kube::ObjectRef& object);  // {"kind", "ns", "name"}
Json counts_json(const deploy::PlanSummary& plan);  // {"create", "update", …}
Json diagnosis_json(const deploy::Diagnosis& diagnosis);

}  // namespace kforge::ui
