// SPDX-License-Identifier: Apache-2.0
#include "base/duration.hpp"

#include "tests/support/catch.hpp"

using namespace kforge;
using namespace std::chrono_literals;

TEST_CASE("durations are read as people write them") {
  const std::vector<std::pair<std::string, Milliseconds>> rows{
      {"90s", 90s}, {"10m", 10min}, {"1h30m", 90min}, {"1500ms", 1500ms}, {"45", 45s}, {"0", 0s}, {"2d", 48h}};
  for (const auto& [text, length] : rows) {
    CAPTURE(text);
    CHECK(parse_duration(text) == length);
  }
}

TEST_CASE("what is no duration is refused") {
  for (const char* text :
       {"", "s", "-5s", "5 s", "5x", "1.5h", "5m3", "99999999999999999999", "9223372036854775807h"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_duration(text));
  }
}

TEST_CASE("durations are shown in at most two units") {
  const std::vector<std::pair<Milliseconds, std::string>> rows{
      {0ms, "0.0s"},  {449ms, "0.4s"},     {9999ms, "9.9s"}, {10s, "10s"},  {59999ms, "59s"}, {60s, "1m"},
      {125s, "2m5s"}, {3h + 2min, "3h2m"}, {24h, "1d"},      {49h, "2d1h"}, {300h, "12d"},    {-5ms, "0s"}};
  for (const auto& [length, text] : rows) CHECK(format_duration(length) == text);
}

TEST_CASE("RFC 3339 times are read with fractions and offsets and written in UTC") {
  const auto time = parse_rfc3339("2026-01-02T03:04:05Z");
  REQUIRE(time);
  CHECK(format_rfc3339(*time) == "2026-01-02T03:04:05Z");
  CHECK(parse_rfc3339("2026-01-02T05:04:05+02:00") == time);
  const auto precise = parse_rfc3339("2026-01-02T03:04:05.123456789Z");
  REQUIRE(precise);
  CHECK(format_rfc3339_micro(*precise) == "2026-01-02T03:04:05.123456Z");
}

TEST_CASE("what is no RFC 3339 time is refused") {
  for (const char* text : {"", "2026-01-02", "2026-13-02T03:04:05Z", "2026-02-30T03:04:05Z", "2026-01-02T25:04:05Z",
                           "2026-01-02T03:04:05", "2026-01-02T03:04:05.Z", "2026-01-02T03:04:05Zx"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_rfc3339(text));
  }
}

TEST_CASE("the HTTP Date header is read as in RFC 9110") {
  CHECK(parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT") == parse_rfc3339("1994-11-06T08:49:37Z"));
  for (const char* text :
       {"", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:37 CET", "Sun, 06 anF 1994 08:49:37 GMT"})
    CHECK_FALSE(parse_http_date(text));
}
