// SPDX-License-Identifier: Apache-2.0
#include "http/system_roots.hpp"

#include "os/files.hpp"

#include <array>

namespace kforge::http {

std::string find_system_roots(const Environment& environment) {
  if (environment.has("SSL_CERT_FILE")) return *environment.get("SSL_CERT_FILE");
  static constexpr std::array places{
      "/etc/ssl/certs/ca-certificates.crt",                 // Debian, Alpine
      "/etc/pki/tls/certs/ca-bundle.crt",                   // Fedora, RHEL 6
      "/etc/ssl/ca-bundle.pem",                             // openSUSE
      "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",  // RHEL 7 and later
      "/etc/ssl/cert.pem",                                  // Alpine, macOS
  };
  for (const char* place : places)
    if (file_exists(place)) return place;
  return {};
}

}  // namespace kforge::http
