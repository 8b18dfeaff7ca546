// SPDX-License-Identifier: Apache-2.0
#include "ui/service_page.hpp"

#include "base/text.hpp"
#include "observe/history.hpp"
#include "ui/event_lines.hpp"
#include "ui/status_table.hpp"
#include "ui/table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace kforge::ui {
namespace {

constexpr int label_column = 12;
constexpr std::size_t most_events = 15, most_changes = 3;

// Facts under headings, as wide as the window.
class Page {
 public:
  explicit Page(const Style& style) : style_(style) {}
  void fact(std::string_view label, Line text) {
    if (text.empty()) return;
    Line line(label, Colour::dim);
    lines_.push_back(fitted(line.pad_to(label_column).add(text)));
  }
  // In several lines where it does not fit one.
  void prose(std::string_view label, const std::string& text) {
    if (text.empty()) return;
    add_all(beside(Line(label, Colour::dim).pad_to(label_column), text, style_));
  }
  void facts(std::string_view label, const std::vector<std::string>& texts) {
    for (std::size_t i = 0; i < texts.size(); ++i) fact(i == 0 ? label : " ", texts[i]);
  }
  void heading(std::string_view text) {
    lines_.emplace_back();
    lines_.emplace_back(text, Colour::bold);
  }
  void add(const std::vector<Line>& lines) {
    for (const Line& line : lines) lines_.push_back(fitted(Line("  ").add(line)));
  }
  void add(const Line& line) { lines_.push_back(fitted(line)); }
  void add_all(std::vector<Line> lines) { std::ranges::move(lines, std::back_inserter(lines_)); }
  Style indented() const {
    Style narrower = style_;
    narrower.width -= 2;
    return narrower;
  }
  std::vector<Line> take() { return std::move(lines_); }

 private:
  Line fitted(const Line& line) const { return style_.terminal ? line.cut(style_.width, style_) : line; }
  const Style& style_;
  std::vector<Line> lines_;
};

Line state_line(const observe::ObjectRow& row) {
  const rollout::Verdict& verdict = row.verdict;
  const bool ready = verdict.state == rollout::State::ready;
  std::string text(rollout::to_string(verdict.state));
  if (row.counts) text += fmt::format(" {}/{}", row.counts->ready, row.counts->wanted);
  Line line(text, ready ? Colour::green : verdict.state == rollout::State::failed ? Colour::red : Colour::yellow);
  if (!ready && !verdict.message.empty()) line.add(": " + verdict.message);
  if (!verdict.code.empty())
    line.add(fmt::format("  ({}: `kforge explain {}`)", verdict.code, verdict.code), Colour::dim);
  return line;
}

void add_state(Page& page, const observe::ServiceView& view, WallTime now, const Style& style) {
  const observe::ObjectRow& row = view.row;
  Line title(row.service, Colour::bold);
  page.add(title.add(fmt::format("  {}", row.object.to_string()), Colour::dim));
  page.fact("state", state_line(row));
  page.prose("because", replace_all(row.verdict.evidence, "\n", " "));
  page.fact("age", age_text(row.created, now));
  page.prose("scale", companions_text(row, style));
  page.fact("rollout", view.strategy);
  page.facts("address", view.addresses);
}

void add_changes(Page& page, const observe::ServiceView& view, WallTime now) {
  page.fact("changed by", view.changed_by);
  std::vector<std::string> texts;
  for (std::size_t i = 0; i < std::min(view.changes.size(), most_changes); ++i) {
    const observe::Change& change = view.changes[i];
    texts.push_back(fmt::format("revision {}, {} ago: {}", change.revision, age_text(change.at, now), change.what));
  }
  page.facts("changes", texts);
}

void add_container(Page& page, const observe::ContainerView& container) {
  page.heading(fmt::format("container {}", container.name));
  page.fact("image", container.image);
  if (!container.command.empty()) page.fact("command", join(container.command, " "));
  page.fact("requests", container.requests);
  page.fact("limits", container.limits);
  for (const observe::ProbeView& probe : container.probes) {
    // What people look for first stays when the window is narrow.
    Line line(probe.result, probe.good ? Colour::green : Colour::yellow);
    page.fact(probe.name, line.add(probe.result.empty() ? "" : "  ").add(probe.check));
    if (!probe.trouble.empty()) page.prose(" ", "the node said: " + replace_all(probe.trouble, "\n", " "));
  }
  std::vector<std::string> variables;
  for (const auto& [name, value] : container.environment) variables.push_back(fmt::format("{}={}", name, value));
  page.facts("environment", variables);
}

void add_pods(Page& page, const observe::ServiceView& view, WallTime now) {
  page.heading("pods");
  if (view.row.pods.empty()) return page.add(Line("  none"));
  Table table({{"NAME"},
               {"STATE"},
               {"READY"},
               {"RESTARTS", Align::left, 5},
               {"AGE", Align::left, 4},
               {"NODE", Align::left, 2},
               {"LAST EXIT", Align::left, 3, true}});
  for (const observe::PodRow& pod : view.row.pods) {
    const std::string ago = age_text(pod.last_restart, now);
    table.add({pod.name, Line(pod.state, pod.ready ? Colour::green : Colour::yellow), pod.ready ? "yes" : "no",
               fmt::format("{}", pod.restarts), age_text(pod.started, now), pod.node,
               ago.empty() ? pod.last_exit : fmt::format("{}, {} ago", pod.last_exit, ago)});
  }
  const Style style = page.indented();
  page.add(table.lines(style, style.terminal ? style.width : 0));
}

void add_events(Page& page, const observe::ServiceView& view, WallTime now) {
  page.heading("events");
  if (view.events.empty()) return page.add(Line("  none that the cluster still has"));
  std::vector<observe::EventRow> newest = view.events;
  if (newest.size() > most_events) newest.erase(newest.begin(), newest.end() - most_events);
  page.add(event_lines(newest, now, page.indented()));
}

}  // namespace

std::vector<Line> service_page(const observe::ServiceView& view, WallTime now, const Style& style) {
  Page page(style);
  add_state(page, view, now, style);
  add_changes(page, view, now);
  for (const observe::ContainerView& container : view.containers) add_container(page, container);
  if (!view.volumes.empty()) page.heading("volumes");
  for (const std::string& volume : view.volumes) page.add(Line("  ").add(volume));
  add_pods(page, view, now);
  add_events(page, view, now);
  return page.take();
}

}  // namespace kforge::ui
