// SPDX-License-Identifier: Apache-2.0
#include "base/error.hpp"
#include "base/text.hpp"
#include "kube/access_parts.hpp"
#include "kube/pem.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace kforge::kube {
namespace {

struct Step {
  ClusterAccess& access;
  const UserEntry& entry;
  Problems& problems;

  std::string named() const {
    return access.user.empty() ? "the user of the flags" : fmt::format("user '{}'", access.user);
  }
  void problem(const std::string& text) const { problems.push_back(named() + text); }
  bool has_token() const { return !entry.token.empty() || !entry.token_file.empty(); }
  bool has_basic() const { return !entry.username.empty() || !entry.password.empty(); }
  bool has_key() const { return !entry.client_key.empty() || !entry.client_key_data.empty(); }
  bool has_certificate() const { return !entry.client_certificate.empty() || !entry.client_certificate_data.empty(); }
};

void check_combinations(const Step& step) {
  const UserEntry& entry = step.entry;
  if (step.has_token() && step.has_basic()) step.problem(" has a token and a user name with password, keep one");
  if (entry.exec && entry.auth_provider) step.problem(" has both exec and auth-provider, keep one");
  if (!entry.client_certificate.empty() && !entry.client_certificate_data.empty())
    step.problem(" has both client-certificate and client-certificate-data, keep one");
  if (!entry.client_key.empty() && !entry.client_key_data.empty())
    step.problem(" has both client-key and client-key-data, keep one");
  if (step.has_certificate() && !step.has_key()) step.problem(" has a client certificate without its client-key");
  if (!step.has_certificate() && step.has_key()) step.problem(" has a client-key without its client-certificate");
}

std::string path_or_data(const Step& step, const std::string& path, const std::string& data, const char* field) {
  if (!path.empty()) return read_named(path, step.named(), step.problems);
  try {
    return base64_decode(data);
  } catch (const Error&) {
    step.problem(fmt::format(": {} is not valid base64", field));
    return {};
  }
}

void add_certificate(const Step& step) {
  const UserEntry& entry = step.entry;
  if (!step.has_certificate() || !step.has_key()) return;
  const std::size_t before = step.problems.size();
  http::Connection& connection = step.access.connection;
  connection.client_certificate_pem =
      path_or_data(step, entry.client_certificate, entry.client_certificate_data, "client-certificate-data");
  connection.client_key_pem =
      Secret(path_or_data(step, entry.client_key, entry.client_key_data.reveal(), "client-key-data"));
  if (step.problems.size() > before) return;
  const std::string problem = key_pair_problem(*connection.client_certificate_pem, *connection.client_key_pem);
  const auto place = [](const std::string& path, const char* field) { return path.empty() ? field : path; };
  if (!problem.empty())
    step.problem(fmt::format(": {} ({}, {})", problem, place(entry.client_certificate, "client-certificate-data"),
                             place(entry.client_key, "client-key-data")));
}

void add_token(const Step& step) {
  if (!step.entry.token_file.empty()) {
    step.access.token_file = step.entry.token_file;
    step.access.token = read_token(step.entry.token_file, step.named(), step.access, step.problems);
  } else if (!step.entry.token.empty()) {
    step.access.token = step.entry.token;
  }
  if (step.access.token && has_control_characters(step.access.token->reveal()))
    step.problem(": the token holds a line break or another control character");
}

void add_basic(const Step& step) {
  if (!step.has_basic()) return;
  const std::string& name = step.entry.username;
  if (has_control_characters(name) || has_control_characters(step.entry.password.reveal()) || contains(name, ":"))
    step.problem(": the user name or password holds a character that HTTP does not allow");
  step.access.basic = Secret(name + ":" + step.entry.password.reveal());
}

void add_impersonation(const Step& step) {
  const Impersonation& as = step.entry.impersonation;
  if (as.user.empty() && (!as.uid.empty() || !as.groups.empty() || !as.extra.empty()))
    step.problem(": impersonation needs 'as'");
  std::vector<std::string> values{as.user, as.uid};
  values.insert(values.end(), as.groups.begin(), as.groups.end());
  for (const auto& [key, list] : as.extra) values.insert(values.end(), list.begin(), list.end());
  if (std::ranges::any_of(values, has_control_characters)) step.problem(": impersonation holds control characters");
  step.access.impersonation = as;
}

// The `exp` claim of a JSON Web Token, unverified: only the server can judge it.
std::optional<WallTime> expiry_of(const std::string& token) {
  const std::vector<std::string> parts = split(token, '.');
  if (parts.size() != 3) return std::nullopt;
  std::string payload = replace_all(replace_all(parts[1], "-", "+"), "_", "/");
  payload.append((4 - payload.size() % 4) % 4, '=');
  try {
    const Json claims = Json::parse(base64_decode(payload), nullptr, false);
    const std::int64_t seconds = int_at(claims, {"exp"}, 0);
    if (seconds > 0) return WallTime{std::chrono::seconds{seconds}};
  } catch (const Error&) {  // not base64: not a JSON Web Token
  }
  return std::nullopt;
}

void add_auth_provider(const Step& step) {
  if (!step.entry.auth_provider || step.access.token || step.access.basic || step.has_certificate()) return;
  const AuthProviderEntry& provider = *step.entry.auth_provider;
  if (provider.name == "gcp")
    return step.problem(" uses the auth-provider 'gcp', which no longer exists: install gke-gcloud-auth-plugin");
  if (provider.name == "azure")
    return step.problem(" uses the auth-provider 'azure', which no longer exists: install kubelogin");
  const auto token = provider.config.find("id-token");
  if (provider.name != "oidc" || token == provider.config.end() || token->second.empty())
    return step.problem(
        fmt::format(" uses the auth-provider '{}' without an id-token: use an exec plug-in such as kubelogin",
                    printable(provider.name)));
  step.access.token = token->second;
  step.access.token_expiry = expiry_of(token->second.reveal());
}

AuthMethod method_of(const ClusterAccess& access) {
  if (access.token) return AuthMethod::token;
  if (access.basic) return AuthMethod::basic;
  if (access.connection.client_certificate_pem) return AuthMethod::client_certificate;
  return access.exec ? AuthMethod::exec : AuthMethod::none;
}

}  // namespace

void add_user(ClusterAccess& access, const UserEntry& entry, const Environment& environment, Problems& problems) {
  const Step step{access, entry, problems};
  check_combinations(step);
  add_certificate(step);
  add_token(step);
  add_basic(step);
  add_impersonation(step);
  add_auth_provider(step);
  // A configured token, password or certificate makes the plugin unnecessary (client-go skips it).
  if (entry.exec && !step.has_token() && !step.has_basic() && !step.has_certificate())
    add_exec(access, *entry.exec, environment, problems);
  access.method = method_of(access);
}

}  // namespace kforge::kube
