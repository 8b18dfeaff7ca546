// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/duration.hpp"

#include <string>

namespace kforge::sandbox {

// IMF-fixdate of the header Date (RFC 9110 §5.6.7): "Sun, 06 Nov 1994 08:49:37 GMT".
std::string http_date(WallTime time);

}  // namespace kforge::sandbox
