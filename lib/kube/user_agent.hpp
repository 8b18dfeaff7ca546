// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace kforge::kube {

// "kforge/1.2.3 (linux/amd64)": stands in the server's audit log.
std::string user_agent();

}  // namespace kforge::kube
