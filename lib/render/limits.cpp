// SPDX-License-Identifier: Apache-2.0
#include "render/limits.hpp"

#include "base/quantity.hpp"
#include "render/naming.hpp"

#include <array>
#include <map>

namespace kforge::render {
namespace {

constexpr std::array amounts{"cpu", "memory", "ephemeral-storage"};

struct Need {
  std::map<std::string, Quantity> largest;  // limit, by resource
  std::map<std::string, bool> unlimited;    // some container goes without
};

void note_container(const Json& container, Need& need) {
  for (const char* amount : amounts) {
    const auto limit = Quantity::parse(string_at(container, {"resources", "limits", amount}));
    if (!limit) {
      need.unlimited[amount] = true;
      continue;
    }
    const auto [largest, fresh] = need.largest.emplace(amount, *limit);
    if (!fresh && largest->second < *limit) largest->second = *limit;
  }
}

// kforge gives every container its limits; in manifests of the user's own a missing limit is meant to be filled in.
std::map<std::string, Need> needs_of(Drafts& drafts) {
  std::map<std::string, Need> needs;
  for (Draft& draft : drafts.items) {
    const Json* pod = find_pod_spec(draft.identity.kind, draft.manifest);
    if (!pod) continue;
    Need& need = needs[draft.identity.name_space];
    const auto unlimited = need.unlimited;
    for (const char* list : {"initContainers", "containers"})
      if (const auto containers = pod->find(list); containers != pod->end())
        for (const Json& container : *containers) note_container(container, need);
    if (draft.own) need.unlimited = unlimited;
  }
  return needs;
}

void fit(Json& limits, const Need& need) {
  for (const char* amount : amounts) {
    if (need.unlimited.contains(amount)) {
      for (const char* field : {"default", "max"})
        if (limits.contains(field)) limits[field].erase(amount);
      continue;
    }
    const auto largest = need.largest.find(amount);
    const auto most = Quantity::parse(string_at(limits, {"max", amount}));
    if (largest != need.largest.end() && most && *most < largest->second)
      limits["max"][amount] = largest->second.canonical();
  }
  for (const char* field : {"default", "max"})
    if (limits.contains(field) && limits[field].empty()) limits.erase(field);
}

}  // namespace

void fit_limit_ranges(Drafts& drafts) {
  const auto needs = needs_of(drafts);
  for (Draft& draft : drafts.items) {
    if (draft.own || draft.identity.kind != "LimitRange") continue;
    const auto need = needs.find(draft.identity.name_space);
    if (need != needs.end()) fit(draft.manifest["spec"]["limits"][0], need->second);
  }
}

}  // namespace kforge::render
