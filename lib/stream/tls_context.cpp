// SPDX-License-Identifier: Apache-2.0
#include "stream/tls_context.hpp"

#include "base/error.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/address.hpp>
#include <openssl/x509v3.h>

#include <array>

namespace kforge::stream {
namespace {

namespace ssl = boost::asio::ssl;

ssl::context bare_context() {
  ssl::context context(ssl::context::tls_client);
  SSL_CTX_set_min_proto_version(context.native_handle(), TLS1_2_VERSION);
  // A kubeconfig may name an intermediate certificate as its CA, as curl and Go allow.
  X509_STORE_set_flags(SSL_CTX_get_cert_store(context.native_handle()), X509_V_FLAG_PARTIAL_CHAIN);
  return context;
}

void trust(ssl::context& context, const http::Connection& connection) {
  if (connection.insecure_skip_tls_verify) return context.set_verify_mode(ssl::verify_none);
  context.set_verify_mode(ssl::verify_peer);
  if (connection.ca_pem)
    context.add_certificate_authority(boost::asio::buffer(*connection.ca_pem));
  else if (!connection.system_ca_file.empty())
    context.load_verify_file(connection.system_ca_file);
}

bool is_address(const std::string& host) {
  boost::system::error_code ec;
  boost::asio::ip::make_address(host, ec);
  return !ec;
}

}  // namespace

ssl::context server_tls(const http::Connection& connection) {
  try {
    ssl::context context = bare_context();
    trust(context, connection);
    if (connection.client_certificate_pem && connection.client_key_pem) {
      context.use_certificate_chain(boost::asio::buffer(*connection.client_certificate_pem));
      context.use_private_key(boost::asio::buffer(connection.client_key_pem->reveal()), ssl::context::pem);
    }
    return context;
  } catch (const boost::system::system_error& error) {
    throw Error(ErrorKind::unreachable, "the certificates of the kubeconfig cannot be used").why(error.what());
  }
}

ssl::context proxy_tls(const http::Connection& connection) {
  http::Connection roots_only;
  roots_only.system_ca_file = connection.system_ca_file;
  ssl::context context = bare_context();
  trust(context, roots_only);
  return context;
}

void expect_peer(SSL* ssl, const std::string& host) {
  static constexpr std::array<unsigned char, 9> protocols{8, 'h', 't', 't', 'p', '/', '1', '.', '1'};
  SSL_set_alpn_protos(ssl, protocols.data(), protocols.size());
  X509_VERIFY_PARAM* parameters = SSL_get0_param(ssl);
  if (is_address(host)) {
    X509_VERIFY_PARAM_set1_ip_asc(parameters, host.c_str());
    return;
  }
  SSL_set_tlsext_host_name(ssl, host.c_str());
  X509_VERIFY_PARAM_set1_host(parameters, host.data(), host.size());
}

http::Failure tls_failure(SSL* ssl) {
  switch (SSL_get_verify_result(ssl)) {
    case X509_V_OK:
      return http::Failure::tls_other;
    case X509_V_ERR_CERT_HAS_EXPIRED:
    case X509_V_ERR_CERT_NOT_YET_VALID:
      return http::Failure::tls_expired;
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH:
      return http::Failure::tls_name_mismatch;
    default:
      return http::Failure::tls_untrusted;
  }
}

}  // namespace kforge::stream
