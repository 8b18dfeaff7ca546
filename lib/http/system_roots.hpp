// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "os/environment.hpp"

#include <string>

namespace kforge::http {

// The file with the system's trusted roots: SSL_CERT_FILE, else the first of the usual places that exists; empty when
// there is none. libcurl's built-in path is the build machine's and means nothing elsewhere.
std::string find_system_roots(const Environment& environment);

}  // namespace kforge::http
