// SPDX-License-Identifier: Apache-2.0
// Certificates and keys, checked before the first handshake, where a mistake can still be named.
#pragma once

#include "base/duration.hpp"
#include "base/secret.hpp"

#include <cstddef>
#include <optional>
#include <string>

namespace kforge::kube {

// Usable CERTIFICATE blocks of a PEM text; other blocks do not count.
std::size_t count_certificates(const std::string& pem);
// Why a certificate and a key cannot be used together: "is encrypted, which kforge cannot read", …; empty when they
// can.
std::string key_pair_problem(const std::string& certificate_pem, const Secret& key_pem);
// When the first certificate expires.
std::optional<WallTime> certificate_expiry(const std::string& pem);

}  // namespace kforge::kube
