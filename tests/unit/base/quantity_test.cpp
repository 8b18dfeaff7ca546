// SPDX-License-Identifier: Apache-2.0
#include "base/quantity.hpp"

#include "tests/support/catch.hpp"

using namespace kforge;

TEST_CASE("quantities compare by value across notations") {
  CHECK(Quantity::parse("250m") < Quantity::parse("0.5"));
  CHECK(Quantity::parse("1Gi") == Quantity::parse("1024Mi"));
  CHECK(Quantity::parse("1e3") == Quantity::parse("1k"));
  CHECK(Quantity::parse("1G") < Quantity::parse("1Gi"));
  CHECK(Quantity::parse("-1") < Quantity::parse("0"));
  CHECK(Quantity::parse("512Mi")->value() == 512.0 * 1024 * 1024);
}

TEST_CASE("the canonical form is the one an API server stores") {
  const std::vector<std::pair<std::string, std::string>> rows{
      {"1000m", "1"},  {"0.5", "500m"},    {"1024Mi", "1Gi"}, {"512Mi", "512Mi"}, {"1500Mi", "1500Mi"},
      {"0", "0"},      {"100", "100"},     {"1e3", "1e3"},    {"1000", "1k"},     {"1.5Gi", "1536Mi"},
      {"0.1", "100m"}, {"2000000", "2M"},  {"1Ki", "1Ki"},    {"0.5Ki", "512"},   {"12n", "12n"},
      {"+3", "3"},     {"-250m", "-250m"}, {"1E", "1E"},      {"10Ti", "10Ti"}};
  for (const auto& [text, canonical] : rows) {
    CAPTURE(text);
    REQUIRE(Quantity::parse(text));
    CHECK(Quantity::parse(text)->canonical() == canonical);
  }
}

TEST_CASE("what is no quantity is refused") {
  for (const char* text :
       {"", "m", "1x", "1 Gi", "1mi", "1.2.3", "e3", "1e", "1e99", "--1", "1KiB", "99999999999999999999E"}) {
    CAPTURE(text);
    CHECK_FALSE(Quantity::parse(text));
  }
}

TEST_CASE("bytes are shown for people") {
  CHECK(format_bytes(0) == "0B");
  CHECK(format_bytes(std::uint64_t{212} << 20) == "212Mi");
  CHECK(format_bytes((std::uint64_t{3} << 30) / 2) == "1.5Gi");
}
