// SPDX-License-Identifier: Apache-2.0
// Changes single values of a YAML text and leaves every other byte alone: comments, order, spacing, quotes.
#pragma once

#include "base/json.hpp"

#include <string>
#include <vector>

namespace kforge::yaml {

// The text with the value at a path of mapping keys. A key that is not there is added, with what leads to it; null
// removes it. A mapping as value is laid over the one that is there, otherwise written as {a: 1}. Throws
// Error{guard_refused} with the place when that cannot be done without touching something else: values of several
// lines, anchors and aliases, lists on the way. What comes back has been read again: it says the same but for the
// value.
std::string with_value(const std::string& file, const std::string& text, const std::vector<std::string>& path,
                       const Json& value);

}  // namespace kforge::yaml
