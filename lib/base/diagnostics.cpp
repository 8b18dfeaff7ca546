// SPDX-License-Identifier: Apache-2.0
#include "base/diagnostics.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

namespace kforge {
namespace {

// Tabs become one space so that the caret stands under what it means.
std::string one_column_per_character(std::string_view line) {
  return printable(replace_all(std::string(line), "\t", " "));
}

auto order_of(const Diagnostic& item) {
  return std::tie(item.place.file, item.place.line, item.place.column, item.severity, item.message);
}

}  // namespace

void Diagnostics::error(SourcePlace place, std::string message, std::string hint) {
  items_.push_back({Severity::error, std::move(place), std::move(message), std::move(hint)});
}

void Diagnostics::warning(SourcePlace place, std::string message, std::string hint) {
  items_.push_back({Severity::warning, std::move(place), std::move(message), std::move(hint)});
}

std::size_t Diagnostics::errors() const {
  return static_cast<std::size_t>(std::ranges::count(items_, Severity::error, &Diagnostic::severity));
}

void Diagnostics::sort() {
  std::ranges::stable_sort(items_, [](const Diagnostic& a, const Diagnostic& b) {
    if (a.severity != b.severity && a.place.line == b.place.line && a.place.file == b.place.file)
      return a.severity > b.severity;
    return order_of(a) < order_of(b);
  });
  const auto repeats =
      std::ranges::unique(items_, [](const Diagnostic& a, const Diagnostic& b) { return order_of(a) == order_of(b); });
  items_.erase(repeats.begin(), repeats.end());
}

InvalidInput::InvalidInput(Diagnostics problems, ErrorKind error_kind)
    : Error(error_kind, counted(problems.errors(), "error")), diagnostics(std::move(problems)) {
  diagnostics.sort();
  for (const Diagnostic& item : diagnostics.all())
    if (item.severity == Severity::error) {
      place = item.place;
      break;
    }
}

std::string to_text(const Diagnostic& diagnostic) {
  const char* word = diagnostic.severity == Severity::error ? "error" : "warning";
  const std::string where = diagnostic.place.to_string();
  std::string text = fmt::format("{}{}{}: {}\n", where, where.empty() ? "" : ": ", word, diagnostic.message);
  const SourcePlace& place = diagnostic.place;
  if (!place.known() || place.source_line.empty()) {
    if (!diagnostic.hint.empty()) text += fmt::format("  {}\n", diagnostic.hint);
    return text;
  }
  const std::string number = fmt::format("{:>3}", place.line);
  const std::string before = one_column_per_character(
      std::string_view(place.source_line)
          .substr(0, std::min(place.source_line.size(), static_cast<std::size_t>(std::max(0, place.column - 1)))));
  text += fmt::format("{} | {}\n", number, one_column_per_character(place.source_line));
  text += fmt::format("{} | {}{}{}{}\n", std::string(number.size(), ' '),
                      std::string(static_cast<std::size_t>(display_width(before)), ' '),
                      std::string(static_cast<std::size_t>(std::max(1, place.length)), '^'),
                      diagnostic.hint.empty() ? "" : " ", diagnostic.hint);
  return text;
}

}  // namespace kforge
