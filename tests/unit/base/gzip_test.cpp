// SPDX-License-Identifier: Apache-2.0
#include "base/gzip.hpp"

#include "base/digest.hpp"
#include "tests/support/catch.hpp"

using namespace kforge;

TEST_CASE("what gzip packs, gunzip gives back") {
  for (const std::string& text :
       {std::string(), std::string("short"), std::string(300'000, 'x'), random_alphanumeric(200'000)}) {
    const std::string packed = gzip(text);
    CHECK(packed.substr(0, 2) == "\x1f\x8b");
    CHECK(gunzip(packed, text.size()) == text);
    CHECK(gzip(text) == packed);
  }
}

TEST_CASE("gunzip takes nothing that is damaged, cut, or larger than allowed") {
  const std::string packed = gzip(std::string(1000, 'x') + random_alphanumeric(1000));
  CHECK_FALSE(gunzip(packed, 1999));
  CHECK_FALSE(gunzip(packed.substr(0, packed.size() - 1), 4000));
  std::string damaged = packed;
  damaged[packed.size() / 2] = static_cast<char>(damaged[packed.size() / 2] ^ 1);
  CHECK_FALSE(gunzip(damaged, 4000));
  CHECK_FALSE(gunzip("no gzip at all", 4000));
  CHECK_FALSE(gunzip("", 4000));
}
