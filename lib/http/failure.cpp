// SPDX-License-Identifier: Apache-2.0
#include "http/failure.hpp"

#include "base/text.hpp"
#include "http/proxy.hpp"
#include "http/url.hpp"

#include <fmt/format.h>
#include <openssl/x509_vfy.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

namespace kforge::http {
namespace {

struct Reason {
  Failure failure;
  std::string message;
};

long info(const Transfer& transfer, CURLINFO what) {
  long value = 0;
  curl_easy_getinfo(transfer.easy.get(), what, &value);
  return value;
}

bool reached(const Transfer& transfer, CURLINFO when) {
  curl_off_t microseconds = 0;
  curl_easy_getinfo(transfer.easy.get(), when, &microseconds);
  return microseconds > 0;
}

std::string library_text(const Transfer& transfer, CURLcode code) {
  const std::string text = transfer.error.data();
  return text.empty() ? curl_easy_strerror(code) : text;
}

std::string host_of(const Transfer& transfer) {
  const std::optional<Url> url = parse_url(transfer.request.connection->base_url);
  return url ? url->authority() : "the server";
}

std::string verified_name(const Transfer& transfer) {
  const Connection& connection = *transfer.request.connection;
  if (!connection.tls_server_name.empty()) return connection.tls_server_name;
  const std::optional<Url> url = parse_url(connection.base_url);
  return url ? url->host : "";
}

bool through_proxy(const Transfer& transfer) {
  const std::optional<Url> url = parse_url(transfer.request.connection->base_url);
  return url && !proxy_for(*transfer.request.connection, *url).empty();
}

Reason connect_reason(const Transfer& transfer, CURLcode code) {
  if (through_proxy(transfer)) return {Failure::proxy, library_text(transfer, code)};
  const long number = info(transfer, CURLINFO_OS_ERRNO);
  if (number == ETIMEDOUT || number == EHOSTUNREACH || number == ENETUNREACH)
    return {Failure::connect_timeout,
            fmt::format("{}: {}", host_of(transfer), to_lower(std::strerror(static_cast<int>(number))))};
  return {Failure::refused, host_of(transfer) + " refuses connections"};
}

Reason timeout_reason(const Transfer& transfer) {
  if (!reached(transfer, CURLINFO_APPCONNECT_TIME_T) && !reached(transfer, CURLINFO_PRETRANSFER_TIME_T))
    return {Failure::connect_timeout, "no connection to " + host_of(transfer) + " in time"};
  return {Failure::timeout,
          fmt::format("no answer from {} within {}", host_of(transfer), format_duration(transfer.request.timeout))};
}

std::string names_text(const PeerCertificate& certificate) {
  std::vector<std::string> names = certificate.names;
  const std::size_t total = names.size();
  if (total > 10) names.resize(10);
  if (names.empty()) return "no name at all";
  return join(names, ", ") + (total > 10 ? fmt::format(" and {} more", total - 10) : "");
}

Reason untrusted_reason(const Transfer& transfer, CURLcode code) {
  if (code == CURLE_SSL_CACERT_BADFILE) return {Failure::tls_other, library_text(transfer, code)};
  if (info(transfer, CURLINFO_PROXY_SSL_VERIFYRESULT) != X509_V_OK)
    return {Failure::proxy, "the proxy's certificate is not accepted: " + library_text(transfer, code)};
  const PeerCertificate& certificate = *transfer.certificate;
  const long verdict = info(transfer, CURLINFO_SSL_VERIFYRESULT);
  switch (verdict) {
    case X509_V_OK:
    case X509_V_ERR_UNSPECIFIED:  // libcurl's own check of the name leaves this behind
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH:
      return {Failure::tls_name_mismatch, fmt::format("the server's certificate is for {}, not for '{}'",
                                                      names_text(certificate), verified_name(transfer))};
    case X509_V_ERR_CERT_HAS_EXPIRED:
      return {Failure::tls_expired, "the server's certificate expired at " + certificate.not_after};
    case X509_V_ERR_CERT_NOT_YET_VALID:
      return {Failure::tls_expired, "the server's certificate is not valid before " + certificate.not_before};
    default:
      break;
  }
  const char* text = X509_verify_cert_error_string(verdict);
  return {Failure::tls_untrusted,
          fmt::format("the server's certificate, issued by '{}', is not trusted: {}", certificate.issuer, text)};
}

// TLS alerts that say "your certificate is not good enough"; with TLS 1.3 they arrive after the handshake.
bool rejects_client_certificate(std::string_view text) {
  static constexpr std::array alerts{"alert bad certificate",     "alert certificate required",
                                     "alert unknown ca",          "alert certificate expired",
                                     "alert certificate revoked", "alert certificate unknown",
                                     "alert access denied",       "alert unsupported certificate"};
  return std::ranges::any_of(alerts, [&](const char* alert) { return contains_ignoring_case(text, alert); });
}

Reason handshake_reason(const Transfer& transfer, CURLcode code) {
  const std::string text = library_text(transfer, code);
  if (rejects_client_certificate(text))
    return {Failure::tls_client_rejected, "the server refuses the client certificate: " + text};
  if (contains(text, "wrong version number") || contains(text, "http request"))
    return {Failure::tls_other, host_of(transfer) + " speaks plain HTTP, not TLS"};
  if (contains(text, "SSL_ERROR_SYSCALL")) return {Failure::reset, text};
  return {Failure::tls_other, text};
}

// A connection that broke, or a TLS alert or a proxy's refusal that libcurl reports the same way.
Reason broken_reason(const Transfer& transfer, CURLcode code) {
  const std::string text = library_text(transfer, code);
  if (rejects_client_certificate(text)) return handshake_reason(transfer, code);
  const long connect_status = info(transfer, CURLINFO_HTTP_CONNECTCODE);
  if (connect_status >= 300) return {Failure::proxy, fmt::format("the proxy answers {} to CONNECT", connect_status)};
  return {Failure::reset, text};
}

Reason reason_of(const Transfer& transfer, CURLcode code) {
  if (transfer.too_large)
    return {Failure::too_large, fmt::format("the answer is larger than {} MiB", max_body_bytes >> 20U)};
  switch (code) {
    case CURLE_COULDNT_RESOLVE_HOST:
      return {Failure::resolve, "cannot resolve " + host_of(transfer)};
    case CURLE_COULDNT_RESOLVE_PROXY:
    case CURLE_PROXY:
      return {Failure::proxy, library_text(transfer, code)};
    case CURLE_COULDNT_CONNECT:
      return connect_reason(transfer, code);
    case CURLE_OPERATION_TIMEDOUT:
      return timeout_reason(transfer);
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_CACERT_BADFILE:
      return untrusted_reason(transfer, code);
    case CURLE_SSL_CONNECT_ERROR:
      return handshake_reason(transfer, code);
    case CURLE_SSL_CERTPROBLEM:
      return {Failure::tls_other, "the client certificate cannot be used: " + library_text(transfer, code)};
    case CURLE_HTTP2:
    case CURLE_HTTP2_STREAM:
    case CURLE_PARTIAL_FILE:
    case CURLE_GOT_NOTHING:
    case CURLE_SEND_ERROR:
    case CURLE_RECV_ERROR:
      return broken_reason(transfer, code);
    default:
      return {Failure::other, library_text(transfer, code)};
  }
}

// The library's texts may quote what we sent.
std::string without_credentials(std::string text, const Request& request) {
  if (request.bearer_token && !request.bearer_token->empty())
    text = replace_all(std::move(text), request.bearer_token->reveal(), "[redacted]");
  for (const auto& [name, value] : request.headers)
    if (to_lower(name) == "authorization" && !value.empty()) text = replace_all(std::move(text), value, "[redacted]");
  for (const std::string& proxy : {request.connection->proxy_url.value_or(""), request.connection->https_proxy})
    if (const std::optional<Url> url = parse_url(proxy); url && !url->userinfo.empty())
      text = replace_all(std::move(text), url->userinfo, "[redacted]");
  return printable(text);
}

bool is_redirect(int status) {
  return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

// Only the host: path and query of a redirect may hold a session.
std::string redirect_text(const Response& response) {
  const std::optional<Url> target = parse_url(response.header("location"));
  return fmt::format("the server answers {} and redirects to {}", response.status,
                     target ? target->authority() : "another path");
}

}  // namespace

Completion completion_of(Transfer& transfer, CURLcode code) {
  Completion completion;
  if (code != CURLE_OK) {
    auto [failure, message] = reason_of(transfer, code);
    completion.failure = failure;
    completion.message = without_credentials(std::move(message), transfer.request);
  } else if (is_redirect(transfer.response.status)) {
    completion.failure = Failure::redirect;
    completion.message = printable(redirect_text(transfer.response));
  }
  completion.response = std::move(transfer.response);
  return completion;
}

}  // namespace kforge::http
