// SPDX-License-Identifier: Apache-2.0
// Kubernetes' strategic merge patch: maps merge, null removes, lists with a merge key merge item by item, other lists
// are replaced. Directives: $patch (delete, replace, merge), $retainKeys, $deleteFromPrimitiveList/F,
// $setElementOrder/F.
// https://github.com/kubernetes/community/blob/master/contributors/devel/sig-api-machinery/strategic-merge-patch.md
#pragma once

#include "base/json.hpp"
#include "schema/schema.hpp"

namespace kforge::schema {

// Where items go that a list did not have: behind the others, as one expects, or where an API server puts them.
enum class NewItems { last, first };

// The patched object. Without a type (custom resources) it is a JSON merge patch (RFC 7386), as in kubectl.
// Throws Error{project_invalid} for an unknown directive or a list item without its merge key.
Json strategic_merge(const Type* type, Json object, const Json& patch, NewItems new_items = NewItems::last);

}  // namespace kforge::schema
