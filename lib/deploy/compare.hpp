// SPDX-License-Identifier: Apache-2.0
// Whether a live object already is what an intent asks for, decided without a request.
#pragma once

#include "base/json.hpp"
#include "schema/schema.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace kforge::deploy {

// Whether every field of the intent stands in the live object with an equal value: lists aligned by their merge keys,
// quantities compared by value, fields that only the server set left out. `kind` may be null (custom resources).
bool holds(const schema::Kind* kind, const Json& intent, const Json& live);

// Whether `manager` owns, by server-side apply in the intent's version, exactly the fields that the intent would give
// it.
bool owns_exactly(const schema::Kind* kind, const Json& intent, const Json& live, std::string_view manager);

// Both of the above: applying the intent again would change nothing. False means "ask the server".
bool is_up_to_date(const schema::Kind* kind, const Json& intent, const Json& live, std::string_view manager);

// Paths of the intent that the live object lacks or has with another value: "spec.template.spec.containers[app].image".
std::vector<std::string> differences(const schema::Kind* kind, const Json& intent, const Json& live);

// Whether two answers of the server show the same object, apart from versions, times and status. For a dry run against
// the live object: equal means that the real write would be a no-op (a dry run never moves the resourceVersion).
bool same_object(const Json& a, const Json& b);

// The managedFields entry of a manager's server-side apply, or a null value.
const Json& apply_entry(const Json& live, std::string_view manager);

}  // namespace kforge::deploy
