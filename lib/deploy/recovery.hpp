// SPDX-License-Identifier: Apache-2.0
// When the Secret with the generated values is lost but the database is not: new passwords would lock everybody out, so
// the old ones are read back from the live Secrets that were derived from them.
#pragma once

#include "deploy/values.hpp"

#include <functional>

namespace kforge::deploy {

using Renderer = std::function<render::Rendered(const render::SecretValues&)>;

// For a project without stored values: nothing when it has no database in the cluster either, otherwise the values that
// live Secrets still hold. Throws Error{guard_refused} when the database exists and a value cannot be recovered.
GeneratedValues recover_values(Session& session, const ApplySet& set, const Renderer& render,
                               const render::SecretValues& values);

}  // namespace kforge::deploy
