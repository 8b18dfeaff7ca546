// SPDX-License-Identifier: Apache-2.0
// Labels, selectors and namespaces (docs/manifests.md, "Labels").
#pragma once

#include "render/drafts.hpp"

namespace kforge::render {

// Gives an object its namespace, its labels, and the selectors and pod labels of its workload.
void identify(Json& manifest, const Workload& workload, const Drafts& drafts);
// Membership and ownership marks, on every object: those of `manifests:` included, and again on patched ones.
void mark_member(Json& manifest, const Drafts& drafts);

// What selects a workload's pods, for ever: {name, instance}.
Json selector_of(const Workload& workload);

// The tag of an image as a label value (at most 63 of [A-Za-z0-9._-]); for an image by digest its first 12 hex digits.
std::string image_version(std::string_view image);

}  // namespace kforge::render
