// SPDX-License-Identifier: Apache-2.0
// Text of a service as a terminal may see it, appended to a buffer: most of it is plain and costs one look and one
// copy.
#pragma once

#include "ui/style.hpp"

#include <string>
#include <string_view>

namespace kforge::ui {

// Control and bidi characters become visible escapes. Colours of the service's own stay where colours are wanted, and
// are taken out elsewhere.
void append_harmless(std::string& out, std::string_view text, const Style& style);
// As a JSON string, in quotes; invalid UTF-8 becomes U+FFFD.
void append_json(std::string& out, std::string_view text);

}  // namespace kforge::ui
