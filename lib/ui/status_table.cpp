// SPDX-License-Identifier: Apache-2.0
#include "ui/status_table.hpp"

#include "base/text.hpp"
#include "observe/history.hpp"
#include "ui/live_layout.hpp"
#include "ui/progress_model.hpp"
#include "ui/table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace kforge::ui {
namespace {

constexpr std::size_t short_commit = 8;

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

std::string memory_cell(const observe::Amounts& use) {
  return use.memory ? observe::memory_text(*use.memory) : "";
}

// "71%/80%": CPU in percent of the request, and what an autoscaler aims at.
std::string cpu_cell(const observe::ObjectRow& row) {
  const std::string now = percent_of(row.use().cpu, row.request().cpu);
  if (now.empty() || !row.autoscaling || !row.autoscaling->cpu_target) return now;
  return fmt::format("{}/{}%", now, *row.autoscaling->cpu_target);
}

bool has_usage(const observe::ProjectStatus& status) {
  return std::any_of(status.objects.begin(), status.objects.end(),
                     [](const observe::ObjectRow& row) { return row.use().known(); });
}

// The columns of CPU and memory are there when a metrics server has told.
std::vector<Column> columns(bool usage) {
  std::vector<Column> columns{
      {"TIER", Align::left, 4}, {"SERVICE"}, {"IMAGE", Align::left, 3}, {"READY"}, {"SCALE", Align::left, 1}};
  if (usage) columns.insert(columns.end(), {{"CPU", Align::right, 6}, {"MEM", Align::right, 6}});
  columns.insert(columns.end(),
                 {{"RESTARTS", Align::left, 2}, {"AGE", Align::left, 5}, {"STATUS", Align::left, 0, true}});
  return columns;
}

std::vector<Line> row_cells(const observe::ObjectRow& row, WallTime now, bool usage, const Style& style) {
  std::vector<Line> cells{name_for_people(row.object, row.service), row.image, ready_cell(row),
                          scale_cell(row.scale, style)};
  if (usage) cells.insert(cells.end(), {Line(cpu_cell(row)), Line(memory_cell(row.use()))});
  cells.insert(cells.end(), {Line(restarts_cell(row.restarts, last_restart(row), now)),
                             Line(age_text(row.created, now)), verdict_cell(row.verdict)});
  return cells;
}

std::vector<Line> pod_cells(const observe::PodRow& pod, WallTime now, bool usage) {
  const std::string state = pod.last_exit.empty() ? pod.state : pod.state + ", last exit: " + pod.last_exit;
  std::vector<Line> cells{Line(), Line("  ").add(pod.name, Colour::dim), Line(),
                          Line(pod.ready ? "1/1" : "0/1", Colour::dim), Line()};
  if (usage)
    cells.insert(cells.end(), {Line(percent_of(pod.use.cpu, pod.request.cpu), Colour::dim),
                               Line(memory_cell(pod.use), Colour::dim)});
  cells.insert(cells.end(), {Line(restarts_cell(pod.restarts, pod.last_restart, now)), Line(age_text(pod.started, now)),
                             Line(pod.node.empty() ? state : state + " on " + pod.node, Colour::dim)});
  return cells;
}

Table table_of(const observe::ProjectStatus& status, WallTime now, Pods pods, const Style& style) {
  const bool usage = has_usage(status);
  Table table(columns(usage));
  std::string tier;
  for (const observe::ObjectRow& row : status.objects) {
    std::vector<Line> cells = row_cells(row, now, usage, style);
    cells.insert(cells.begin(), row.tier == tier ? Line() : Line(row.tier));
    table.add(std::move(cells));
    tier = row.tier;
    if (pods == Pods::hidden) continue;
    if (const std::string companions = companions_text(row, style); !companions.empty())
      table.add_note(Line("  ").add(companions, Colour::dim), 1);
    for (const observe::PodRow& pod : row.pods) table.add(pod_cells(pod, now, usage));
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

// "release 13, 2h ago by ci@runner-7 (0123abcd)"
Line release_text(const observe::LastRelease& release, WallTime now) {
  Line line(fmt::format("release {}", release.number));
  if (release.status != "deployed")
    line.add(" " + release.status, release.status == "pending" ? Colour::yellow : Colour::red);
  if (release.started) line.add(fmt::format(", {} ago", age_text(release.started, now)));
  if (!release.by.empty()) line.add(" by " + release.by);
  if (!release.commit.empty()) line.add(fmt::format(" ({})", release.commit.substr(0, short_commit)));
  return line;
}

}  // namespace

std::string percent_of(const std::optional<double>& part, const std::optional<double>& whole) {
  if (!part) return {};
  if (!whole || *whole <= 0) return observe::cores_text(*part);
  return fmt::format("{}%", std::lround(*part / *whole * 100));
}

std::string companions_text(const observe::ObjectRow& row, const Style& style) {
  std::vector<std::string> parts;
  if (const auto& scaling = row.autoscaling) {
    std::string text = fmt::format("autoscaler {}{}{}: {} now, {} wanted", scaling->min, style.dash(), scaling->max,
                                   scaling->current, scaling->wanted);
    if (scaling->cpu_target)
      text += fmt::format(", CPU {} of {}%", scaling->cpu ? fmt::format("{}%", *scaling->cpu) : "unknown",
                          *scaling->cpu_target);
    parts.push_back(std::move(text));
  }
  if (row.endpoints)
    parts.push_back(fmt::format("{} of {} ready", row.endpoints->ready,
                                counted(static_cast<std::size_t>(row.endpoints->all), "endpoint")));
  if (row.budget)
    parts.push_back(fmt::format("{} may be disrupted", counted(static_cast<std::size_t>(row.budget->allowed), "pod")));
  return join(parts, style.separator());
}

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
  if (status.release) title.add("  ").add(release_text(*status.release, now));
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
    for (Line& line : beside(Line().add(style.warn(), Colour::yellow).add(" "), note, style))
      lines.push_back(std::move(line));
  return lines;
}

}  // namespace kforge::ui
