// SPDX-License-Identifier: Apache-2.0
#include "base/text.hpp"

#include "tests/support/catch.hpp"

using namespace kforge;

TEST_CASE("text from the cluster cannot move the cursor, set a title or reorder a line") {
  CHECK(printable("ok\n\ttab") == "ok\n\ttab");
  CHECK(printable("\x1b]0;title\x07") == "\\x1b]0;title\\x07");
  CHECK(printable("a\rb") == "a\\x0db");
  CHECK(printable("\xc2\x9b"
                  "2J") == "\\u009b2J");  // C1 CSI as UTF-8
  CHECK(printable("\xe2\x80\xae"
                  "gpj.exe") == "\\u202egpj.exe");  // right-to-left override
  CHECK(printable("\x7f") == "\\x7f");
}

TEST_CASE("invalid UTF-8 becomes visible bytes") {
  CHECK(printable("\xff") == "\\xff");
  CHECK(printable("\xc0\xaf") == "\\xc0\\xaf");           // overlong
  CHECK(printable("\xed\xa0\x80") == "\\xed\\xa0\\x80");  // surrogate
  CHECK(printable("\xe2\x82") == "\\xe2\\x82");           // cut short
  CHECK(printable("größe 名 ✔") == "größe 名 ✔");
}

TEST_CASE("display width counts columns, not bytes") {
  CHECK(display_width("abc") == 3);
  CHECK(display_width("größe") == 5);
  CHECK(display_width("名前") == 4);
  CHECK(display_width("e\xcc\x81") == 1);  // combining acute
  CHECK(display_width("🚀") == 2);
}

TEST_CASE("cutting to a width never splits a character and marks the cut") {
  CHECK(cut_to_width("order-service", 20) == "order-service");
  CHECK(cut_to_width("order-service", 6) == "order…");
  CHECK(cut_to_width("名前名前", 4) == "名…");
  CHECK(cut_to_width("x", 0).empty());
}

TEST_CASE("DNS labels and subdomains follow RFC 1123") {
  CHECK(is_dns_label("order-service"));
  CHECK(is_dns_label(std::string(63, 'a')));
  for (const char* bad : {"", "-a", "a-", "A", "a_b", "a.b"}) CHECK_FALSE(is_dns_label(bad));
  CHECK_FALSE(is_dns_label(std::string(64, 'a')));
  CHECK(is_dns_subdomain("api.shop.example.com"));
  CHECK_FALSE(is_dns_subdomain("api..com"));
}

TEST_CASE("counting words and quoting lists reads like prose") {
  CHECK(counted(1, "pod") == "1 pod");
  CHECK(counted(2, "pod") == "2 pods");
  CHECK(counted(0, "entry", "entries") == "0 entries");
  CHECK(quoted_list({"a"}) == "'a'");
  CHECK(quoted_list({"a", "b", "c"}) == "'a', 'b' and 'c'");
}

TEST_CASE("splitting, trimming and replacing keep empty parts") {
  CHECK(split("a::b", ':') == std::vector<std::string>{"a", "", "b"});
  CHECK(split("", ':') == std::vector<std::string>{""});
  CHECK(trim("  x \n") == "x");
  CHECK(replace_all("aaa", "a", "aa") == "aaaaaa");
  CHECK(url_encode("a b/ü~") == "a%20b%2F%C3%BC~");
  CHECK(contains_ignoring_case("Not Found", "not found"));
}
