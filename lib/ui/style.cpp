// SPDX-License-Identifier: Apache-2.0
#include "ui/style.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace kforge::ui {
namespace {

std::string_view code_of(Colour colour) {
  switch (colour) {
    case Colour::none:
      return {};
    case Colour::red:
      return "31";
    case Colour::green:
      return "32";
    case Colour::yellow:
      return "33";
    case Colour::cyan:
      return "36";
    case Colour::dim:
      return "2";
    case Colour::bold:
      return "1";
  }
  return {};
}

bool wanted_by(const Environment& environment, std::string_view variable) {
  return environment.has(variable) && environment.get(variable) != "0";
}

// A terminal that understands escape sequences.
bool is_capable(const Terminal& terminal, Stream stream, const Environment& environment) {
  return terminal.is_terminal(stream) && environment.has("TERM") && environment.get("TERM") != "dumb";
}

bool wants_colour(bool capable, const Environment& environment, ColourMode mode) {
  if (mode != ColourMode::automatic) return mode == ColourMode::always;
  if (environment.has("NO_COLOR")) return false;
  if (wanted_by(environment, "FORCE_COLOR") || wanted_by(environment, "CLICOLOR_FORCE")) return true;
  return capable;
}

// POSIX: LC_ALL beats LC_CTYPE beats LANG; an empty value counts as unset.
bool is_utf8(const Environment& environment) {
  for (const std::string_view variable : {"LC_ALL", "LC_CTYPE", "LANG"})
    if (environment.has(variable)) {
      const std::string locale = to_lower(environment.get_or(variable, ""));
      return contains(locale, "utf-8") || contains(locale, "utf8");
    }
  return false;
}

int columns_variable(const Environment& environment) {
  const std::string text = environment.get_or("COLUMNS", "");
  int columns = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), columns);
  return failure == std::errc{} && end == text.data() + text.size() ? columns : 0;
}

int width_of(const Terminal& terminal, Stream stream, const Environment& environment) {
  const int window = terminal.is_terminal(stream) ? terminal.width(stream) : 0;
  const int wanted = window > 0 ? window : columns_variable(environment);
  if (wanted > 0) return std::clamp(wanted, 20, 1000);
  return is_ci(environment) ? 140 : 80;
}

}  // namespace

std::optional<ColourMode> parse_colour_mode(std::string_view word) {
  if (word == "auto") return ColourMode::automatic;
  if (word == "always") return ColourMode::always;
  if (word == "never") return ColourMode::never;
  return std::nullopt;
}

std::string Style::paint(Colour paint_colour, std::string_view text) const {
  if (!colour || paint_colour == Colour::none || text.empty()) return std::string(text);
  std::string painted = "\x1b[";
  painted.append(code_of(paint_colour)).append("m").append(text).append("\x1b[0m");
  return painted;
}

std::string_view Style::tick() const {
  return utf8 ? "✔" : "ok";
}
std::string_view Style::cross() const {
  return utf8 ? "✖" : "x";
}
std::string_view Style::dot() const {
  return utf8 ? "●" : "*";
}
std::string_view Style::arrow() const {
  return utf8 ? "→" : "->";
}
std::string_view Style::dash() const {
  return utf8 ? "–" : "-";
}
std::string_view Style::ellipsis() const {
  return utf8 ? "…" : "...";
}
std::string_view Style::separator() const {
  return utf8 ? " · " : ", ";
}

std::string Style::rule(int columns) const {
  std::string line;
  for (int i = 0; i < columns; ++i) line += utf8 ? "─" : "-";
  return line;
}

Style style_for(const Terminal& terminal, Stream stream, const Environment& environment, ColourMode mode) {
  const bool capable = is_capable(terminal, stream, environment);
  return {.colour = wants_colour(capable, environment, mode),
          .utf8 = is_utf8(environment),
          .live = capable && !is_ci(environment),
          .terminal = terminal.is_terminal(stream) || columns_variable(environment) > 0,
          .width = width_of(terminal, stream, environment)};
}

bool is_ci(const Environment& environment) {
  if (environment.get_or("CI", "false") == "false" && environment.has("CI")) return false;
  static constexpr std::array<std::string_view, 6> variables{"CI",          "GITHUB_ACTIONS", "GITLAB_CI",
                                                             "JENKINS_URL", "BUILDKITE",      "TF_BUILD"};
  return std::ranges::any_of(variables, [&](std::string_view name) { return environment.has(name); });
}

}  // namespace kforge::ui
