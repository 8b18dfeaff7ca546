// SPDX-License-Identifier: Apache-2.0
#include "yaml/scalar_style.hpp"

#include "yaml/core_schema.hpp"
#include "yaml/utf8.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>

namespace kforge::yaml {
namespace {

enum : unsigned char {
  needs_quotes_first = 1,  // may not begin a plain scalar
  has_structure = 2,       // ':' and '#' depend on what stands beside them
  prefers_single = 4,      // would need an escape in double quotes
  needs_escape = 8,        // only double quotes can spell it
  line_feed = 16,
  not_ascii = 32,
};

constexpr std::array<unsigned char, 256> character_classes = [] {
  std::array<unsigned char, 256> classes{};
  for (std::size_t c = 0; c < 0x20; ++c) classes[c] = needs_escape;
  for (std::size_t c = 0x80; c < 0x100; ++c) classes[c] = not_ascii;
  classes[0x7f] = needs_escape;
  classes['\n'] = line_feed;
  for (const char c : std::string_view("-?:,[]{}#&*!|>'\"%@` "))
    classes[static_cast<unsigned char>(c)] |= needs_quotes_first;
  for (const char c : std::string_view(":#")) classes[static_cast<unsigned char>(c)] |= has_structure;
  for (const char c : std::string_view("\"\\")) classes[static_cast<unsigned char>(c)] |= prefers_single;
  return classes;
}();

unsigned char class_of(char c) {
  return character_classes[static_cast<unsigned char>(c)];
}

// Characters that some reader takes for a line break, drops or refuses (YAML 1.2.2 §5.1, §5.4).
bool needs_escape_in(const Utf8Character& c) {
  return !c.valid || c.code < 0xa0 || c.code == 0x2028 || c.code == 0x2029 || c.code == 0xfeff || c.code == 0xfffe ||
         c.code == 0xffff;
}

unsigned char classes_of(std::string_view text) {
  unsigned char all = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const unsigned char own = class_of(text[at]);
    all |= own;
    if (own != not_ascii) continue;
    const Utf8Character next = utf8_character(text.substr(at));
    if (needs_escape_in(next)) all |= needs_escape;
    at += next.size - 1;
  }
  return all;
}

// "a: b", "a:", "a #b" would end the scalar.
bool structure_matters(std::string_view text) {
  if (text.back() == ':') return true;
  return text.find(": ") != std::string_view::npos || text.find(" #") != std::string_view::npos;
}

bool may_begin_plain(std::string_view text) {
  if ((class_of(text.front()) & needs_quotes_first) == 0) return true;
  // "-v" and "--verbose" are customary in lists of arguments.
  return text.front() == '-' && text.size() > 1 && text[1] != ' ' && !text.starts_with("---");
}

bool is_plain(std::string_view text, unsigned char classes) {
  if (text.empty() || (classes & (needs_escape | line_feed)) != 0 || text.back() == ' ') return false;
  if (!may_begin_plain(text) || text.starts_with("...")) return false;
  if ((classes & has_structure) != 0 && structure_matters(text)) return false;
  return !looks_like_another_type(text);
}

// Lines that begin with a blank at the top, and texts without any content, are read differently by different parsers.
bool is_literal(std::string_view text, unsigned char classes) {
  if ((classes & line_feed) == 0 || (classes & needs_escape) != 0) return false;
  return text.front() != '\n' && text.front() != ' ';
}

void append_escaped(std::string& out, std::string_view rest, std::size_t& at) {
  switch (rest[at]) {
    case '"':
      out += "\\\"";
      break;
    case '\\':
      out += "\\\\";
      break;
    case '\n':
      out += "\\n";
      break;
    case '\r':
      out += "\\r";
      break;
    case '\t':
      out += "\\t";
      break;
    default: {
      const Utf8Character next = utf8_character(rest.substr(at));
      const auto code = static_cast<unsigned>(next.code);
      if (!next.valid)
        out += "\xef\xbf\xbd";
      else if (!needs_escape_in(next))
        out += rest.substr(at, next.size);
      else
        fmt::format_to(std::back_inserter(out), "\\u{:04X}", code);
      at += next.size - 1;
    }
  }
}

void append_double_quoted(std::string& out, std::string_view text) {
  out += '"';
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (class_of(text[at]) <= (needs_quotes_first | has_structure))
      out += text[at];
    else
      append_escaped(out, text, at);
  }
  out += '"';
}

void append_single_quoted(std::string& out, std::string_view text) {
  out += '\'';
  for (const char c : text) out.append(c == '\'' ? 2 : 1, c);
  out += '\'';
}

}  // namespace

ScalarStyle style_of(std::string_view text, ScalarUse use) {
  const unsigned char classes = classes_of(text);
  if (is_plain(text, classes)) return ScalarStyle::plain;
  if (use == ScalarUse::value && is_literal(text, classes)) return ScalarStyle::literal;
  if ((classes & (needs_escape | line_feed)) != 0 || (classes & prefers_single) == 0) return ScalarStyle::double_quoted;
  return ScalarStyle::single_quoted;
}

void append_on_one_line(std::string& out, std::string_view text, ScalarStyle style) {
  if (style == ScalarStyle::plain)
    out += text;
  else if (style == ScalarStyle::single_quoted)
    append_single_quoted(out, text);
  else
    append_double_quoted(out, text);
}

void append_literal(std::string& out, std::string_view text, std::size_t indent) {
  const bool ends_in_line_feed = text.back() == '\n';
  const bool keeps_more = text.ends_with("\n\n");
  out += !ends_in_line_feed ? "|-\n" : keeps_more ? "|+\n" : "|\n";
  if (ends_in_line_feed) text.remove_suffix(1);
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    if (end > begin) out.append(indent, ' ');
    out.append(text, begin, end - begin).push_back('\n');
    begin = end + 1;
  }
}

}  // namespace kforge::yaml
