// SPDX-License-Identifier: Apache-2.0
// Defaults per kind (pkg/apis/*/v1/defaults.go of Kubernetes 1.36), as far as clients and controllers see them.
#pragma once

#include "base/json.hpp"

#include <string_view>

namespace kforge::sandbox {

// Sets a field that is absent.
void set_default(Json& object, std::string_view field, Json value);

// Calls `change` for each object in a list field, when there is one.
template <class Change>
void each(Json& object, std::string_view list, Change change) {
  const auto found = object.find(list);
  if (found == object.end() || !found->is_array()) return;
  for (Json& item : *found)
    if (item.is_object()) change(item);
}

void default_pod(Json& pod);
void default_pod_spec(Json& spec);  // of a Pod or a template
void default_claim_spec(Json& spec);

using Defaulter = void (*)(Json& object);
// By resource id ("deployments.apps"); null when a kind has none.
Defaulter defaulter_of(std::string_view resource);

}  // namespace kforge::sandbox
