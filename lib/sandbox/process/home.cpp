// SPDX-License-Identifier: Apache-2.0
#include "sandbox/process/home.hpp"

#include "base/error.hpp"
#include "base/json.hpp"
#include "base/text.hpp"
#include "os/files.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace kforge::sandbox {
namespace {

constexpr auto certificate_life = std::chrono::hours(24 * 3650), clock_slack = std::chrono::hours(24);

int open_lock(const std::string& path) {
  const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (descriptor < 0) throw Error(ErrorKind::internal, fmt::format("cannot open '{}'", path)).why(std::strerror(errno));
  return descriptor;
}

struct flock whole_file() {
  struct flock range {};
  range.l_type = F_WRLCK;
  range.l_whence = SEEK_SET;
  return range;
}

std::optional<KeyPair> read_pair(const Home& home, const std::string& name) {
  const auto certificate = read_file(home.path(name + ".crt")), key = read_file(home.path(name + ".key"));
  if (!certificate || !key) return std::nullopt;
  return KeyPair{*certificate, Secret(*key)};
}

void write_pair(const Home& home, const std::string& name, const KeyPair& pair) {
  write_file_atomically(home.path(name + ".key"), pair.key_pem.reveal(), 0600);
  write_file_atomically(home.path(name + ".crt"), pair.certificate_pem);
}

CertificateRequest request(std::string name, CertificateRequest::Use use, WallTime now) {
  CertificateRequest made{std::move(name), {}, {}, {}, use, {}, {}};
  made.not_before = now - clock_slack;
  made.not_after = now + certificate_life;
  return made;
}

}  // namespace

std::string Home::path(std::string_view file) const {
  return fmt::format("{}/{}", folder, file);
}

std::string serving_lock(const Home& home) {
  return home.path("lock");
}

std::optional<Serving> serving(const Home& home) {
  if (!file_exists(serving_lock(home)) || !FileLock::is_taken(serving_lock(home))) return std::nullopt;
  const auto text = read_file(home.path("process.json"));
  const Json json = Json::parse(text.value_or(""), nullptr, false);
  if (!json.is_object()) return std::nullopt;
  return Serving{static_cast<int>(int_at(json, {"pid"})), static_cast<std::uint16_t>(int_at(json, {"port"})),
                 json.value("speed", 1.0), string_at(json, {"started"}), string_at(json, {"version"})};
}

void write_serving(const Home& home, const Serving& serving) {
  write_file_atomically(home.path("process.json"), to_text({{"pid", serving.pid},
                                                            {"port", serving.port},
                                                            {"speed", serving.speed},
                                                            {"started", serving.started},
                                                            {"version", serving.version}}) +
                                                       "\n");
}

std::optional<FileLock> FileLock::try_take(const std::string& path) {
  FileLock lock(open_lock(path));
  struct flock whole = whole_file();
  if (::fcntl(lock.descriptor_, F_OFD_SETLK, &whole) != 0) return std::nullopt;
  return lock;
}

FileLock FileLock::take(const std::string& path) {
  FileLock lock(open_lock(path));
  struct flock whole = whole_file();
  while (::fcntl(lock.descriptor_, F_OFD_SETLKW, &whole) != 0)
    if (errno != EINTR)
      throw Error(ErrorKind::internal, fmt::format("cannot lock '{}'", path)).why(std::strerror(errno));
  return lock;
}

bool FileLock::is_taken(const std::string& path) {
  const FileLock lock(open_lock(path));
  struct flock whole = whole_file();
  return ::fcntl(lock.descriptor_, F_OFD_GETLK, &whole) == 0 && whole.l_type != F_UNLCK;
}

FileLock::FileLock(FileLock&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}

FileLock::~FileLock() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

Identity::Identity(const Home& home, WallTime now) {
  const auto authority = read_pair(home, "ca"), administrator = read_pair(home, "admin");
  if (authority && administrator) {
    authority_ = *authority;
    administrator_ = *administrator;
    return;
  }
  authority_ = make_authority(request("kforge sandbox " + home.name, CertificateRequest::Use::authority, now));
  CertificateRequest person = request("kforge-sandbox-admin", CertificateRequest::Use::client, now);
  person.organizations = {"system:masters"};
  administrator_ = make_certificate(person, authority_);
  write_pair(home, "ca", authority_);
  write_pair(home, "admin", administrator_);
}

ServerCertificates Identity::server_certificates(WallTime not_before, WallTime not_after) const {
  CertificateRequest server = request("kforge-sandbox", CertificateRequest::Use::server, not_before);
  server.not_before = not_before;
  server.not_after = not_after;
  server.dns_names = {"localhost", "kubernetes", "kubernetes.default", "kubernetes.default.svc"};
  server.ip_addresses = {"127.0.0.1", "10.96.0.1"};
  const KeyPair made = make_certificate(server, authority_);
  return {made.certificate_pem, made.key_pem.reveal(), authority_.certificate_pem};
}

void Identity::write_kubeconfig(const Home& home, std::uint16_t port) const {
  write_file_atomically(
      home.kubeconfig(),
      fmt::format(R"(apiVersion: v1
kind: Config
current-context: {0}
clusters:
- name: {0}
  cluster:
    server: https://127.0.0.1:{1}
    certificate-authority-data: {2}
contexts:
- name: {0}
  context: {{cluster: {0}, user: {0}}}
users:
- name: {0}
  user:
    client-certificate-data: {3}
    client-key-data: {4}
)",
                  home.context(), port, base64_encode(authority_.certificate_pem),
                  base64_encode(administrator_.certificate_pem), base64_encode(administrator_.key_pem.reveal())),
      0600);
}

}  // namespace kforge::sandbox
