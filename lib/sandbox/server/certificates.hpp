// SPDX-License-Identifier: Apache-2.0
// Certificates of a sandbox's own: ECDSA P-256, made in a few milliseconds.
#pragma once

#include "base/duration.hpp"
#include "base/secret.hpp"

#include <chrono>
#include <string>
#include <vector>

namespace kforge::sandbox {

struct KeyPair {
  std::string certificate_pem;
  Secret key_pem;
};

struct CertificateRequest {
  std::string common_name;
  std::vector<std::string> organizations;
  std::vector<std::string> dns_names, ip_addresses;  // subject alternative names
  enum class Use { authority, server, client } use = Use::server;
  WallTime not_before, not_after;
};

// A self-signed authority, or a certificate signed by `authority`. Throws Error{internal} when OpenSSL refuses.
KeyPair make_authority(const CertificateRequest& request);
KeyPair make_certificate(const CertificateRequest& request, const KeyPair& authority);

}  // namespace kforge::sandbox
