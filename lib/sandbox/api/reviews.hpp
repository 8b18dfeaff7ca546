// SPDX-License-Identifier: Apache-2.0
// Requests that are answered and not stored: access reviews, evictions, bindings, tokens.
#pragma once

#include "sandbox/api/api.hpp"

namespace kforge::sandbox {

// SelfSubjectAccessReview and its relatives. Everybody may do everything in a sandbox.
bool is_review(const Target& target);
Json answer_review(const Target& target, Json review, const Caller& caller);

// POST to a subresource: pods/eviction, pods/binding, serviceaccounts/token.
Outcome create_subresource(Api& api, const Caller& caller, const Target& target, Json object);

}  // namespace kforge::sandbox
