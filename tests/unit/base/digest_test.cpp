// SPDX-License-Identifier: Apache-2.0
#include "base/digest.hpp"

#include "base/error.hpp"
#include "base/secret.hpp"
#include "base/text.hpp"
#include "tests/support/catch.hpp"

#include <algorithm>
#include <cctype>

using namespace kforge;

TEST_CASE("sha256 gives the digests of FIPS 180-4") {
  CHECK(sha256_hex("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(sha256_hex("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST_CASE("base64 follows RFC 4648 section 10 in both directions") {
  const std::vector<std::pair<std::string, std::string>> vectors{{"", ""},
                                                                 {"f", "Zg=="},
                                                                 {"fo", "Zm8="},
                                                                 {"foo", "Zm9v"},
                                                                 {"foob", "Zm9vYg=="},
                                                                 {"fooba", "Zm9vYmE="},
                                                                 {"foobar", "Zm9vYmFy"}};
  for (const auto& [bytes, text] : vectors) {
    CHECK(base64_encode(bytes) == text);
    CHECK(base64_decode(text) == bytes);
  }
  CHECK(base64_decode("Zm9v\nYmFy\n") == "foobar");
}

TEST_CASE("what is not base64 is refused") {
  for (const char* text : {"Zg", "Zg=", "Z===", "Zm9v!", "Zg==Zg=="}) CHECK_THROWS_AS(base64_decode(text), Error);
}

TEST_CASE("base64url has neither padding nor characters that a name may not hold") {
  CHECK(base64url("\xfb\xff\xfe") == "-__-");
  CHECK(base64url("f") == "Zg");
}

TEST_CASE("HMAC-SHA-256 gives the vectors of RFC 4231") {
  CHECK(hmac_sha256_hex("Jefe", "what do ya want for nothing?") ==
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  CHECK(hmac_sha256_hex(std::string(131, '\xaa'), "Test Using Larger Than Block-Size Key - Hash Key First") ==
        "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

TEST_CASE("random passwords are alphanumeric, of the wanted length, and differ") {
  const std::string password = random_alphanumeric(32);
  CHECK(password.size() == 32);
  CHECK(std::ranges::all_of(password, [](unsigned char c) { return std::isalnum(c) != 0; }));
  CHECK(password != random_alphanumeric(32));
}

TEST_CASE("a secret formats as [redacted]") {
  CHECK(fmt::format("{} {:>12}", Secret("hunter2"), Secret("hunter2")) == "[redacted]   [redacted]");
  CHECK(Secret("hunter2").reveal() == "hunter2");
}
