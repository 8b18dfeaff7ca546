// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace kforge::kube {

// Text of a server, fit for a message: JSON Web Tokens become "[redacted]", control characters visible escapes.
std::string safe_text(std::string_view untrusted);

}  // namespace kforge::kube
