// SPDX-License-Identifier: Apache-2.0
#include "ui/text_change.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <span>

namespace kforge::ui {
namespace {

constexpr std::size_t most_lines = 12;
constexpr std::size_t most_compared = 2000;  // lines of one side: above, everything between the ends counts as changed

using Lines = std::vector<std::string>;

Lines lines_of(const Json& value) {
  if (value.is_null()) return {};
  std::string text = value.is_string() ? value.get<std::string>() : to_text(value);
  if (text.ends_with('\n')) text.pop_back();
  return split(text, '\n');
}

// Lengths of the longest common subsequences of the rests from every pair of positions on.
std::vector<std::vector<std::size_t>> common_lengths(std::span<const std::string> a, std::span<const std::string> b) {
  std::vector<std::vector<std::size_t>> table(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
  for (std::size_t i = a.size(); i-- > 0;)
    for (std::size_t j = b.size(); j-- > 0;)
      table[i][j] = a[i] == b[j] ? table[i + 1][j + 1] + 1 : std::max(table[i + 1][j], table[i][j + 1]);
  return table;
}

void removed(std::vector<Line>& lines, const std::string& text) {
  lines.push_back(Line("- ", Colour::red).add(text));
}
void added(std::vector<Line>& lines, const std::string& text) {
  lines.push_back(Line("+ ", Colour::green).add(text));
}

std::vector<Line> changed_lines(std::span<const std::string> a, std::span<const std::string> b) {
  std::vector<Line> lines;
  std::size_t i = 0, j = 0;
  if (a.size() <= most_compared && b.size() <= most_compared) {
    const auto table = common_lengths(a, b);
    while (i < a.size() && j < b.size()) {
      if (a[i] == b[j])
        ++i, ++j;
      else if (table[i + 1][j] >= table[i][j + 1])
        removed(lines, a[i++]);
      else
        added(lines, b[j++]);
    }
  }
  for (; i < a.size(); ++i) removed(lines, a[i]);
  for (; j < b.size(); ++j) added(lines, b[j]);
  return lines;
}

}  // namespace

bool is_multiline(const Json& value) {
  return value.is_string() && contains(trim(value.get_ref<const std::string&>()), "\n");
}

std::vector<Line> text_change_lines(const Json& before, const Json& after, Detail detail) {
  const Lines old_lines = lines_of(before), new_lines = lines_of(after);
  std::span<const std::string> a(old_lines), b(new_lines);
  while (!a.empty() && !b.empty() && a.front() == b.front()) a = a.subspan(1), b = b.subspan(1);
  while (!a.empty() && !b.empty() && a.back() == b.back()) a = a.first(a.size() - 1), b = b.first(b.size() - 1);
  std::vector<Line> lines = changed_lines(a, b);
  if (lines.empty()) lines.emplace_back("(only the line feed at its end)", Colour::dim);
  if (detail == Detail::full || lines.size() <= most_lines + 1) return lines;
  const std::size_t more = lines.size() - most_lines;
  lines.resize(most_lines);
  lines.emplace_back(fmt::format("and {} more (-v shows all)", counted(more, "line")), Colour::dim);
  return lines;
}

}  // namespace kforge::ui
