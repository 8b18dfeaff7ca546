// SPDX-License-Identifier: Apache-2.0
#include "ui/top_table.hpp"

#include "base/text.hpp"
#include "ui/progress_model.hpp"
#include "ui/table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace kforge::ui {
namespace {

constexpr std::size_t trend_columns = 20;
constexpr double hot = 0.9;  // of a limit

using observe::Amounts;

std::string cores_or_dash(const std::optional<double>& cores, const Style& style) {
  return cores ? observe::cores_text(*cores) : std::string(style.dash());
}
std::string bytes_or_dash(const std::optional<double>& bytes, const Style& style) {
  return bytes ? observe::memory_text(*bytes) : std::string(style.dash());
}

// "250m/500m": request and limit.
std::string bounds(const std::string& request, const std::string& limit) {
  return fmt::format("{}/{}", request, limit);
}

Colour heat(const std::optional<double>& use, const std::optional<double>& limit) {
  return use && limit && *limit > 0 && *use >= *limit * hot ? Colour::red : Colour::none;
}

std::vector<Line> amount_cells(const Amounts& use, const Amounts& request, const Amounts& limit, const Style& style) {
  return {Line(cores_or_dash(use.cpu, style), heat(use.cpu, limit.cpu)),
          Line(request.cpu ? percent_of(use.cpu, request.cpu) : ""),
          Line(bounds(cores_or_dash(request.cpu, style), cores_or_dash(limit.cpu, style)), Colour::dim),
          Line(bytes_or_dash(use.memory, style), heat(use.memory, limit.memory)),
          Line(request.memory ? percent_of(use.memory, request.memory) : ""),
          Line(bounds(bytes_or_dash(request.memory, style), bytes_or_dash(limit.memory, style)), Colour::dim)};
}

// A Job that is done uses nothing any more.
bool has_ended(const observe::ObjectRow& row) {
  return row.object.kind.kind == "Job" && row.verdict.state == rollout::State::ready;
}

// The numbers of `use` have the pods in them that have been measured; these come first.
std::vector<const observe::ObjectRow*> hungriest_first(const observe::ProjectStatus& status) {
  std::vector<const observe::ObjectRow*> rows;
  for (const observe::ObjectRow& row : status.objects)
    if (!row.pods.empty() && !has_ended(row)) rows.push_back(&row);
  std::stable_sort(rows.begin(), rows.end(), [](const observe::ObjectRow* a, const observe::ObjectRow* b) {
    return a->use().cpu.value_or(-1) > b->use().cpu.value_or(-1);
  });
  return rows;
}

std::string advice_text(const observe::Advice& advice) {
  std::vector<std::string> requests, parts;
  if (!advice.cpu_request.empty()) requests.push_back("cpu: " + advice.cpu_request);
  if (!advice.memory_request.empty()) requests.push_back("memory: " + advice.memory_request);
  if (!requests.empty()) parts.push_back(fmt::format("requests: {{{}}}", join(requests, ", ")));
  if (!advice.memory_limit.empty()) parts.push_back(fmt::format("limits: {{memory: {}}}", advice.memory_limit));
  return fmt::format("{}: {}; resources: {{{}}} would fit", advice.service, advice.reason, join(parts, ", "));
}

void add_advice(std::vector<Line>& lines, const observe::ProjectStatus& status, const observe::History& history,
                const Style& style) {
  const std::vector<observe::Advice> all = history.advice(status);
  if (all.empty()) return;
  lines.emplace_back();
  lines.emplace_back(fmt::format("from {}{}:", counted(history.samples(), "sample"),
                                 history.samples() < 10 ? ", so take it as a first guess" : ""),
                     Colour::dim);
  for (const observe::Advice& advice : all)
    for (Line& line : beside(Line("  "), advice_text(advice), style)) lines.push_back(std::move(line));
}

}  // namespace

std::string sparkline(const std::vector<double>& values, std::size_t columns, const Style& style) {
  static constexpr std::array bars{"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
  static constexpr std::array plain{"_", ".", ",", "-", "~", "=", "*", "#"};
  const std::size_t start = values.size() > columns ? values.size() - columns : 0;
  const double largest =
      values.empty() ? 0 : *std::max_element(values.begin() + static_cast<std::ptrdiff_t>(start), values.end());
  std::string text;
  for (std::size_t i = start; i < values.size(); ++i) {
    const double share = largest > 0 ? std::clamp(values[i] / largest, 0.0, 1.0) : 0;
    const auto height = static_cast<std::size_t>(std::lround(share * (bars.size() - 1)));
    text += style.utf8 ? bars[height] : plain[height];
  }
  return text;
}

std::vector<Line> top_lines(const observe::ProjectStatus& status, const observe::History& history, Pods pods,
                            const Style& style) {
  const bool trend = history.samples() > 1;
  std::vector<Column> columns{{"SERVICE"},
                              {"PODS", Align::right, 3},
                              {"CPU", Align::right},
                              {"OF REQ", Align::right, 2},
                              {"REQ/LIMIT", Align::left, 4},
                              {"MEMORY", Align::right},
                              {"OF REQ", Align::right, 2},
                              {"REQ/LIMIT", Align::left, 4}};
  if (trend) columns.push_back({"CPU TREND", Align::left, 1});
  Table table(std::move(columns));
  const auto add = [&](Line name, Line count, std::vector<Line> amounts, const std::string& line) {
    std::vector<Line> cells{std::move(name), std::move(count)};
    cells.insert(cells.end(), amounts.begin(), amounts.end());
    if (trend) cells.emplace_back(line, Colour::cyan);
    table.add(std::move(cells));
  };
  for (const observe::ObjectRow* row : hungriest_first(status)) {
    add(name_for_people(row->object, row->service), fmt::format("{}", row->pods.size()),
        amount_cells(row->use(), row->request(), row->limit(), style),
        sparkline(history.cpu_of(row->object), trend_columns, style));
    if (pods == Pods::shown)
      for (const observe::PodRow& pod : row->pods)
        add(Line("  ").add(pod.name, Colour::dim), Line(), amount_cells(pod.use, pod.request, pod.limit, style), "");
  }
  std::vector<Line> lines = table.lines(style, style.terminal ? style.width : 0);
  add_advice(lines, status, history, style);
  return lines;
}

}  // namespace kforge::ui
