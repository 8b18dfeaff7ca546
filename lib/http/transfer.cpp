// SPDX-License-Identifier: Apache-2.0
#include "http/transfer.hpp"

#include "base/text.hpp"

#include <charconv>

namespace kforge::http {
namespace {

// "HTTP/1.1 200 OK" or "HTTP/2 200": the answer begins, anything before it was an interim one.
void begin_response(std::string_view line, Response& response) {
  response.headers.clear();
  const std::size_t space = line.find(' ');
  response.http_version = line.starts_with("HTTP/2") ? 20 : 11;
  response.status = 0;
  if (space != std::string_view::npos)
    std::from_chars(line.data() + space + 1, line.data() + line.size(), response.status);
}

void add_header(std::string_view line, Response& response) {
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos) return;
  response.headers.emplace_back(to_lower(trim(line.substr(0, colon))), trim(line.substr(colon + 1)));
}

}  // namespace

void Transfer::touch() {
  if (is_touched) return;
  touched->push_back(id);
  is_touched = true;
}

std::size_t on_body(char* data, std::size_t, std::size_t count, void* user) noexcept {
  try {
    auto& transfer = *static_cast<Transfer*>(user);
    if (transfer.hands_over_body()) {
      transfer.held = transfer.received.size() >= max_received_bytes;
      if (transfer.held) return CURL_WRITEFUNC_PAUSE;  // it comes again
      transfer.received.append(data, count);
      transfer.touch();
      return count;
    }
    transfer.too_large = transfer.response.body.size() + count > max_body_bytes;
    if (transfer.too_large) return 0;
    transfer.response.body.append(data, count);
    return count;
  } catch (...) {
    return 0;
  }
}

std::size_t on_header(char* data, std::size_t, std::size_t count, void* user) noexcept {
  try {
    Response& response = static_cast<Transfer*>(user)->response;
    const std::string_view line(data, count);
    if (line.starts_with("HTTP/"))
      begin_response(line, response);
    else
      add_header(line, response);
    return count;
  } catch (...) {
    return 0;
  }
}

}  // namespace kforge::http
