// SPDX-License-Identifier: Apache-2.0
// Who we are, request by request: tokens that rotate, plugins that are run when they are needed and not before.
#pragma once

#include "http/transport.hpp"
#include "kube/exec_credential.hpp"
#include "kube/kubeconfig.hpp"
#include "os/clock.hpp"

#include <cstdint>
#include <deque>
#include <optional>

namespace kforge::kube {

// What one request carries.
struct Identity {
  const http::Connection* connection = nullptr;  // lives as long as the Credentials
  std::optional<Secret> bearer_token;
  http::Headers headers;         // basic authentication and impersonation
  std::uint64_t generation = 0;  // which credentials these are, for renew()
};

// What Credentials need of the outside world.
struct CredentialSources {
  const Clock& clock;
  ProcessRunner& processes;
  const Environment& environment;
  bool input_is_terminal = false;
};

class Credentials {
 public:
  Credentials(ClusterAccess access, CredentialSources sources);

  // May read the token file again (when its copy is older than 50 s) or run the plugin (when there is no credential or
  // it expires within 10 s). Throws Error{not_authenticated}.
  Identity current();
  // After a 401 to a request that carried `generation`: gets new credentials unless somebody else did already. False
  // when there is no way to get other ones. Throws Error{not_authenticated} when the plugin fails.
  bool renew(std::uint64_t generation);

  const ClusterAccess& access() const { return access_; }

 private:
  void refresh_token_file(bool at_once);
  void check_expiry() const;
  void refresh_exec();
  void run_exec();

  ClusterAccess access_;
  CredentialSources sources_;
  http::Headers headers_;
  std::deque<http::Connection> connections_;  // the last one is in use; transfers still refer to older ones
  std::optional<ExecCredential> exec_;
  Clock::time_point token_read_{};
  std::uint64_t generation_ = 0;
};

// Impersonate-User, -Uid, -Group and -Extra-<key> headers; empty unless `user` is set.
http::Headers impersonation_headers(const Impersonation& impersonation);

}  // namespace kforge::kube
