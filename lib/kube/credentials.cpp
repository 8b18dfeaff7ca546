// SPDX-License-Identifier: Apache-2.0
#include "kube/credentials.hpp"

#include "base/error.hpp"
#include "base/text.hpp"
#include "kube/access_parts.hpp"
#include "os/files.hpp"

#include <fmt/format.h>

#include <cctype>

namespace kforge::kube {
namespace {

using namespace std::chrono_literals;

constexpr Milliseconds token_file_age = 50s;  // client-go: valid for a minute, less ten seconds
constexpr Milliseconds expiry_leeway = 10s;

// A header name's character (RFC 9110 token), and not the escape character itself.
bool is_key_character(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 ||
         std::string_view("!#$&'*+-.^_`|~").find(c) != std::string_view::npos;
}

std::string escaped_key(std::string_view key) {
  std::string escaped;
  for (const char c : key)
    escaped += is_key_character(c) ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  return escaped;
}

}  // namespace

http::Headers impersonation_headers(const Impersonation& as) {
  http::Headers headers;
  if (as.user.empty()) return headers;
  headers.emplace_back("Impersonate-User", as.user);
  if (!as.uid.empty()) headers.emplace_back("Impersonate-Uid", as.uid);
  for (const std::string& group : as.groups) headers.emplace_back("Impersonate-Group", group);
  for (const auto& [key, values] : as.extra)
    for (const std::string& value : values) headers.emplace_back("Impersonate-Extra-" + escaped_key(key), value);
  return headers;
}

Credentials::Credentials(ClusterAccess access, CredentialSources sources)
    : access_(std::move(access)), sources_(sources), headers_(impersonation_headers(access_.impersonation)) {
  connections_.push_back(access_.connection);
  token_read_ = sources_.clock.now();
  if (access_.basic) headers_.emplace_back("Authorization", "Basic " + base64_encode(access_.basic->reveal()));
}

Identity Credentials::current() {
  check_expiry();
  refresh_token_file(false);
  refresh_exec();
  std::optional<Secret> token = access_.token;
  if (exec_) token = exec_->token;
  return {.connection = &connections_.back(),
          .bearer_token = std::move(token),
          .headers = headers_,
          .generation = generation_};
}

bool Credentials::renew(std::uint64_t generation) {
  if (generation != generation_) return true;
  if (access_.exec) {
    run_exec();
    return true;
  }
  if (!access_.token_file.empty()) refresh_token_file(true);
  return generation != generation_;
}

// A read that fails keeps the last good token: the file may just be in the middle of its rotation.
void Credentials::refresh_token_file(bool at_once) {
  if (access_.token_file.empty() || (!at_once && sources_.clock.now() - token_read_ < token_file_age)) return;
  token_read_ = sources_.clock.now();
  try {
    const std::optional<std::string> text = read_file(access_.token_file);
    Secret token{std::string(text ? trim(*text) : "")};
    if (token.empty() || has_control_characters(token.reveal()) || token == access_.token) return;
    access_.token = std::move(token);
    ++generation_;
  } catch (const Error&) {  // see above
  }
}

void Credentials::check_expiry() const {
  if (!access_.token_expiry || sources_.clock.wall_time() + expiry_leeway < *access_.token_expiry) return;
  throw Error(ErrorKind::not_authenticated, fmt::format("the id-token of user '{}' expired at {}", access_.user,
                                                        format_rfc3339(*access_.token_expiry)))
      .hint("use an exec plug-in such as kubelogin, which renews it");
}

void Credentials::refresh_exec() {
  if (!access_.exec) return;
  if (exec_ && (!exec_->expiry || sources_.clock.wall_time() + expiry_leeway < *exec_->expiry)) return;
  run_exec();
}

void Credentials::run_exec() {
  exec_ = run_exec_plugin({*access_.exec, sources_.environment, sources_.input_is_terminal}, sources_.processes);
  ++generation_;
  http::Connection& used = connections_.back();
  if (exec_->certificate_pem == used.client_certificate_pem && exec_->key_pem == used.client_key_pem) return;
  http::Connection renewed = used;
  renewed.client_certificate_pem = exec_->certificate_pem;
  renewed.client_key_pem = exec_->key_pem;
  connections_.push_back(std::move(renewed));
}

}  // namespace kforge::kube
