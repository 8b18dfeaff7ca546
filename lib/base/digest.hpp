// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace kforge {

// SHA-256 as 32 raw bytes, or as 64 lower-case hex digits.
std::string sha256(std::string_view bytes);
std::string sha256_hex(std::string_view bytes);
// HMAC-SHA-256 (RFC 2104) as 64 lower-case hex digits.
std::string hmac_sha256_hex(std::string_view key, std::string_view bytes);
// base64url without padding (RFC 4648 §5).
std::string base64url(std::string_view bytes);
// Cryptographically random characters out of [A-Za-z0-9].
std::string random_alphanumeric(std::size_t length);

}  // namespace kforge
