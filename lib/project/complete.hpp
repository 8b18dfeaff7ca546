// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/diagnostics.hpp"
#include "project/model.hpp"

namespace kforge::project {

// Adds what a short file leaves to kforge: complete image names, databases and roles, the secrets behind them.
void complete(Project& project, Diagnostics& problems);

// The database that a service gets by itself: "product-service" -> "product".
std::string own_database_name(const std::string& service);

}  // namespace kforge::project
