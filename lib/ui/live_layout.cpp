// SPDX-License-Identifier: Apache-2.0
#include "ui/live_layout.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace kforge::ui {
namespace {

constexpr int stage_column = 3;
constexpr int text_column = 16;
constexpr int object_column = 5;

// How much is folded away to make the block fit.
struct Folding {
  bool finished_stages = false, pending_stages = false;
  std::size_t waiting_rows = 0;  // most rows of waiting objects; 0: all
};

// Running times tick once a second.
std::string whole_seconds(Milliseconds length) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(length);
  return seconds.count() < 60 ? fmt::format("{}s", std::max<std::int64_t>(0, seconds.count()))
                              : format_duration(seconds);
}

class Layout {
 public:
  Layout(const ProgressModel& model, Clock::time_point now, int columns, const Style& style)
      : model_(model), now_(now), columns_(columns), narrow_(columns < narrow_columns), style_(style) {}

  std::vector<Line> lines(const Folding& folding) {
    lines_.clear();
    std::vector<const StageProgress*> folded, pending;
    for (const StageProgress& stage : model_.stages()) {
      if (stage.state == StageState::ready && folding.finished_stages) {
        folded.push_back(&stage);
        continue;
      }
      flush_folded(folded);
      if (stage.state == StageState::pending && folding.pending_stages)
        pending.push_back(&stage);
      else
        add_stage(stage, folding);
    }
    flush_folded(folded);
    if (!pending.empty()) add_pending(pending);
    add_failures();
    return std::move(lines_);
  }

 private:
  Line marked(std::string_view glyph, Colour colour) const {
    return Line(" ").add(glyph, colour).pad_to(style_.utf8 ? stage_column : stage_column + 1);
  }

  int text_start() const { return style_.utf8 ? text_column : text_column + 1; }

  void push(const Line& line) { lines_.push_back(line.cut(columns_, style_)); }

  // Adds the time at the right edge; the text gives way.
  void push_timed(Line line, const std::string& length) {
    const Line time(length, Colour::dim);
    if (narrow_) return push(line.add(" ").add(time));
    push(line.cut(columns_ - time.width() - 2, style_).align_right(time, columns_));
  }

  void add_stage(const StageProgress& stage, const Folding& folding) {
    switch (stage.state) {
      case StageState::pending:
        return add_pending({&stage});
      case StageState::ready:
        return push_timed(stage_line(stage, style_.tick(), Colour::green).add(finished_text(stage)),
                          format_duration(stage.took));
      case StageState::failed:
        return push_timed(stage_line(stage, style_.cross(), Colour::red).add(running_text(stage)),
                          format_duration(stage.took));
      case StageState::running:
        push_timed(stage_line(stage, style_.dot(), Colour::cyan).add(running_text(stage)),
                   whole_seconds(elapsed(stage)));
        return add_waiting(stage, folding.waiting_rows);
    }
  }

  Line stage_line(const StageProgress& stage, std::string_view glyph, Colour colour) const {
    Line line = marked(glyph, colour).add(project::to_string(stage.tier), Colour::bold);
    return narrow_ ? line.add(" ") : line.pad_to(text_start());
  }

  Milliseconds elapsed(const StageProgress& stage) const {
    return std::chrono::duration_cast<Milliseconds>(now_ - stage.started);
  }

  // "postgres 1/1", "4 ready", "24 deleted": what a finished stage brought up or took away.
  Line finished_text(const StageProgress& stage) const {
    if (model_.removes()) return Line(fmt::format("{} deleted", stage.changed()));
    const Line text = counted_objects(stage);
    const int room = columns_ - text_start() - 8;
    if (!text.empty() && text.width() <= room && !narrow_) return text;
    const std::size_t ready = ready_of(stage);
    if (stage.watched.empty() && stage.changed() > 0) return Line(fmt::format("{} applied", stage.changed()));
    return Line(ready > 0 ? fmt::format("{} ready", ready) : "ready");
  }

  static std::size_t ready_of(const StageProgress& stage) {
    std::size_t ready = 0;
    for (const WatchedObject* object : stage.counted()) ready += object->ready() ? 1 : 0;
    return ready;
  }

  // Ready objects with counts, "product-service 2/2".
  Line counted_objects(const StageProgress& stage) const {
    Line text;
    for (const WatchedObject& object : stage.watched)
      if (object.ready() && object.counts) {
        if (!text.empty()) text.add("   ");
        text.add(object.name + " " + object.ready_count());
        if (stage.state == StageState::running) text.add(" ").add(style_.tick(), Colour::green);
      }
    return text;
  }

  Line running_text(const StageProgress& stage) const {
    const char* verb = model_.removes() ? "deleting" : "applying";
    if (stage.watched.empty() || model_.removes())
      return Line(stage.to_change == 0 ? "checking" : fmt::format("{} {}/{}", verb, stage.changed(), stage.to_change));
    const Line text = counted_objects(stage);
    if (!text.empty() && text.width() <= columns_ - text_start() - 10 && !narrow_) return text;
    const std::size_t all = stage.counted().size();
    return Line(all == 1 ? "" : fmt::format("{} of {} ready", ready_of(stage), all));  // one alone has a row below
  }

