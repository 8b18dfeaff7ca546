// SPDX-License-Identifier: Apache-2.0
// parse(emit(x)) == x over random values. The seed is fixed, so a failure repeats.
#include "tests/support/catch.hpp"
#include "yaml/node.hpp"

#include <fmt/format.h>

#include <random>

namespace kforge::yaml {
namespace {

class RandomValues {
 public:
  explicit RandomValues(unsigned seed) : engine_(seed) {}

  Json value(int depth) {
    switch (below(depth > 0 ? 9 : 6)) {
      case 0:
        return nullptr;
      case 1:
        return below(2) == 0;
      case 2:
        return integer();
      case 3:
        return std::uniform_real_distribution<double>(-1e6, 1e6)(engine_) * std::pow(10, below(30) - 15);
      case 4:
      case 5:
        return text();
      case 6:
        return list(depth);
      default:
        return mapping(depth);
    }
  }

 private:
  int below(int bound) { return std::uniform_int_distribution<int>(0, bound - 1)(engine_); }

  Json integer() {
    const auto bits = static_cast<std::int64_t>(engine_());
    return below(4) == 0 ? Json(bits) : Json(bits % 1000);
  }

  std::string text() {
    static const std::vector<std::string> pieces{"a",
                                                 "b",
                                                 "Z",
                                                 "0",
                                                 "1",
                                                 "9",
                                                 " ",
                                                 "  ",
                                                 "\n",
                                                 "\n\n",
                                                 "\t",
                                                 "\r",
                                                 ":",
                                                 ": ",
                                                 "#",
                                                 " #",
                                                 "-",
                                                 "- ",
                                                 "?",
                                                 "!",
                                                 "&",
                                                 "*",
                                                 "|",
                                                 ">",
                                                 "'",
                                                 "\"",
                                                 "%",
                                                 "@",
                                                 "`",
                                                 "{",
                                                 "}",
                                                 "[",
                                                 "]",
                                                 ",",
                                                 "\\",
                                                 ".",
                                                 "..",
                                                 "---",
                                                 "...",
                                                 "e",
                                                 "x",
                                                 "o",
                                                 "_",
                                                 "+",
                                                 "=",
                                                 "<<",
                                                 "~",
                                                 "on",
                                                 "y",
                                                 "no",
                                                 "null",
                                                 "true",
                                                 "é",
                                                 "漢",
                                                 "\xf0\x9f\x98\x80",
                                                 "\xc2\x85",
                                                 "\xe2\x80\xa8",
                                                 "\xef\xbb\xbf",
                                                 "\x01",
                                                 "\x7f",
                                                 "inf",
                                                 "nan"};
    std::string made;
    for (int i = below(8); i > 0; --i) made += pieces[static_cast<std::size_t>(below(static_cast<int>(pieces.size())))];
    if (below(50) == 0) made += std::string(static_cast<std::size_t>(below(2000)), 'k');
    return made;
  }

  Json list(int depth) {
    Json made = Json::array();
    for (int i = below(5); i > 0; --i) made.push_back(value(depth - 1));
    return made;
  }

  Json mapping(int depth) {
    static const std::vector<std::string> usual{"name", "kind", "metadata", "apiVersion"};
    Json made = Json::object();
    for (int i = below(6); i > 0; --i)
      made[below(3) == 0 ? usual[static_cast<std::size_t>(below(4))] : text()] = value(depth - 1);
    return made;
  }

  std::mt19937_64 engine_;
};

TEST_CASE("random values survive emit and parse") {
  for (unsigned seed = 0; seed < 3000; ++seed) {
    const Json value = RandomValues(seed).value(4);
    const std::string text = emit(value);
    INFO("seed " << seed << "\n" << text);
    REQUIRE(to_json(parse("f.yaml", text)) == value);
    REQUIRE(emit(to_json(parse("f.yaml", text))) == text);
  }
}

TEST_CASE("random documents survive emit_all and parse_all") {
  for (unsigned seed = 0; seed < 200; ++seed) {
    RandomValues values(seed);
    std::vector<Json> documents;
    for (int i = 0; i < 3; ++i)
      if (Json next = values.value(3); !next.is_null()) documents.push_back(std::move(next));
    const std::string text = emit_all(documents);
    INFO("seed " << seed << "\n" << text);
    std::vector<Json> back;
    for (const Node& node : parse_all("f.yaml", text)) back.push_back(to_json(node));
    REQUIRE(back == documents);
  }
}

}  // namespace
}  // namespace kforge::yaml
