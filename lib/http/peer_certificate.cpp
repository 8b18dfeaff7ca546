// SPDX-License-Identifier: Apache-2.0
#include "http/peer_certificate.hpp"

#include "base/duration.hpp"
#include "base/text.hpp"

#include <arpa/inet.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <array>
#include <chrono>
#include <memory>

namespace kforge::http {
namespace {

// Where an SSL_CTX keeps the pointer to its PeerCertificate.
int target_index() {
  static const int index = SSL_CTX_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
  return index;
}

std::string to_text(const ASN1_TIME* time) {
  std::tm parts{};
  if (time == nullptr || ASN1_TIME_to_tm(time, &parts) != 1) return {};
  const std::chrono::year_month_day day{std::chrono::year{parts.tm_year + 1900},
                                        std::chrono::month{static_cast<unsigned>(parts.tm_mon + 1)},
                                        std::chrono::day{static_cast<unsigned>(parts.tm_mday)}};
  return format_rfc3339(WallTime{std::chrono::sys_days{day}} + std::chrono::hours{parts.tm_hour} +
                        std::chrono::minutes{parts.tm_min} + std::chrono::seconds{parts.tm_sec});
}

std::string bytes_of(const ASN1_STRING* text) {
  return {reinterpret_cast<const char*>(ASN1_STRING_get0_data(text)),
          static_cast<std::size_t>(ASN1_STRING_length(text))};
}

std::string address_text(const ASN1_OCTET_STRING* address) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  const int family = ASN1_STRING_length(address) == 4 ? AF_INET : AF_INET6;
  if (ASN1_STRING_length(address) != 4 && ASN1_STRING_length(address) != 16) return {};
  return ::inet_ntop(family, ASN1_STRING_get0_data(address), text.data(), text.size());
}

std::vector<std::string> alternative_names(const X509* certificate) {
  const std::unique_ptr<GENERAL_NAMES, decltype(&GENERAL_NAMES_free)> list(
      static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)),
      &GENERAL_NAMES_free);
  std::vector<std::string> names;
  for (int i = 0; list && i < sk_GENERAL_NAME_num(list.get()); ++i) {
    const GENERAL_NAME* name = sk_GENERAL_NAME_value(list.get(), i);
    if (name->type == GEN_DNS) names.push_back(printable(bytes_of(name->d.dNSName)));
    if (name->type == GEN_IPADD) names.push_back(address_text(name->d.iPAddress));
  }
  return names;
}

std::string common_name(const X509_NAME* name) {
  const int index = X509_NAME_get_index_by_NID(name, NID_commonName, -1);
  if (index < 0) return {};
  return printable(bytes_of(X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, index))));
}

// Runs for every certificate of the chain; notes the server's own. The one verdict it adds is Go's: a certificate
// without alternative names is for no server, while libcurl would still fall back to its common name.
int on_verify(int accepted, X509_STORE_CTX* context) noexcept {
  try {
    const auto* ssl =
        static_cast<const SSL*>(X509_STORE_CTX_get_ex_data(context, SSL_get_ex_data_X509_STORE_CTX_idx()));
    auto* target = static_cast<PeerCertificate*>(SSL_CTX_get_ex_data(SSL_get_SSL_CTX(ssl), target_index()));
    const X509* certificate = X509_STORE_CTX_get0_cert(context);
    if (target == nullptr || certificate == nullptr) return accepted;
    *target = {alternative_names(certificate), to_text(X509_get0_notBefore(certificate)),
               to_text(X509_get0_notAfter(certificate)), common_name(X509_get_issuer_name(certificate))};
    if (accepted == 1 && X509_STORE_CTX_get_error_depth(context) == 0 && target->names.empty()) {
      X509_STORE_CTX_set_error(context, X509_V_ERR_HOSTNAME_MISMATCH);
      return 0;
    }
    return accepted;
  } catch (...) {  // no memory to look at it
    return 0;
  }
}

}  // namespace

void record_peer_certificate(void* ssl_ctx, PeerCertificate& target) {
  auto* context = static_cast<SSL_CTX*>(ssl_ctx);
  SSL_CTX_set_ex_data(context, target_index(), &target);
  SSL_CTX_set_verify(context, SSL_CTX_get_verify_mode(context), on_verify);
}

}  // namespace kforge::http
