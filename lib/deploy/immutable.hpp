// SPDX-License-Identifier: Apache-2.0
// Fields that an existing object keeps for ever: recognised in what the server answers, with the way out.
#pragma once

#include "deploy/plan.hpp"

#include <optional>
#include <string>
#include <vector>

namespace kforge::deploy {

// Whether the server refuses a change only because of fields that cannot be changed.
bool is_immutable_refusal(const kube::ApiResult& result);

// How an object makes room for a new one of its name, by its kind and by what changes in it; empty when it must not
// (its data would be lost, or the cluster depends on it).
struct Way {
  kube::Propagation propagation = kube::Propagation::background;
  bool automatic = false;  // nothing is lost or interrupted, so no flag is needed
  std::string effect;      // for people: "its pods go on running"
};
std::optional<Way> way_to_recreate(const Change& change);

// "StatefulSet/postgres": what --recreate takes.
std::string recreate_name(const kube::ObjectRef& object);

// Throws Error{usage} for names that are not "Kind/name".
void check_object_names(const std::string& option, const std::vector<std::string>& names);

}  // namespace kforge::deploy
