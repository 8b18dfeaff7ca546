// SPDX-License-Identifier: Apache-2.0
#include "ui/event_lines.hpp"

#include "base/text.hpp"
#include "ui/status_table.hpp"
#include "ui/table.hpp"

#include <fmt/format.h>

namespace kforge::ui {
namespace {

Line reason_cell(const observe::EventRow& row) {
  return {row.reason, row.warning ? Colour::yellow : Colour::none};
}

// "order-service (3 pods)", "HorizontalPodAutoscaler kong", "pod order-service-7c9f-abcde"
std::string subject(const observe::EventRow& row) {
  const std::string kind = row.object.kind.kind.empty() ? "object" : row.object.kind.kind;
  if (row.objects.size() > 1) return fmt::format("{} ({})", row.service, counted(row.objects.size(), to_lower(kind)));
  return fmt::format("{} {}", to_lower(kind), row.object.name);
}

// One line, whatever the node has said.
std::string flat(const std::string& message) {
  return replace_all(message, "\n", " ");
}

}  // namespace

std::vector<Line> event_lines(const std::vector<observe::EventRow>& rows, WallTime now, const Style& style) {
  Table table({{"LAST"},
               {"REASON"},
               {"COUNT", Align::right, 1},
               {"OBJECT", Align::left, 2},
               {"MESSAGE", Align::left, 0, true, 40}});
  for (const observe::EventRow& row : rows)
    table.add(
        {age_text(row.last, now), reason_cell(row), fmt::format("{}", row.count), subject(row), flat(row.message)});
  return table.lines(style, style.terminal ? style.width : 0);
}

Line followed_event_line(const observe::EventRow& row) {
  Line line(row.last ? format_rfc3339(*row.last) : "", Colour::dim);
  line.add("  ").add(reason_cell(row)).add(fmt::format("  {}: {}", subject(row), flat(row.message)));
  return row.count > 1 ? line.add(fmt::format(" ({}x)", row.count), Colour::dim) : line;
}

}  // namespace kforge::ui
