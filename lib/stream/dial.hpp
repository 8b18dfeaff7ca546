// SPDX-License-Identifier: Apache-2.0
// Opens a Channel to the server of a connection: directly or through its proxy, with TLS where its URL says so.
#pragma once

#include "stream/channel.hpp"

#include "http/transport.hpp"
#include "http/url.hpp"

#include <string>

namespace kforge::stream {

// Why there is no channel, as a transfer of lib/http would have told it.
struct DialError {
  http::Failure failure;
  std::string message;
};

// Throws DialError; after 30 s too. The connection must live as long as the channel.
Task<Channel> dial(const http::Connection& connection, const http::Url& server);

}  // namespace kforge::stream
