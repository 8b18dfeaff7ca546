// SPDX-License-Identifier: Apache-2.0
#include "cli/help.hpp"

#include "base/text.hpp"
#include "cli/exit_code.hpp"
#include "ui/line.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace kforge::cli {
namespace {

using ui::Colour;
using ui::Line;

constexpr int widest = 100;

// Pages of help: paragraphs, and blocks of headings and two columns that line up across their headings.
class Page {
 public:
  explicit Page(const ui::Style& style)
      : style_(style), columns_(std::min(style.terminal ? style.width : widest, widest)) {}

  void paragraph(std::string_view text) {
    end_block();
    for (const std::string& line : ui::wrapped(text, columns_)) lines_.emplace_back(line);
  }
  void heading(std::string_view text) { block_.push_back({std::string(text), {}, true}); }
  void row(const std::string& left, const std::string& right) { block_.push_back({left, right, false}); }
  void blank() {
    end_block();
    if (!lines_.empty()) lines_.emplace_back();
  }
  // What follows has columns of its own.
  void end_block() {
    int left = 0;
    for (const Entry& entry : block_)
      if (!entry.heading) left = std::max(left, display_width(entry.left));
    const int start = 2 + std::min(left, columns_ / 2) + 2;
    for (const Entry& entry : block_)
      if (entry.heading)
        add_heading(entry.left);
      else
        add_row(entry, start);
    block_.clear();
  }
  std::string text() {
    end_block();
    return ui::paint_all(lines_, style_);
  }

 private:
  struct Entry {
    std::string left, right;
    bool heading;
  };

  void add_heading(const std::string& text) {
    if (!lines_.empty() && !lines_.back().empty()) lines_.emplace_back();
    lines_.emplace_back(text, Colour::bold);
  }

  void add_row(const Entry& entry, int start) {
    Line line("  ");
    line.add(entry.left, Colour::cyan);
    const std::vector<std::string> texts = ui::wrapped(entry.right, std::max(20, columns_ - start));
    std::size_t next = 0;
    if (line.width() + 2 <= start) line.pad_to(start).add(texts[next++]);
    lines_.push_back(line);
    for (; next < texts.size(); ++next) lines_.push_back(Line().pad_to(start).add(texts[next]));
  }

  const ui::Style& style_;
  int columns_;
  std::vector<Line> lines_;
  std::vector<Entry> block_;
};

std::string option_term(const OptionSpec& spec) {
  std::string term = spec.short_name().empty() ? "    " : spec.short_name() + ", ";
  term += spec.long_name();
  return spec.value.empty() ? term : term + " " + spec.value;
}

void add_options(Page& page, const OptionTable& table) {
  for (const std::string& group : option_groups(table)) {
    page.heading(group.empty() ? "options" : group);
    for (const OptionSpec& spec : table.options)
      if (spec.group == group) page.row(option_term(spec), full_description(spec));
  }
}

std::vector<std::string> command_groups() {
  std::vector<std::string> groups;
  for (const CommandSpec& spec : commands())
    if (!spec.hidden() && std::ranges::find(groups, spec.group) == groups.end()) groups.emplace_back(spec.group);
  return groups;
}

std::string summary_of(const CommandSpec& spec) {
  const std::vector<std::string> aliases = spec.alias_list();
  return aliases.empty() ? std::string(spec.summary) : fmt::format("{} (also: {})", spec.summary, join(aliases, ", "));
}

std::string formats_text(Formats formats) {
  switch (formats) {
    case Formats::text:
      return {};
    case Formats::text_json:
      return "-o json prints exactly one JSON document on stdout, also on failure.";
    case Formats::yaml_json:
      return "-o yaml (the default) or -o json.";
    case Formats::json:
      return "the result is JSON.";
    case Formats::lines:
      return "-o json prints one JSON object a line, -o raw the lines as the services wrote them.";
  }
  return {};
}

}  // namespace

std::vector<std::string> option_groups(const OptionTable& table) {
  std::vector<std::string> groups;
  for (const OptionSpec& spec : table.options)
    if (std::ranges::find(groups, spec.group) == groups.end()) groups.push_back(spec.group);
  return groups;
}

std::string full_description(const OptionSpec& spec) {
  std::string text = spec.description;
  if (!spec.choices.empty()) text += ": " + join(spec.choices, ", ");
  if (!spec.variable.empty()) text += fmt::format(" [{}]", spec.variable);
  return text;
}

std::string usage_line(const CommandSpec& command, const OptionTable& options) {
  std::string line = fmt::format("kforge {}", command.name);
  for (const ArgumentSpec& argument : options.arguments) line += " " + argument.usage();
  return line + " [OPTIONS]";
}

std::string overview(const ui::Style& style) {
  Page page(style);
  page.paragraph("kforge deploys a small application to Kubernetes from one kforge.yaml");
  page.blank();
  page.paragraph("usage: kforge COMMAND [ARGUMENTS] [OPTIONS]");
  page.paragraph("without a command: status when a project file is near, otherwise this help");
  for (const std::string& group : command_groups()) {
    page.heading(group);
    for (const CommandSpec& spec : commands())
      if (spec.group == group) page.row(std::string(spec.name), summary_of(spec));
  }
  page.end_block();
  GlobalOptions globals;
  add_options(page, global_table(globals));
  page.end_block();
  page.heading("exit codes");
  for (const ExitCodeRow& row : exit_codes()) page.row(fmt::format("{}", row.code), std::string(row.meaning));
  page.blank();
  page.paragraph(
      "`kforge COMMAND --help` shows the options of a command. Flags beat the variables in brackets, these "
      "beat the project file.");
  return page.text();
}

std::string command_help(const CommandSpec& command, const OptionTable& options, const ui::Style& style) {
  Page page(style);
  page.paragraph(summary_of(command));
  page.blank();
  page.paragraph("usage: " + usage_line(command, options));
  if (!command.details.empty()) {
    page.blank();
    page.paragraph(command.details);
  }
  if (const std::string formats = formats_text(command.formats); !formats.empty()) page.paragraph(formats);
  if (!options.arguments.empty()) page.heading("arguments");
  for (const ArgumentSpec& argument : options.arguments)
    page.row(argument.name, argument.choices.empty() ? argument.description
                                                     : argument.description + ": " + join(argument.choices, ", "));
  page.end_block();
  add_options(page, options);
  page.blank();
  page.paragraph("`kforge --help` shows the options that every command knows.");
  return page.text();
}

std::string group_help(const std::string& group, const ui::Style& style) {
  Page page(style);
  page.paragraph(fmt::format("usage: kforge {} COMMAND", group));
  page.blank();
  for (const CommandSpec& spec : commands())
    if (spec.name.starts_with(group + " ")) page.row(std::string(spec.name), summary_of(spec));
  return page.text();
}

std::string help_text(const Invocation& invocation, const Deps& deps) {
  const auto mode = ui::parse_colour_mode(invocation.globals.colour).value_or(ui::ColourMode::automatic);
  const ui::Style style = ui::style_for(deps.terminal, Stream::out, deps.environment, mode);
  if (invocation.command != nullptr && invocation.command->name != "help")
    return command_help(*invocation.command, invocation.options, style);
  return invocation.group.empty() ? overview(style) : group_help(invocation.group, style);
}

}  // namespace kforge::cli
