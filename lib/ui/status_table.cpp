// SPDX-License-Identifier: Apache-2.0
#include "ui/status_table.hpp"

#include "base/text.hpp"
#include "ui/live_layout.hpp"
#include "ui/progress_model.hpp"
#include "ui/table.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace kforge::ui {
namespace {

Colour colour_of(rollout::State state) {
  switch (state) {
    case rollout::State::ready:
      return Colour::green;
    case rollout::State::failed:
      return Colour::red;
    case rollout::State::waiting:
    case rollout::State::ready_with_warning:
      return Colour::yellow;
  }
  return Colour::none;
}

// "ready", "waiting: 1/2 pods ready"
Line verdict_cell(const rollout::Verdict& verdict) {
  std::string text(rollout::to_string(verdict.state));
  const std::string& detail = verdict.message.empty() ? verdict.reason : verdict.message;
  if (verdict.state != rollout::State::ready && !detail.empty()) text += ": " + detail;
  return {text, colour_of(verdict.state)};
}

std::string ready_cell(const observe::ObjectRow& row) {
  return row.counts ? fmt::format("{}/{}", row.counts->ready, row.counts->wanted) : "";
}

std::optional<WallTime> last_restart(const observe::ObjectRow& row) {
  std::optional<WallTime> latest;
  for (const observe::PodRow& pod : row.pods)
    if (pod.last_restart && (!latest || *pod.last_restart > *latest)) latest = pod.last_restart;
  return latest;
}

// "0", "3 (4m)": how often, and how long ago the last time was.
std::string restarts_cell(std::int64_t count, std::optional<WallTime> last, WallTime now) {
  const std::string ago = age_text(last, now);
  return count == 0 || ago.empty() ? fmt::format("{}", count) : fmt::format("{} ({})", count, ago);
}

std::string scale_cell(const std::string& scale, const Style& style) {
  return scale.empty() ? std::string(style.dash()) : replace_all(scale, "-", style.dash());
}

Table table_of(const observe::ProjectStatus& status, WallTime now, Pods pods, const Style& style) {
  Table table({{"TIER", Align::left, 4},
               {"SERVICE"},
               {"IMAGE", Align::left, 3},
               {"READY"},
               {"SCALE", Align::left, 1},
               {"RESTARTS", Align::left, 2},
               {"AGE", Align::left, 5},
               {"STATUS", Align::left, 0, true}});
  std::string tier;
  for (const observe::ObjectRow& row : status.objects) {
    table.add({row.tier == tier ? Line() : Line(row.tier), name_for_people(row.object, row.service), row.image,
               ready_cell(row), scale_cell(row.scale, style), restarts_cell(row.restarts, last_restart(row), now),
               age_text(row.created, now), verdict_cell(row.verdict)});
    tier = row.tier;
    if (pods == Pods::hidden) continue;
    for (const observe::PodRow& pod : row.pods) {
      const std::string state = pod.last_exit.empty() ? pod.state : pod.state + ", last exit: " + pod.last_exit;
      table.add({Line(), Line("  ").add(pod.name, Colour::dim), Line(), Line(pod.ready ? "1/1" : "0/1", Colour::dim),
                 Line(), restarts_cell(pod.restarts, pod.last_restart, now), age_text(pod.started, now),
                 Line(pod.node.empty() ? state : state + " on " + pod.node, Colour::dim)});
    }
  }
  return table;
}

// For windows in which no table fits: a line an object, its trouble below it.
std::vector<Line> list_of(const observe::ProjectStatus& status, Pods pods, const Style& style) {
  std::vector<Line> lines;
  std::string tier;
  for (const observe::ObjectRow& row : status.objects) {
    if (row.tier != tier) lines.emplace_back(row.tier, Colour::bold);
    tier = row.tier;
    Line line("  ");
    line.add(name_for_people(row.object, row.service)).add(" " + row.image, Colour::dim).add(" " + ready_cell(row));
    lines.push_back(line);
    if (row.verdict.state != rollout::State::ready) lines.push_back(Line("    ").add(verdict_cell(row.verdict)));
    if (pods == Pods::shown)
      for (const observe::PodRow& pod : row.pods)
        lines.push_back(Line("    ").add(pod.name + " " + pod.state, Colour::dim));
  }
  for (Line& line : lines) line = line.cut(style.width, style);
  return lines;
}

}  // namespace

std::string age_text(std::optional<WallTime> since, WallTime now) {
  if (!since) return {};
  const auto seconds =
      std::max<std::int64_t>(0, std::chrono::duration_cast<std::chrono::seconds>(now - *since).count());
  if (seconds < 60) return fmt::format("{}s", seconds);
  if (seconds < 3600) return fmt::format("{}m", seconds / 60);
  if (seconds < 2 * 86400) return fmt::format("{}h", seconds / 3600);
  return fmt::format("{}d", seconds / 86400);
}

std::vector<Line> status_lines(const observe::ProjectStatus& status, WallTime now, Pods pods, const Style& style) {
  Line title(status.project, Colour::bold);
  const int right_edge = std::min(style.width, widest_columns);
  if (!status.context.empty()) title.align_right(Line(status.context, Colour::dim), right_edge);
  std::vector<Line> lines{title.cut(style.width, style), Line()};
  const bool list = style.terminal && style.width < narrow_columns;
  const std::vector<Line> rows =
      list ? list_of(status, pods, style)
           : table_of(status, now, pods, style).lines(style, style.terminal ? style.width : 0);
  lines.insert(lines.end(), rows.begin(), rows.end());
  if (!status.notes.empty()) lines.emplace_back();
  for (const std::string& note : status.notes)
    lines.push_back(Line().add(style.warn(), Colour::yellow).add(" " + note));
  return lines;
}

}  // namespace kforge::ui
