// SPDX-License-Identifier: Apache-2.0
// What the server's certificate said, kept for the message when it was not accepted.
#pragma once

#include <string>
#include <vector>

namespace kforge::http {

struct PeerCertificate {
  std::vector<std::string> names;     // DNS names and addresses it is valid for
  std::string not_before, not_after;  // RFC 3339
  std::string issuer;                 // common name
};

// Makes every handshake of an SSL_CTX record the server's certificate in `target`, which outlives it, and refuse one
// without alternative names. Verification otherwise stays as it was set.
void record_peer_certificate(void* ssl_ctx, PeerCertificate& target);

}  // namespace kforge::http
