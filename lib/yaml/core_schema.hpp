// SPDX-License-Identifier: Apache-2.0
// Which type a plain scalar has (YAML 1.2.2 §10.3.2), and whether YAML 1.1 readers could see another one.
#pragma once

#include "yaml/node.hpp"

#include <string_view>

namespace kforge::yaml {

Type type_of_plain(std::string_view text);

// True for every text that some YAML 1.1 or 1.2 reader takes for something else than a string when it is not quoted:
// booleans (on, yes, y), nulls, numbers of any base, sexagesimals, timestamps, "<<" and "=". Errs on the side of true.
bool looks_like_another_type(std::string_view text);

// The value of a scalar node. Throws InvalidInput for a number that JSON cannot hold.
Json value_of_scalar(const Node& node);

}  // namespace kforge::yaml
