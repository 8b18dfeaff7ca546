// SPDX-License-Identifier: Apache-2.0
// Certificates made on the spot, for tests of TLS and of kubeconfigs.
#pragma once

#include <chrono>
#include <string>
#include <vector>

namespace kforge::tests {

struct KeyPair {
  std::string certificate_pem, key_pem;
};

struct CertificateRequest {
  std::string common_name;
  std::vector<std::string> names{};  // DNS names and IP addresses of a server
  const KeyPair* issuer = nullptr;   // null: self-signed
  bool authority = false;
  std::chrono::seconds valid_from{-3600}, valid_until{86'400};  // from now
};

KeyPair make_certificate(const CertificateRequest& request);
// The key of a pair, encrypted with a password.
std::string encrypted_key(const KeyPair& pair);

}  // namespace kforge::tests
