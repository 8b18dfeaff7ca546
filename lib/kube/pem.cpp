// SPDX-License-Identifier: Apache-2.0
#include "kube/pem.hpp"

#include "base/text.hpp"

#include <openssl/pem.h>
#include <openssl/x509.h>

#include <chrono>
#include <memory>

namespace kforge::kube {
namespace {

template <auto Free>
struct Deleter {
  template <class T>
  void operator()(T* pointer) const noexcept {
    Free(pointer);
  }
};
using Bio = std::unique_ptr<BIO, Deleter<BIO_free>>;
using Certificate = std::unique_ptr<X509, Deleter<X509_free>>;
using Key = std::unique_ptr<EVP_PKEY, Deleter<EVP_PKEY_free>>;

Bio reader(const std::string& text) {
  return Bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

Certificate next_certificate(const Bio& bio) {
  return Certificate(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr));
}

// Never asks anybody for a password.
int no_password(char*, int, int, void*) noexcept {
  return 0;
}

}  // namespace

std::size_t count_certificates(const std::string& pem) {
  const Bio bio = reader(pem);
  std::size_t count = 0;
  while (next_certificate(bio)) ++count;
  return count;
}

std::string key_pair_problem(const std::string& certificate_pem, const Secret& key_pem) {
  const Certificate certificate = next_certificate(reader(certificate_pem));
  if (!certificate) return "the certificate is not a PEM certificate";
  if (contains(key_pem.reveal(), "ENCRYPTED")) return "the key is encrypted, which is not supported";
  const Bio bio = reader(key_pem.reveal());
  const Key key(PEM_read_bio_PrivateKey(bio.get(), nullptr, no_password, nullptr));
  if (!key) return "the key is not a PEM private key";
  if (X509_check_private_key(certificate.get(), key.get()) != 1) return "the key does not belong to the certificate";
  return {};
}

std::optional<WallTime> certificate_expiry(const std::string& pem) {
  const Certificate certificate = next_certificate(reader(pem));
  std::tm parts{};
  if (!certificate || ASN1_TIME_to_tm(X509_get0_notAfter(certificate.get()), &parts) != 1) return std::nullopt;
  const std::chrono::year_month_day day{std::chrono::year{parts.tm_year + 1900},
                                        std::chrono::month{static_cast<unsigned>(parts.tm_mon + 1)},
                                        std::chrono::day{static_cast<unsigned>(parts.tm_mday)}};
  return WallTime{std::chrono::sys_days{day}} + std::chrono::hours{parts.tm_hour} + std::chrono::minutes{parts.tm_min} +
         std::chrono::seconds{parts.tm_sec};
}

}  // namespace kforge::kube
