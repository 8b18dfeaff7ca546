// SPDX-License-Identifier: Apache-2.0
// A faults file as a whole: `api:` of the server (server/api_faults.hpp), `pods:` of containers (pods/faults.hpp).
#pragma once

#include "base/json.hpp"

namespace kforge::sandbox {

// Checks every rule. Throws Error{project_invalid} with the place in the document, such as "api[1]".
void check_faults(const Json& document);

}  // namespace kforge::sandbox
