// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "http/transfer.hpp"

namespace kforge::http {

// Turns the transfer's request into options of its easy handle. Throws Error{unreachable} when the request cannot be
// sent as it stands (bad URL, control characters in a header).
void configure(Transfer& transfer);

}  // namespace kforge::http
