// SPDX-License-Identifier: Apache-2.0
// Documents that nobody meant: for tests and fuzz targets of code that reads what a cluster sends.
#pragma once

#include "base/json.hpp"

#include <random>

namespace kforge::tests {

// Changes one place of the document: a value of another type, an extreme number, an odd text, a key or element taken
// away, doubled or swapped with another.
void mutate(Json& document, std::mt19937_64& random);

}  // namespace kforge::tests