  // "pulling image 9s (of 5m)": the message with how long it has been so.
  Line waiting_text(const WatchedObject& object) const {
    Line text(object.verdict.message.empty() ? "waiting" : object.verdict.message);
    const auto age = std::chrono::duration_cast<Milliseconds>(now_ - object.since);
    text.add(" " + whole_seconds(age), Colour::yellow);
    if (object.limit.count() > 0 && !narrow_)
      text.add(fmt::format(" (of {})", format_duration(object.limit)), Colour::dim);
    return text;
  }

  void add_waiting(const StageProgress& stage, std::size_t most) {
    std::vector<const WatchedObject*> waiting;
    for (const WatchedObject& object : stage.watched)
      if (object.waiting()) waiting.push_back(&object);
    std::ranges::stable_sort(waiting, {}, &WatchedObject::since);  // longest first: the likeliest trouble
    const std::size_t shown = most == 0 ? waiting.size() : std::min(most, waiting.size());
    int names = 0;
    for (std::size_t i = 0; i < shown; ++i) names = std::max(names, display_width(waiting[i]->name));
    for (std::size_t i = 0; i < shown; ++i) {
      Line line;
      line.pad_to(narrow_ ? 2 : object_column).add(waiting[i]->name);
      if (narrow_)
        line.add(" ");
      else
        line.pad_to(object_column + names + 3);
      push(line.add(waiting_text(*waiting[i])));
    }
    if (shown < waiting.size())
      push(Line()
               .pad_to(narrow_ ? 2 : object_column)
               .add(fmt::format("and {} more", waiting.size() - shown), Colour::dim));
  }

  void add_pending(const std::vector<const StageProgress*>& stages) {
    const StageProgress* current = model_.current();
    std::vector<std::string> names;
    for (const StageProgress* stage : stages) names.emplace_back(project::to_string(stage->tier));
    Line line = marked(" ", Colour::none).add(join(names, ", "), Colour::dim);
    if (!narrow_ && stages.size() == 1) line.pad_to(text_start());
    if (narrow_ || stages.size() > 1) line.add(" ");
    const std::vector<std::string>& members = stages.front()->members;
    const bool one_thing = stages.size() == 1 && members.size() < 2;
    std::string text = stages.size() == 1 && !members.empty() ? join(members, ", ") + " " : "";
    text += one_thing ? "waits" : "wait";
    if (current != nullptr) text += fmt::format(" for {}", project::to_string(current->tier));
    push(line.add(text, Colour::dim));
  }

  void flush_folded(std::vector<const StageProgress*>& folded) {
    if (folded.empty()) return;
    std::vector<std::string> names;
    Milliseconds took{};
    for (const StageProgress* stage : folded) {
      names.emplace_back(project::to_string(stage->tier));
      took += stage->took;
    }
    push_timed(marked(style_.tick(), Colour::green).add(join(names, ", ")), format_duration(took));
    folded.clear();
  }

  void add_failures() {
    for (const StageProgress& stage : model_.stages())
      for (const WatchedObject& object : stage.watched)
        if (object.failed())
          push(marked(style_.cross(), Colour::red)
                   .add(object.name, Colour::bold)
                   .add("   ")
                   .add(object.verdict.message));
  }

  const ProgressModel& model_;
  Clock::time_point now_;
  int columns_;
  bool narrow_;
  const Style& style_;
  std::vector<Line> lines_;
};

}  // namespace

std::vector<Line> header_lines(const ProgressModel& model, const Style& style, int columns) {
  const deploy::Started& run = model.started();
  Line where(run.project, Colour::bold);
  where.add(" ").add(style.arrow()).add(" ").add(run.context.empty() ? run.server : run.context);
  if (!run.context.empty() && columns >= narrow_columns) where.add(" (" + run.server + ")", Colour::dim);
  if (!run.user.empty()) where.add(" as " + run.user);
  if (!run.environment.empty()) where.align_right("environment " + run.environment, columns);
  Line plan("  " + plan_text(model));
  if (!model.plan().restarts.empty()) {
    const Line restarts("restarts: " + join(model.plan().restarts, ", "), Colour::yellow);
    if (plan.width() + 2 + restarts.width() <= columns)
      plan.align_right(restarts, columns);
    else
      return {where.cut(columns, style), plan.cut(columns, style), Line("  ").add(restarts).cut(columns, style),
              Line(style.rule(columns), Colour::dim)};
  }
  return {where.cut(columns, style), plan.cut(columns, style), Line(style.rule(columns), Colour::dim)};
}

std::vector<Line> block_lines(const ProgressModel& model, Clock::time_point now, const Window& window,
                              const Style& style) {
  Layout layout(model, now, window.columns, style);
  const auto most = static_cast<std::size_t>(std::max(1, window.lines));
  Folding folding;
  std::vector<Line> lines = layout.lines(folding);
  for (bool* fold : {&folding.finished_stages, &folding.pending_stages}) {
    if (lines.size() <= most) return lines;
    *fold = true;
    lines = layout.lines(folding);
  }
  if (lines.size() <= most) return lines;
  const StageProgress* current = model.current();
  const std::size_t waiting = current == nullptr ? 0 : current->waiting();
  const std::size_t fixed = lines.size() - waiting + 1;
  folding.waiting_rows = most > fixed ? most - fixed : 1;
  lines = layout.lines(folding);
  if (lines.size() > most) lines.erase(lines.begin(), lines.end() - static_cast<std::ptrdiff_t>(most));
  return lines;
}

}  // namespace kforge::ui
