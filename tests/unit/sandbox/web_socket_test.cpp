// SPDX-License-Identifier: Apache-2.0
#include "sandbox/server/web_socket.hpp"

#include "tests/support/catch.hpp"

#include <vector>

using namespace kforge::sandbox;

namespace {

std::string masked(std::uint8_t first, std::string payload) {
  const std::string mask("\x12\x34\x56\x78", 4);
  std::string frame{static_cast<char>(first)};
  if (payload.size() < 126) {
    frame += static_cast<char>(0x80U | payload.size());
  } else {
    frame += static_cast<char>(0x80U | 126U);
    frame += static_cast<char>(payload.size() >> 8U);
    frame += static_cast<char>(payload.size() & 0xFFU);
  }
  for (std::size_t i = 0; i < payload.size(); ++i) payload[i] = static_cast<char>(payload[i] ^ mask[i % 4]);
  return frame + mask + payload;
}

struct Reader {
  WebSocketReader reader;
  std::vector<std::string> messages;
  bool closed = false;
  Reader() {
    reader.on_message = [this](std::string message) { messages.push_back(std::move(message)); };
    reader.on_close = [this] { closed = true; };
  }
};

}  // namespace

TEST_CASE("the accept key is that of RFC 6455") {
  CHECK(web_socket_accept("dGhlIHNhbXBsZSBub25jZQ==") == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
}

TEST_CASE("messages arrive whole however their bytes are cut") {
  const std::string bytes =
      masked(0x82, "hello") + masked(0x02, "in ") + masked(0x80, "parts") + masked(0x82, std::string(300, 'x'));
  for (const std::size_t step : {std::size_t{1}, std::size_t{3}, bytes.size()}) {
    Reader each;
    for (std::size_t at = 0; at < bytes.size(); at += step)
      REQUIRE(each.reader.feed(std::string_view(bytes).substr(at, step)));
    CHECK(each.messages == std::vector<std::string>{"hello", "in parts", std::string(300, 'x')});
  }
}

TEST_CASE("a client that does not mask, or wants an extension, breaks the protocol") {
  CHECK_FALSE(Reader().reader.feed(std::string("\x82\x05hello", 7)));
  CHECK_FALSE(Reader().reader.feed(masked(0xC2, "x")));
}

TEST_CASE("a message that is too large is refused by its length alone") {
  CHECK_FALSE(Reader().reader.feed(std::string("\x82\xFF\x7F\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x00\x00\x00\x00", 14)));
}

TEST_CASE("nothing follows a close") {
  Reader each;
  CHECK(each.reader.feed(masked(0x88, "") + masked(0x82, "late")));
  CHECK(each.closed);
  CHECK(each.messages.empty());
}

TEST_CASE("frames carry their length in the shortest form") {
  CHECK(web_socket_frame(Opcode::binary, "ab") == std::string("\x82\x02"
                                                              "ab",
                                                              4));
  CHECK(web_socket_frame(Opcode::binary, std::string(126, 'x')).substr(0, 4) == std::string("\x82\x7E\x00\x7E", 4));
  CHECK(web_socket_frame(Opcode::binary, std::string(65536, 'x')).substr(0, 10) ==
        std::string("\x82\x7F\x00\x00\x00\x00\x00\x01\x00\x00", 10));
}
