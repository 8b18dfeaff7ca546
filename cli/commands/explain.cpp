// SPDX-License-Identifier: Apache-2.0
#include "base/suggest.hpp"
#include "base/text.hpp"
#include "cli/commands/commands.hpp"
#include "cli/exit_code.hpp"
#include "cli/session.hpp"
#include "project/project.hpp"
#include "rollout/verdict.hpp"
#include "ui/line.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <memory>

namespace kforge::cli {
namespace {

// "21" is an exit code, "2003" and "KF2003" are causes.
std::optional<int> number_of(std::string_view text) {
  int number = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failure != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

bool names_cause(std::string_view topic) {
  const std::string lower = to_lower(topic);
  return number_of(lower.starts_with("kf") ? std::string_view(lower).substr(2) : std::string_view(lower)).has_value();
}

void print_wrapped(Session& session, const std::vector<std::pair<std::string, std::string>>& parts) {
  const ui::Style& style = session.out_style();
  const int columns = std::min(style.terminal ? style.width : 100, 100);
  std::vector<ui::Line> lines;
  for (const auto& [label, text] : parts) {
    if (!lines.empty()) lines.emplace_back();
    const int start = label.empty() ? 0 : display_width(label) + 2;
    bool first = true;
    for (const std::string& row : ui::wrapped(text, columns - start)) {
      ui::Line line(first ? label : "", ui::Colour::bold);
      lines.push_back(line.pad_to(start).add(row));
      first = false;
    }
  }
  session.print(ui::paint_all(lines, style));
}

// Where the text of a line begins when it is a row such as "  key   text"; where any other line begins.
int text_column(std::string_view line) {
  constexpr std::size_t widest_key = 30;
  const std::size_t first = line.find_first_not_of(' ');
  if (first == std::string_view::npos) return 0;
  const std::size_t gap = line.find("  ", first);
  const std::size_t text = gap > widest_key ? std::string_view::npos : line.find_first_not_of(' ', gap);
  return static_cast<int>(text == std::string_view::npos ? first : text);
}

// Long lines of a page broken at the window's edge, under where their text begins.
std::string reflowed(const std::string& page, const ui::Style& style) {
  const int columns = std::min(style.terminal ? style.width : 100, 100);
  std::vector<ui::Line> lines;
  for (const std::string& line : split(trim(page), '\n')) {
    const int column = text_column(line);
    const auto start = static_cast<std::size_t>(column);
    ui::Line row(line.substr(0, start));
    for (const std::string& part : ui::wrapped(line.substr(start), std::max(20, columns - column))) {
      lines.push_back(row.pad_to(column).add(part));
      row = ui::Line();
    }
  }
  return ui::paint_all(lines, style);
}

int explain_exit_code(Session& session, const ExitCodeRow& row) {
  if (session.json())
    session.print_json({{"exitCode", row.code}, {"meaning", row.meaning}, {"advice", row.advice}});
  else
    print_wrapped(session, {{fmt::format("exit code {}", row.code), std::string(row.meaning)},
                            {"do this", std::string(row.advice)}});
  return 0;
}

int explain_cause(Session& session, const std::string& topic) {
  const rollout::Cause* cause = rollout::find_cause(topic);
  if (cause == nullptr) {
    std::vector<std::string> codes;
    for (const rollout::Cause& row : rollout::causes()) codes.emplace_back(row.code);
    const std::string suggestion = did_you_mean(topic, codes);
    throw Error(ErrorKind::not_found, fmt::format("no cause '{}'", topic))
        .hint(suggestion.empty() ? "causes go from " + codes.front() + " to " + codes.back() : suggestion);
  }
  if (session.json())
    session.print_json(
        {{"code", cause->code}, {"title", cause->title}, {"explanation", cause->explanation}, {"hint", cause->hint}});
  else
    print_wrapped(session, {{std::string(cause->code), std::string(cause->title)},
                            {"", std::string(cause->explanation)},
                            {"do this", std::string(cause->hint)}});
  return 0;
}

int run_explain(Session& session, const std::string& topic) {
  const std::optional<int> number = number_of(topic);
  const ExitCodeRow* row = number ? find_exit_code(*number) : nullptr;
  if (row != nullptr) return explain_exit_code(session, *row);
  if (names_cause(topic)) return explain_cause(session, topic);
  const std::string text = project::explain_key(topic);
  if (session.json())
    session.print_json({{"key", topic}, {"text", text}});
  else
    session.print(reflowed(text, session.out_style()));
  return 0;
}

}  // namespace

Action bind_explain(OptionTable& table) {
  const auto topic = std::make_shared<std::string>();
  table.argument({.name = "TOPIC",
                  .description = "a key such as services.scale, a cause such as KF2003, or an exit code",
                  .target = topic.get(),
                  .required = true,
                  .complete = Complete::key});
  return [topic](Session& session) { return run_explain(session, *topic); };
}

}  // namespace kforge::cli
