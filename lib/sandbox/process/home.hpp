// SPDX-License-Identifier: Apache-2.0
// The folder of one sandbox: database, certificates, kubeconfig, log, and who serves it now.
#pragma once

#include "sandbox/server/certificates.hpp"
#include "sandbox/server/http_server.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace kforge::sandbox {

struct Home {
  std::string name;    // a DNS label
  std::string folder;  // $XDG_STATE_HOME/kforge/sandbox/NAME

  std::string path(std::string_view file) const;
  std::string kubeconfig() const { return path("kubeconfig"); }
  std::string database() const { return path("state.db"); }
  std::string log() const { return path("sandbox.log"); }
  std::string faults() const { return path("faults.json"); }
  // The kubeconfig's context, cluster and user.
  std::string context() const { return "sandbox-" + name; }
};

// What the serving process wrote down about itself.
struct Serving {
  int pid = 0;
  std::uint16_t port = 0;
  double speed = 1;
  std::string started, version;
};

// The process that serves the folder now; empty when none does. The word of a lock, so a killed one never counts.
std::optional<Serving> serving(const Home& home);
void write_serving(const Home& home, const Serving& serving);

// An exclusive lock on an open file (fcntl(2), F_OFD_SETLK) that ends with the process at the latest.
class FileLock {
 public:
  // Empty when somebody else holds it. Throws Error{internal} when the file cannot be made.
  static std::optional<FileLock> try_take(const std::string& path);
  // Waits for it.
  static FileLock take(const std::string& path);
  // Whether somebody holds it, without getting in the way of who wants it.
  static bool is_taken(const std::string& path);
  FileLock(FileLock&& other) noexcept;
  FileLock& operator=(FileLock&&) = delete;
  ~FileLock();

 private:
  explicit FileLock(int descriptor) : descriptor_(descriptor) {}
  int descriptor_;
};
// Held by the serving process.
std::string serving_lock(const Home& home);

// The sandbox's own authority and its administrator's certificate, made when the folder is new; a server certificate
// fresh for each start. Writes the kubeconfig of a server at `port`.
class Identity {
 public:
  explicit Identity(const Home& home, WallTime now);
  const std::string& authority_certificate() const { return authority_.certificate_pem; }
  ServerCertificates server_certificates(WallTime not_before, WallTime not_after) const;
  void write_kubeconfig(const Home& home, std::uint16_t port) const;

 private:
  KeyPair authority_, administrator_;
};

}  // namespace kforge::sandbox
