// SPDX-License-Identifier: Apache-2.0
#include "ui/log_text.hpp"

#include "base/text.hpp"
#include "ui/error_text.hpp"
#include "ui/line.hpp"

#include <cstdint>
#include <cstring>

namespace kforge::ui {
namespace {

constexpr std::uint64_t every_byte = 0x0101010101010101U, high_bits = 0x8080808080808080U;

// Bytes of the word that are `byte`, marked in their high bits; the lowest mark is right.
std::uint64_t marks_of(std::uint64_t word, unsigned char byte) {
  const std::uint64_t zeros = word ^ every_byte * byte;
  return (zeros - every_byte) & ~zeros & high_bits;
}

// Eight bytes at once: anything below a space or from DEL up.
bool is_plain(std::uint64_t word) {
  const std::uint64_t below_space = (word - every_byte * 0x20U) & ~word;
  return ((below_space | word | marks_of(word, 0x7F)) & high_bits) == 0;
}

bool is_plain(char c) {
  return static_cast<unsigned char>(c) >= 0x20 && static_cast<unsigned char>(c) < 0x7F;
}

// How many bytes at the start pass, eight at a time as long as it goes.
template <class Word, class Byte>
std::size_t plain_length(std::string_view text, Word plain_word, Byte plain_byte) {
  std::size_t at = 0;
  for (std::uint64_t word = 0; at + sizeof word <= text.size(); at += sizeof word) {
    std::memcpy(&word, text.data() + at, sizeof word);
    if (!plain_word(word)) break;
  }
  while (at < text.size() && plain_byte(text[at])) ++at;
  return at;
}

std::size_t plain_length(std::string_view text) {
  return plain_length(
      text, [](std::uint64_t word) { return is_plain(word); }, [](char c) { return is_plain(c); });
}

// The length of "\x1b[1;31m" at the start of a text; 0 when it is something else, or hides text (8: conceal).
std::size_t colour_length(std::string_view text) {
  if (!text.starts_with("\x1b[")) return 0;
  const std::size_t end = text.find_first_not_of("0123456789;", 2);
  if (end == std::string_view::npos || text[end] != 'm' || end > 24) return 0;
  const std::string parameters = ";" + std::string(text.substr(2, end - 2)) + ";";
  const bool palette = contains(parameters, ";38;5;") || contains(parameters, ";48;5;");
  return contains(parameters, ";8;") && !palette ? 0 : end + 1;
}

}  // namespace

void append_harmless(std::string& out, std::string_view text, const Style& style) {
  bool coloured = false;
  while (!text.empty()) {
    std::size_t length = plain_length(text);
    out.append(text.substr(0, length));
    text.remove_prefix(length);
    if (text.empty()) break;
    if (const std::size_t colour = colour_length(text); colour > 0) {
      if (style.colour) out.append(text.substr(0, colour));
      coloured = style.colour;
      text.remove_prefix(colour);
      continue;
    }
    // Up to what may be a colour: the rest needs a look at every character.
    const std::size_t end = text.find('\x1b', 1);
    const std::string_view part = text.substr(0, end);
    out += shown(part, style);
    text.remove_prefix(part.size());
  }
  if (coloured) out += "\x1b[0m";
}

void append_json(std::string& out, std::string_view text) {
  const std::size_t length = plain_length(
      text, [](std::uint64_t word) { return is_plain(word) && (marks_of(word, '"') | marks_of(word, '\\')) == 0; },
      [](char c) { return is_plain(c) && c != '"' && c != '\\'; });
  if (length == text.size())
    out.append("\"").append(text).append("\"");
  else
    out.append(trim(line_text(Json(text))));
}

}  // namespace kforge::ui
