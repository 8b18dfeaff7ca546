// SPDX-License-Identifier: Apache-2.0
// The generated values of a project's secrets: one Secret in the cluster, `kforge.<project>.values` in the state
// namespace. A value is generated once, and nothing here ever overwrites one.
#pragma once

#include "deploy/applyset.hpp"
#include "deploy/session.hpp"
#include "render/render.hpp"

#include <map>
#include <string>

namespace kforge::deploy {

kube::ObjectRef values_secret(const ApplySet& set);
// The key of "secret/key" in it: "secret.key", with the dots of the secret's name as "_" so that no two collide.
std::string values_key(const std::string& secret_and_key);

// Values by values_key().
using GeneratedValues = std::map<std::string, Secret>;

struct StoredValues {
  bool exists = false;
  std::string resource_version;
  GeneratedValues values;
};

// One GET; a missing Secret or namespace is not an error.
StoredValues read_values(Session& session, const ApplySet& set);

// Puts the stored values into `values` and generates what is missing; returns the generated ones.
GeneratedValues complete(render::SecretValues& values, const StoredValues& stored, const project::Project& project);

// Adds `fresh` to the Secret, making it if need be. Safe to repeat after a lost answer. Throws Error{conflict} when
// another run has stored other values under the same keys in the meantime.
void store_values(Session& session, const ApplySet& set, const GeneratedValues& fresh);

}  // namespace kforge::deploy
