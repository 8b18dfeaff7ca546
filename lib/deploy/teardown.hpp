// SPDX-License-Identifier: Apache-2.0
// What `down` takes away, in which order, and what it leaves.
#pragma once

#include "deploy/applyset.hpp"
#include "deploy/live.hpp"
#include "render/render.hpp"

#include <string>
#include <vector>

namespace kforge::deploy {

// A live object of the project.
struct Removal {
  kube::ObjectRef ref;
  const schema::Kind* kind = nullptr;
  std::string uid;
  bool scales_down = false;  // a StatefulSet with pods: they end in order before it goes
};

// Removals that may happen at the same time; the next step waits until they are gone.
struct TeardownStep {
  project::Tier tier = project::Tier::namespaces;
  std::vector<Removal> removals;
};

struct Teardown {
  std::vector<TeardownStep> steps;  // in reverse deploy order
  std::vector<kube::ObjectRef> kept;
  std::vector<std::string> reasons;  // why a namespace stays although it was asked for: for people
  Json parent;                       // the live ApplySet parent, or null
  Extent remaining;                  // of what is kept
};

// Reads the cluster; writes nothing. Only objects with this project's labels are taken, and with Data::keep neither
// claims nor namespaces nor generated values. Throws Error{guard_refused} when the ApplySet parent is not this
// project's.
Teardown plan_teardown(Session& session, const ApplySet& set, const render::Rendered& rendered, Data data);

}  // namespace kforge::deploy
