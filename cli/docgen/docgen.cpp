// SPDX-License-Identifier: Apache-2.0
#include "cli/docgen/docgen.hpp"

#include "base/text.hpp"

namespace kforge::cli::docgen {

std::vector<std::string> CommandDoc::words() const {
  return split(spec->name, ' ');
}

std::vector<CommandDoc> visible_commands() {
  std::vector<CommandDoc> docs;
  for (const CommandSpec& spec : commands()) {
    if (spec.hidden()) continue;
    CommandDoc doc{&spec, {}, {}};
    doc.keeps_alive = spec.bind(doc.table);
    docs.push_back(std::move(doc));
  }
  return docs;
}

const OptionTable& global_rows() {
  static GlobalOptions globals;
  static const OptionTable table = global_table(globals);
  return table;
}

}  // namespace kforge::cli::docgen
