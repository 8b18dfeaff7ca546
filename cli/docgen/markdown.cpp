// SPDX-License-Identifier: Apache-2.0
#include "base/text.hpp"
#include "cli/docgen/docgen.hpp"
#include "cli/exit_code.hpp"
#include "cli/help.hpp"

#include <fmt/format.h>

namespace kforge::cli::docgen {
namespace {

// Text of a table cell.
std::string cell(std::string_view text) {
  return replace_all(std::string(text), "|", "\\|");
}

std::string code(const std::string& text) {
  return text.empty() ? text : "`" + text + "`";
}

std::string option_cell(const OptionSpec& spec) {
  std::string names = spec.short_name().empty() ? "" : code(spec.short_name()) + ", ";
  return names + code(spec.value.empty() ? spec.long_name() : spec.long_name() + " " + spec.value);
}

std::string options_table(const OptionTable& table, const std::string& group) {
  std::string text = "| option | variable | meaning |\n|---|---|---|\n";
  for (const OptionSpec& spec : table.options) {
    if (spec.group != group) continue;
    std::string meaning = cell(spec.description);
    if (!spec.choices.empty()) meaning += ": `" + join(spec.choices, "`, `") + "`";
    text += fmt::format("| {} | {} | {} |\n", option_cell(spec), code(spec.variable), meaning);
  }
  return text;
}

std::string command_section(const CommandDoc& doc) {
  const CommandSpec& spec = *doc.spec;
  std::string text = fmt::format("\n### kforge {}\n\n{}", spec.name, spec.summary);
  if (!spec.alias_list().empty()) text += fmt::format(" (also: `{}`)", join(spec.alias_list(), "`, `"));
  text += fmt::format("\n\n```\n{}\n```\n", usage_line(spec, doc.table));
  if (!spec.details.empty()) text += fmt::format("\n{}\n", spec.details);
  if (!doc.table.arguments.empty()) text += "\n| argument | meaning |\n|---|---|\n";
  for (const ArgumentSpec& argument : doc.table.arguments) {
    text += fmt::format("| `{}` | {}", argument.name, cell(argument.description));
    if (!argument.choices.empty()) text += ": `" + join(argument.choices, "`, `") + "`";
    text += " |\n";
  }
  for (const std::string& group : option_groups(doc.table)) text += "\n" + options_table(doc.table, group);
  return text;
}

}  // namespace

std::string cli_markdown() {
  std::string text =
      "# The command line\n\n"
      "Generated from the command table; a test keeps this page and the program equal.\n\n"
      "```\nkforge COMMAND [ARGUMENTS] [OPTIONS]\n```\n\n"
      "Without a command kforge shows `status` when a project file is near, otherwise help. Options stand before or "
      "after "
      "the command. Flags beat variables, variables beat kforge.yaml. stdout is the result, stderr is progress and "
      "errors; with `-o json` stdout is exactly one JSON document, also on failure: "
      "`{\"error\": {\"kind\", \"exitCode\", \"code\", \"message\", \"why\", \"hint\", \"place\"}}`. "
      "[Exit codes](exit-codes.md), [events](events.md).\n\n"
      "## Commands\n";
  for (const CommandDoc& doc : visible_commands()) text += command_section(doc);
  text += "\n## Options of every command\n";
  for (const std::string& group : option_groups(global_rows()))
    text +=
        fmt::format("\n### {}\n\n{}", group.empty() ? "General options" : group, options_table(global_rows(), group));
  return text;
}

std::string exit_codes_markdown() {
  std::string text =
      "# Exit codes\n\n"
      "Public API: each number has one meaning for ever. Generated; a test keeps this page and the program equal.\n\n"
      "| code | meaning | what to do |\n|---|---|---|\n";
  for (const ExitCodeRow& row : exit_codes())
    text += fmt::format("| {} | {} | {} |\n", row.code, cell(row.meaning), cell(row.advice));
  return text;
}

}  // namespace kforge::cli::docgen
