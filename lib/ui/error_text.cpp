// SPDX-License-Identifier: Apache-2.0
#include "ui/error_text.hpp"

#include "base/text.hpp"
#include "ui/line.hpp"

#include <fmt/format.h>

namespace kforge::ui {
namespace {

// Colours the word and the carets of to_text(diagnostic).
std::string painted(const Diagnostic& diagnostic, const Style& style) {
  std::string text = shown(to_text(diagnostic), style);
  if (!style.colour) return text;
  const Colour colour = diagnostic.severity == Severity::error ? Colour::red : Colour::yellow;
  const std::size_t last_line = text.rfind('\n', text.size() - 2);
  const std::size_t caret = last_line == std::string::npos ? last_line : text.find('^', last_line);
  if (diagnostic.place.known() && caret != std::string::npos) {
    const std::size_t end = text.find_first_not_of('^', caret);
    text.replace(caret, end - caret, style.paint(colour, text.substr(caret, end - caret)));
  }
  const std::string where = shown(diagnostic.place.to_string(), style);
  const std::size_t word = where.empty() ? 0 : where.size() + 2;
  const std::size_t end = text.find(':', word);
  return text.replace(word, end - word, style.paint(colour, text.substr(word, end - word)));
}

// "  why:  text", further lines of the text under its first.
std::string labelled(std::string_view label, const std::string& text, const Style& style) {
  if (text.empty()) return {};
  return fmt::format("  {:<6}{}\n", label, replace_all(shown(text, style), "\n", "\n        "));
}

std::string invalid_input_text(const InvalidInput& error, const Style& style) {
  std::string count = counted(error.diagnostics.errors(), "error");
  if (error.diagnostics.warnings() > 0) count += ", " + counted(error.diagnostics.warnings(), "warning");
  return diagnostics_text(error.diagnostics, style) + count + ", nothing was sent to the cluster\n";
}

std::string safe_json(const Json& document, int indent) {
  std::string text = document.dump(indent, ' ', false, Json::error_handler_t::replace);
  return printable(replace_all(std::move(text), "\x7f", "\\u007f"));
}

}  // namespace

std::string_view name_of(ErrorKind kind) {
  using enum ErrorKind;
  switch (kind) {
    case internal:
      return "internal";
    case changes_pending:
      return "changes_pending";
    case project_invalid:
      return "project_invalid";
    case not_authenticated:
      return "not_authenticated";
    case forbidden:
      return "forbidden";
    case unreachable:
      return "unreachable";
    case rejected:
      return "rejected";
    case not_found:
      return "not_found";
    case rollout_failed:
      return "rollout_failed";
    case timed_out:
      return "timed_out";
    case failed_and_rolled_back:
      return "failed_and_rolled_back";
    case hook_failed:
      return "hook_failed";
    case lock_held:
      return "lock_held";
    case conflict:
      return "conflict";
    case guard_refused:
      return "guard_refused";
    case usage:
      return "usage";
    case interrupted:
      return "interrupted";
    case terminated:
      return "terminated";
  }
  return "internal";
}

std::string diagnostics_text(const Diagnostics& diagnostics, const Style& style) {
  std::string text;
  for (const Diagnostic& diagnostic : diagnostics.all()) text += painted(diagnostic, style);
  return text;
}

std::string error_text(const Error& error, const Style& style) {
  if (const auto* invalid = dynamic_cast<const InvalidInput*>(&error)) return invalid_input_text(*invalid, style);
  std::string text;
  if (error.place && error.place->known()) {
    text = painted({Severity::error, *error.place, error.what(), {}}, style);
  } else {
    const std::string word = error.code.empty() ? "error" : fmt::format("error[{}]", error.code);
    text = fmt::format("{}: {}\n", style.paint(Colour::red, word), shown(error.what(), style));
  }
  return text + labelled("why:", error.cause, style) + labelled("hint:", error.advice, style);
}

Json place_json(const SourcePlace& place) {
  if (!place.known()) return place.file.empty() ? Json() : Json{{"file", place.file}};
  return {{"file", place.file}, {"line", place.line}, {"column", place.column}};
}

Json diagnostics_json(const Diagnostics& diagnostics) {
  Json list = Json::array();
  for (const Diagnostic& item : diagnostics.all())
    list.push_back({{"severity", item.severity == Severity::error ? "error" : "warning"},
                    {"place", place_json(item.place)},
                    {"message", item.message},
                    {"hint", item.hint}});
  return list;
}

Json error_json(const Error& error, int exit_code) {
  Json json = {{"kind", name_of(error.kind)},
               {"exitCode", exit_code},
               {"code", error.code},
               {"message", error.what()},
               {"why", error.cause},
               {"hint", error.advice},
               {"place", error.place ? place_json(*error.place) : Json()}};
  if (const auto* invalid = dynamic_cast<const InvalidInput*>(&error))
    json["diagnostics"] = diagnostics_json(invalid->diagnostics);
  return json;
}

std::string document_text(const Json& document) {
  return safe_json(document, 2) + "\n";
}

std::string line_text(const Json& document) {
  return safe_json(document, -1) + "\n";
}

}  // namespace kforge::ui
