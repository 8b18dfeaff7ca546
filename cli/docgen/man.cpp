// SPDX-License-Identifier: Apache-2.0
#include "base/text.hpp"
#include "cli/docgen/docgen.hpp"
#include "cli/exit_code.hpp"
#include "cli/help.hpp"
#include "cli/version.hpp"

#include <fmt/format.h>

namespace kforge::cli::docgen {
namespace {

// Text that troff reads as it stands.
std::string roff(std::string_view text) {
  std::string safe = replace_all(replace_all(std::string(text), "\\", "\\e"), "-", "\\-");
  if (safe.starts_with(".") || safe.starts_with("'")) safe = "\\&" + safe;
  return safe;
}

std::string options_section(const OptionTable& table) {
  std::string text;
  for (const OptionSpec& spec : table.options) {
    const std::string names =
        spec.short_name().empty() ? spec.long_name() : spec.short_name() + ", " + spec.long_name();
    text += fmt::format(".TP\n\\fB{}\\fR {}\n{}\n", roff(names), roff(spec.value), roff(full_description(spec)));
  }
  return text;
}

std::string command_section(const CommandDoc& doc) {
  std::string text = fmt::format(".SS {}\n{}\n", roff(usage_line(*doc.spec, doc.table)), roff(doc.spec->summary));
  if (!doc.spec->details.empty()) text += fmt::format(".PP\n{}\n", roff(doc.spec->details));
  for (const ArgumentSpec& argument : doc.table.arguments)
    text += fmt::format(".TP\n\\fI{}\\fR\n{}\n", roff(argument.name), roff(argument.description));
  return text + options_section(doc.table);
}

}  // namespace

std::string man_page() {
  std::string text = fmt::format(
      ".TH KFORGE 1 \"\" \"kforge {}\" \"User Commands\"\n"
      ".SH NAME\nkforge \\- deploy a small application to Kubernetes from one kforge.yaml\n"
      ".SH SYNOPSIS\n\\fBkforge\\fR COMMAND [ARGUMENTS] [OPTIONS]\n"
      ".SH COMMANDS\n",
      version());
  for (const CommandDoc& doc : visible_commands()) text += command_section(doc);
  text +=
      ".SH OPTIONS\nOptions of every command; flags beat the variables in brackets.\n" + options_section(global_rows());
  text += ".SH EXIT STATUS\n";
  for (const ExitCodeRow& row : exit_codes()) text += fmt::format(".TP\n\\fB{}\\fR\n{}\n", row.code, roff(row.meaning));
  text +=
      ".SH FILES\n.TP\n\\fIkforge.yaml\\fR\nthe project file, found upwards from the working directory\n"
      ".SH SEE ALSO\n\\fBkubectl\\fR(1)\n";
  return text;
}

}  // namespace kforge::cli::docgen
