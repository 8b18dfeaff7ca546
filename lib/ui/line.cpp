// SPDX-License-Identifier: Apache-2.0
#include "ui/line.hpp"

#include "base/text.hpp"

#include <array>
#include <utility>

namespace kforge::ui {
namespace {

constexpr std::array<std::pair<std::string_view, std::string_view>, 11> ascii_spellings{{{"…", "..."},
                                                                                         {"→", "->"},
                                                                                         {"–", "-"},
                                                                                         {"—", "-"},
                                                                                         {"·", "-"},
                                                                                         {"✔", "ok"},
                                                                                         {"✖", "x"},
                                                                                         {"●", "*"},
                                                                                         {"≤", "<="},
                                                                                         {"×", "x"},
                                                                                         {"─", "-"}}};

std::string to_ascii(std::string_view text) {
  std::string ascii(text);
  for (const auto& [glyph, spelling] : ascii_spellings) ascii = replace_all(std::move(ascii), glyph, spelling);
  std::string plain;
  for (const char c : ascii) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x80)
      plain += c;
    else if (byte >= 0xC0)  // the first byte stands for the whole character
      plain += '?';
  }
  return plain;
}

std::string one_line(std::string_view text) {
  std::string safe = printable(text);
  for (char& c : safe)
    if (c == '\n' || c == '\t') c = ' ';
  return safe;
}

}  // namespace

Line& Line::add(std::string_view text, Colour colour) {
  if (text.empty()) return *this;
  if (!spans_.empty() && spans_.back().colour == colour)
    spans_.back().text += one_line(text);
  else
    spans_.push_back({one_line(text), colour});
  return *this;
}

Line& Line::append(const Line& other) {
  for (const Span& span : other.spans_) add(span.text, span.colour);
  return *this;
}

Line& Line::pad_to(int column) {
  const int missing = column - width();
  return missing > 0 ? add(std::string(static_cast<std::size_t>(missing), ' ')) : *this;
}

Line& Line::align_right(const Line& right, int columns) {
  if (width() + 2 + right.width() > columns) return *this;
  return pad_to(columns - right.width()).add(right);
}

int Line::width() const {
  int columns = 0;
  for (const Span& span : spans_) columns += display_width(span.text);
  return columns;
}

Line Line::cut(int columns, const Style& style) const {
  if (width() <= columns) return *this;
  // cut_to_width ends in one column of "…", which takes three in ASCII.
  int left = style.utf8 ? columns : columns - 2;
  Line shorter;
  for (const Span& span : spans_) {
    const int taken = display_width(span.text);
    if (taken < left) {
      shorter.add(span.text, span.colour);
      left -= taken;
      continue;
    }
    const std::string end = taken == left ? span.text + " " : span.text;  // more follows: the cut must show
    return shorter.add(cut_to_width(end, left), span.colour);
  }
  return shorter;
}

std::string Line::paint(const Style& style) const {
  std::string text;
  for (const Span& span : spans_) text += style.paint(span.colour, style.utf8 ? span.text : to_ascii(span.text));
  return text;
}

std::string paint_all(const std::vector<Line>& lines, const Style& style) {
  std::string text;
  for (const Line& line : lines) text += line.paint(style) + "\n";
  return text;
}

std::string shown(std::string_view untrusted, const Style& style) {
  const std::string safe = printable(untrusted);
  return style.utf8 ? safe : to_ascii(safe);
}

std::vector<std::string> wrapped(std::string_view text, int columns) {
  std::vector<std::string> lines;
  std::string line;
  for (const std::string& word : split(text, ' ')) {
    if (word.empty()) continue;
    if (!line.empty() && display_width(line) + 1 + display_width(word) > columns) {
      lines.push_back(std::move(line));
      line.clear();
    }
    line += line.empty() ? word : " " + word;
  }
  if (!line.empty() || lines.empty()) lines.push_back(std::move(line));
  return lines;
}

std::vector<Line> beside(const Line& head, std::string_view text, const Style& style) {
  constexpr int narrowest = 10;
  const int start = head.width();
  if (!style.terminal) return {Line(head).add(text)};
  std::vector<Line> lines;
  for (const std::string& part : wrapped(text, std::max(narrowest, style.width - start))) {
    Line line = lines.empty() ? head : Line().pad_to(start);
    lines.push_back(line.add(part).cut(style.width, style));
  }
  return lines;
}

}  // namespace kforge::ui
