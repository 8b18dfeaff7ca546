// SPDX-License-Identifier: Apache-2.0
// Which paths a field manager can own at all.
#pragma once

#include "schema/field_set.hpp"

#include <string_view>

namespace kforge::schema {

// Identity and bookkeeping of an object (apiVersion, kind, metadata.name, uid, …): never in managedFields.
const FieldSet& never_owned();
// What a write to the main resource ("") or a subresource does not change, with everything below it: status through the
// main resource of kinds with a status subresource, spec through "status".
FieldSet reset_fields(const Kind* kind, std::string_view subresource);

}  // namespace kforge::schema
