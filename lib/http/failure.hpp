// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "http/transfer.hpp"

namespace kforge::http {

// How a transfer that libcurl calls done ended: the failure, its text without credentials, and the response.
Completion completion_of(Transfer& transfer, CURLcode code);

}  // namespace kforge::http
