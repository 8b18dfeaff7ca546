// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/json.hpp"
#include "sandbox/api/status.hpp"

#include <string>
#include <vector>

namespace kforge::sandbox {

// What may not change in an update, in a real server's words (deploy-time clients classify them by field and message).
std::vector<FieldError> immutable_field_errors(const std::string& resource, const Json& before, const Json& after);

}  // namespace kforge::sandbox
