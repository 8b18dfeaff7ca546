// SPDX-License-Identifier: Apache-2.0
#include "sandbox/server/certificates.hpp"

#include "base/error.hpp"
#include "base/text.hpp"

#include <fmt/format.h>
#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <array>
#include <memory>

namespace kforge::sandbox {
namespace {

template <auto Free>
struct Deleter {
  template <class T>
  void operator()(T* pointer) const noexcept {
    Free(pointer);
  }
};
using PrivateKey = std::unique_ptr<EVP_PKEY, Deleter<EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Deleter<X509_free>>;
using Bio = std::unique_ptr<BIO, Deleter<BIO_free>>;

template <class Pointer>
Pointer checked(Pointer pointer) {
  if (!pointer) throw Error(ErrorKind::internal, "cannot make a certificate");
  return pointer;
}

std::string text_of(BIO* bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  return {data, static_cast<std::size_t>(size)};
}

std::string pem_of(X509* certificate) {
  const Bio bio = checked(Bio(BIO_new(BIO_s_mem())));
  PEM_write_bio_X509(bio.get(), certificate);
  return text_of(bio.get());
}

Secret pem_of(EVP_PKEY* key) {
  const Bio bio = checked(Bio(BIO_new(BIO_s_mem())));
  PEM_write_bio_PrivateKey(bio.get(), key, nullptr, nullptr, 0, nullptr, nullptr);
  return Secret(text_of(bio.get()));
}

Bio reader(const std::string& pem) {
  return checked(Bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()))));
}

void add_name(X509_NAME* name, const char* field, const std::string& value) {
  X509_NAME_add_entry_by_txt(name, field, MBSTRING_UTF8, reinterpret_cast<const unsigned char*>(value.data()),
                             static_cast<int>(value.size()), -1, 0);
}

void set_time(ASN1_TIME* field, WallTime time) {
  ASN1_TIME_set(field, std::chrono::duration_cast<std::chrono::seconds>(time.time_since_epoch()).count());
}

void add_extension(X509* certificate, X509* issuer, int kind, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* extension = checked(X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str()));
  X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
}

std::string alternative_names(const CertificateRequest& request) {
  std::vector<std::string> names;
  for (const std::string& name : request.dns_names) names.push_back("DNS:" + name);
  for (const std::string& address : request.ip_addresses) names.push_back("IP:" + address);
  return join(names, ",");
}

void add_extensions(X509* certificate, X509* issuer, const CertificateRequest& request) {
  const bool authority = request.use == CertificateRequest::Use::authority;
  add_extension(certificate, issuer, NID_basic_constraints, authority ? "critical,CA:TRUE" : "critical,CA:FALSE");
  add_extension(certificate, issuer, NID_key_usage,
                authority ? "critical,keyCertSign,cRLSign" : "critical,digitalSignature");
  add_extension(certificate, issuer, NID_subject_key_identifier, "hash");
  if (!authority) {
    add_extension(certificate, issuer, NID_authority_key_identifier, "keyid");
    add_extension(certificate, issuer, NID_ext_key_usage,
                  request.use == CertificateRequest::Use::server ? "serverAuth" : "clientAuth");
  }
  if (const std::string names = alternative_names(request); !names.empty())
    add_extension(certificate, issuer, NID_subject_alt_name, names);
}

void set_serial(X509* certificate) {
  std::array<unsigned char, 16> bytes{};
  if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1)
    throw Error(ErrorKind::internal, "the system gave no random bytes");
  bytes[0] &= 0x7FU;  // serial numbers are positive (RFC 5280 §4.1.2.2)
  BIGNUM* number = BN_bin2bn(bytes.data(), static_cast<int>(bytes.size()), nullptr);
  BN_to_ASN1_INTEGER(number, X509_get_serialNumber(certificate));
  BN_free(number);
}

// Signs with `issuer` and its key, or with the new key itself when there is no issuer.
KeyPair sign(const CertificateRequest& request, X509* issuer, EVP_PKEY* issuer_key) {
  const PrivateKey key = checked(PrivateKey(EVP_EC_gen("P-256")));
  const Certificate certificate = checked(Certificate(X509_new()));
  X509_set_version(certificate.get(), X509_VERSION_3);
  set_serial(certificate.get());
  set_time(X509_getm_notBefore(certificate.get()), request.not_before);
  set_time(X509_getm_notAfter(certificate.get()), request.not_after);
  X509_NAME* const subject = X509_get_subject_name(certificate.get());
  for (const std::string& organization : request.organizations) add_name(subject, "O", organization);
  add_name(subject, "CN", request.common_name);
  X509_set_issuer_name(certificate.get(), X509_get_subject_name(issuer == nullptr ? certificate.get() : issuer));
  X509_set_pubkey(certificate.get(), key.get());
  add_extensions(certificate.get(), issuer == nullptr ? certificate.get() : issuer, request);
  if (X509_sign(certificate.get(), issuer_key == nullptr ? key.get() : issuer_key, EVP_sha256()) == 0)
    throw Error(ErrorKind::internal, "cannot sign a certificate");
  return {pem_of(certificate.get()), pem_of(key.get())};
}

}  // namespace

KeyPair make_authority(const CertificateRequest& request) {
  return sign(request, nullptr, nullptr);
}

KeyPair make_certificate(const CertificateRequest& request, const KeyPair& authority) {
  const Bio certificate_text = reader(authority.certificate_pem), key_text = reader(authority.key_pem.reveal());
  const Certificate issuer = checked(Certificate(PEM_read_bio_X509(certificate_text.get(), nullptr, nullptr, nullptr)));
  const PrivateKey issuer_key = checked(PrivateKey(PEM_read_bio_PrivateKey(key_text.get(), nullptr, nullptr, nullptr)));
  return sign(request, issuer.get(), issuer_key.get());
}

}  // namespace kforge::sandbox
