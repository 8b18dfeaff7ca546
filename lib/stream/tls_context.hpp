// SPDX-License-Identifier: Apache-2.0
// TLS by the rules that libcurl gets from lib/http, for connections that libcurl cannot make.
#pragma once

#include "http/transport.hpp"

#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>

#include <string>

namespace kforge::stream {

// For the API server: the connection's CA alone, its client certificate, TLS 1.2 or newer. Throws Error{unreachable}
// when a certificate cannot be read.
boost::asio::ssl::context server_tls(const http::Connection& connection);
// For an https proxy: the system's roots, no certificate of ours.
boost::asio::ssl::context proxy_tls(const http::Connection& connection);

// The name that is asked for and verified (SNI, certificate); HTTP/1.1, which WebSockets need.
void expect_peer(SSL* ssl, const std::string& host);
// Why the peer's certificate was not accepted, as lib/http tells it; Failure::tls_other when it is something else.
http::Failure tls_failure(SSL* ssl);

}  // namespace kforge::stream
