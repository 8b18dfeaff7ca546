// SPDX-License-Identifier: Apache-2.0
#include "stream/proxy_handshake.hpp"

#include <boost/asio/read.hpp>

#include <algorithm>
#include <charconv>

namespace kforge::stream {
namespace {

constexpr char version5 = 5, no_authentication = 0, by_password = 2, connect_command = 1, domain_name = 3;

char byte_of(std::size_t number) {
  return static_cast<char>(static_cast<unsigned char>(number));
}

DialError proxy_error(const std::string& message) {
  return {http::Failure::proxy, message};
}

Task<void> send(asio::ip::tcp::socket& socket, const std::string& bytes) {
  error_code ec;
  co_await asio::async_write(socket, asio::buffer(bytes), into(ec));
  if (ec) throw proxy_error("the proxy ended the connection");
}

Task<std::string> receive(asio::ip::tcp::socket& socket, std::size_t count) {
  std::string bytes(count, '\0');
  error_code ec;
  co_await asio::async_read(socket, asio::buffer(bytes), into(ec));
  if (ec) throw proxy_error("the proxy ended the connection");
  co_return bytes;
}

Task<void> authenticate(asio::ip::tcp::socket& socket, const std::string& userinfo) {
  const std::size_t colon = std::min(userinfo.find(':'), userinfo.size());
  const std::string user = userinfo.substr(0, colon);
  const std::string password = colon < userinfo.size() ? userinfo.substr(colon + 1) : "";
  if (user.size() > 255 || password.size() > 255) throw proxy_error("the proxy's user or password is too long");
  const std::string request = std::string(1, '\1') + byte_of(user.size()) + user + byte_of(password.size()) + password;
  co_await send(socket, request);
  const std::string answer = co_await receive(socket, 2);
  if (answer[1] != 0) throw proxy_error("the proxy does not accept user and password");
}

// The address that the proxy used; nobody needs it.
Task<void> skip_address(asio::ip::tcp::socket& socket, char type) {
  std::size_t length = type == 1 ? 4 : 16;
  if (type == domain_name) length = static_cast<unsigned char>((co_await receive(socket, 1))[0]);
  co_await receive(socket, length + 2);
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const char lower = static_cast<char>(c | 0x20);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

}  // namespace

std::string decoded_userinfo(std::string_view userinfo) {
  std::string text;
  for (std::size_t i = 0; i < userinfo.size(); ++i) {
    const bool escape = userinfo[i] == '%' && i + 2 < userinfo.size() && hex_digit(userinfo[i + 1]) >= 0 &&
                        hex_digit(userinfo[i + 2]) >= 0;
    if (!escape) {
      text += userinfo[i];
      continue;
    }
    text += static_cast<char>(hex_digit(userinfo[i + 1]) * 16 + hex_digit(userinfo[i + 2]));
    i += 2;
  }
  return text;
}

void check_connect_answer(std::string_view head) {
  const std::string_view line = head.substr(0, head.find("\r\n"));
  const std::size_t space = line.find(' ');
  int code = 0;
  if (line.starts_with("HTTP/1.") && space != line.npos)
    std::from_chars(line.data() + space + 1, line.data() + line.size(), code);
  if (code / 100 != 2) throw proxy_error(fmt::format("the proxy answers '{}'", printable(line)));
}

Task<void> connect_through_socks5(asio::ip::tcp::socket& socket, const http::Url& proxy, const http::Url& server) {
  const bool knows_user = !proxy.userinfo.empty();
  const char login = knows_user ? by_password : no_authentication;
  const std::string greeting{version5, 1, login};
  co_await send(socket, greeting);
  const std::string method = co_await receive(socket, 2);
  if (method[0] != version5 || method[1] != login) throw proxy_error("the proxy does not accept this way to log in");
  if (knows_user) co_await authenticate(socket, decoded_userinfo(proxy.userinfo));
  if (server.host.size() > 255) throw proxy_error("the server's name is too long for a SOCKS proxy");
  const auto port = static_cast<unsigned>(server.port);
  std::string request{version5, connect_command, 0, domain_name};
  request += byte_of(server.host.size()) + server.host + byte_of(port >> 8U) + byte_of(port & 0xFFU);
  co_await send(socket, request);
  const std::string answer = co_await receive(socket, 4);
  if (answer[1] != 0)
    throw proxy_error(fmt::format("the proxy cannot reach {} (code {})", server.authority(), int{answer[1]}));
  co_await skip_address(socket, answer[3]);
}

}  // namespace kforge::stream
