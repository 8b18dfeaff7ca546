// SPDX-License-Identifier: Apache-2.0
#include "ui/report.hpp"

#include "base/text.hpp"
#include "ui/error_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace kforge::ui {
namespace {

constexpr std::size_t brief_log_lines = 10, brief_event_lines = 5;
constexpr int label_width = 19;
constexpr int widest = 100;

int report_columns(const Style& style) {
  return style.terminal ? std::min(style.width - 1, widest) : widest;
}

// A part of a source line around the caret that fits `columns`.
struct Excerpt {
  std::string text;
  int caret = 0, length = 1;
};
Excerpt excerpt_of(const SourcePlace& place, int columns, const Style& style) {
  const std::string line = printable(replace_all(place.source_line, "\t", " "));
  const auto start = std::min(line.size(), static_cast<std::size_t>(std::max(0, place.column - 1)));
  const std::size_t first = line.find_first_not_of(' ');
  std::size_t from = first == std::string::npos ? 0 : std::min(first, start);
  if (display_width(line.substr(from, start - from)) + place.length > columns) from = start;
  const Line cut = Line(line.substr(from)).cut(columns, style);
  const int caret = display_width(line.substr(from, start - from));
  return {cut.paint({.utf8 = style.utf8}), caret, std::clamp(place.length, 1, std::max(1, cut.width() - caret))};
}

class Report {
 public:
  Report(const Style& style, Detail detail) : style_(style), detail_(detail), columns_(report_columns(style)) {}

  void add(const deploy::Diagnosis& diagnosis) {
    const rollout::Verdict& verdict = diagnosis.verdict;
    Line head;
    head.add(style_.cross(), Colour::red).add(" ").add(headline(diagnosis), Colour::bold);
    push(head.align_right(Line(verdict.code, Colour::dim), columns_));
    if (!verdict.subject.empty()) push(Line("    ").add(verdict.subject));
    if (const std::string text = extent(diagnosis); !text.empty()) push(Line("    " + text));
    if (diagnosis.place && diagnosis.place->known()) add_place(*diagnosis.place);
    add_words(verdict.pod.empty() ? "the cluster said" : "the node said", verdict.evidence);
    add_log(diagnosis);
    add_events(diagnosis);
  }

  void add_advice(const std::vector<std::string>& advice) {
    if (advice.empty()) return;
    lines_.emplace_back();
    bool first = true;
    for (const std::string& item : advice)
      for (const std::string& line : wrapped(item, columns_ - 12)) {
        Line row(first ? "  do this" : "", Colour::bold);
        lines_.push_back(row.pad_to(12).add(line));
        first = false;
      }
  }

  void push(const Line& line) { lines_.push_back(style_.terminal ? line.cut(columns_, style_) : line); }
  void blank() { lines_.emplace_back(); }
  std::vector<Line> take() { return std::move(lines_); }

 private:
  // "2 of 2 new pods, after 11s"
  static std::string extent(const deploy::Diagnosis& diagnosis) {
    std::vector<std::string> parts;
    const rollout::Verdict& verdict = diagnosis.verdict;
    if (verdict.pods_total > 0)
      parts.push_back(fmt::format("{} of {}", verdict.pods_affected,
                                  counted(static_cast<std::size_t>(verdict.pods_total), "new pod")));
    if (diagnosis.after.count() > 0) parts.push_back("after " + format_duration(diagnosis.after));
    return join(parts, ", ");
  }

  void add_place(const SourcePlace& place) {
    const std::string where = place.to_string();
    const int start = std::max(4 + label_width, 4 + display_width(where) + 3);
    blank();
    Line line("    ");
    line.add(where, Colour::cyan);
    if (place.source_line.empty()) return push(line);
    const Excerpt excerpt = excerpt_of(place, std::max(20, columns_ - start), style_);
    push(line.pad_to(start).add(excerpt.text));
    push(Line()
             .pad_to(start + excerpt.caret)
             .add(std::string(static_cast<std::size_t>(excerpt.length), '^'), Colour::red));
  }

  // A label with text beside it, wrapped.
  void add_words(std::string_view label, const std::string& text) {
    if (text.empty()) return;
    bool first = true;
    for (const std::string& line : wrapped(printable(text), std::max(20, columns_ - 4 - label_width))) {
      Line row("    ");
      row.add(first ? label : "", Colour::dim);
      lines_.push_back(row.pad_to(4 + label_width).add(line));
      first = false;
    }
  }

  void add_quoted(const std::string& title, const std::vector<std::string>& texts, std::size_t most) {
    if (texts.empty()) return;
    blank();
    lines_.push_back(Line("    ").add(title, Colour::dim));
    const std::size_t first = detail_ == Detail::full || texts.size() <= most ? 0 : texts.size() - most;
    if (first > 0) push(Line("      ").add(fmt::format("{} earlier lines, -v shows them", first), Colour::dim));
    for (std::size_t i = first; i < texts.size(); ++i)
      push(Line(style_.utf8 ? "    │ " : "    | ", Colour::dim).add(texts[i]));
  }

  void add_log(const deploy::Diagnosis& diagnosis) {
    add_quoted("last lines of " + diagnosis.log_source + ":", diagnosis.log_lines, brief_log_lines);
  }
  void add_events(const deploy::Diagnosis& diagnosis) {
    if (detail_ == Detail::full || diagnosis.log_lines.empty())
      add_quoted("events:", diagnosis.event_lines, brief_event_lines);
  }

  const Style& style_;
  Detail detail_;
  int columns_;
  std::vector<Line> lines_;
};

std::string names_of(const std::vector<kube::ObjectRef>& objects) {
  constexpr std::size_t most = 4;
  std::vector<std::string> names;
  for (const kube::ObjectRef& object : objects) {
    if (names.size() == most) {
      names.push_back(fmt::format("{} more", objects.size() - most));
      break;
    }
    names.push_back(object.to_string());
  }
  return join(names, ", ");
}

// "not reached: gateway", "applied: 3 objects (…)", "unchanged: 41 objects"
std::vector<std::string> remainder(const deploy::Finished& run) {
  std::vector<std::string> parts;
  std::vector<std::string> tiers;
  for (const project::Tier tier : run.not_reached) tiers.emplace_back(project::to_string(tier));
  if (!tiers.empty()) parts.push_back("not reached: " + join(tiers, ", "));
  parts.push_back(run.applied.empty()
                      ? "applied: nothing"
                      : fmt::format("applied: {} ({})", counted(run.applied.size(), "object"), names_of(run.applied)));
  if (run.summary.unchanged > 0)
    parts.push_back("unchanged: " + counted(static_cast<std::size_t>(run.summary.unchanged), "object"));
  return parts;
}

void add_remainder(Report& report, const deploy::Finished& run) {
  report.blank();
  for (const std::string& part : remainder(run)) report.push(Line(part));
}

// "2 further causes: payment-service (KF2005), …"
std::string further(const std::vector<deploy::Diagnosis>& rest) {
  std::vector<std::string> names;
  for (const deploy::Diagnosis& diagnosis : rest) {
    const std::string name = name_for_people(diagnosis.object, diagnosis.service);
    names.push_back(diagnosis.verdict.code.empty() ? name : fmt::format("{} ({})", name, diagnosis.verdict.code));
  }
  return fmt::format("{}: {}; -v shows all", counted(rest.size(), "further cause"), join(names, ", "));
}

struct Mark {
  std::string_view glyph;
  Colour colour;
};
Mark mark_of(deploy::Action action) {
  using enum deploy::Action;
  switch (action) {
    case create:
      return {"+", Colour::green};
    case update:
      return {"~", Colour::yellow};
    case remove:
      return {"-", Colour::red};
    case conflict:
      return {"!", Colour::red};
    case unchanged:
    case keep:
      return {"", Colour::none};
  }
  return {"", Colour::none};
}

Line success_line(const ProgressModel& model) {
  const deploy::Finished& run = *model.finished();
  const bool down = model.removes();
  const std::string& project = model.started().project;
  const std::string& command = model.started().command;
  const bool verb = model.started().in_place;
  std::string head = verb ? fmt::format("{} done in {}", command, format_duration(run.took))
                          : fmt::format("{} is {} in {}", project, down ? "down" : "up", format_duration(run.took));
  std::string counts = outcome_text(run.summary);
  if (run.outcome == "nothing to do" && verb) {
    head = command + ": nothing to do";
  } else if (run.outcome == "nothing to do") {
    head = project + (down ? " is not deployed, nothing to do" : " is up to date, nothing to do");
  } else if (run.outcome == "applied") {
    head = fmt::format("{} is applied in {}, without waiting for it to work", project, format_duration(run.took));
  } else if (run.outcome == "dry run") {
    head = "the server accepts the plan, nothing was changed";
    counts = plan_text(model);
  }
  Line line(head, Colour::bold);
  return counts.empty() ? line : line.add(": " + counts);
}

std::vector<Line> success(const ProgressModel& model, const Style& style) {
  const deploy::Finished& run = *model.finished();
  std::vector<Line> lines;
  if (run.outcome == "dry run") lines = change_lines(model, style);
  lines.push_back(Line().add(style.tick(), Colour::green).add(" ").add(success_line(model)));
  const auto add = [&](std::string_view label, const std::vector<std::string>& texts) {
    for (std::size_t i = 0; i < texts.size(); ++i) {
      Line row(i == 0 ? label : "", Colour::dim);
      lines.push_back(row.pad_to(8).add(texts[i]));
    }
  };
  add("  next", run.next_steps);
  add("  note", run.remarks);
  return lines;
}

// Ended by a signal.
std::vector<Line> stopped(const ProgressModel& model, const Style& style) {
  const deploy::Finished& run = *model.finished();
  Report report(style, Detail::brief);
  Line head;
  head.add(style.cross(), Colour::red).add(" ");
  head.add(fmt::format("{} after {}", run.outcome, format_duration(run.took)), Colour::bold);
  report.push(head);
  add_remainder(report, run);
  std::vector<std::string> advice = run.next_steps;
  if (advice.empty())
    advice.push_back(fmt::format("run `kforge {}` again: it goes on where it stopped", model.started().command));
  report.add_advice(advice);
  return report.take();
}

}  // namespace

std::vector<deploy::Diagnosis> by_weight(std::vector<deploy::Diagnosis> diagnoses) {
  std::ranges::stable_sort(diagnoses, [](const deploy::Diagnosis& a, const deploy::Diagnosis& b) {
    if (a.timed_out != b.timed_out) return !a.timed_out;
    if (a.verdict.code.empty() != b.verdict.code.empty()) return !a.verdict.code.empty();
    return a.verdict.pods_affected > b.verdict.pods_affected;
  });
  return diagnoses;
}

std::string headline(const deploy::Diagnosis& diagnosis) {
  const rollout::Verdict& verdict = diagnosis.verdict;
  const std::string name = name_for_people(diagnosis.object, diagnosis.service);
  const std::string what = verdict.message.empty() ? verdict.reason : verdict.message;
  return fmt::format("{} {}: {}", name, diagnosis.timed_out ? "was not ready in time" : "failed", what);
}

std::string remedy(const deploy::Diagnosis& diagnosis) {
  const rollout::Cause* cause = rollout::find_cause(diagnosis.verdict.code);
  return cause == nullptr ? std::string() : std::string(cause->hint);
}

std::vector<Line> failure_report(const ProgressModel& model, const Style& style, Detail detail) {
  const std::vector<deploy::Diagnosis> causes = by_weight(model.diagnoses());
  const std::size_t shown = detail == Detail::full ? causes.size() : 1;
  Report report(style, detail);
  for (std::size_t i = 0; i < shown; ++i) {
    if (i > 0) report.blank();
    report.add(causes[i]);
  }
  std::vector<std::string> advice;
  if (const std::string hint = remedy(causes.front()); !hint.empty()) advice.push_back(hint);
  if (model.finished())
    for (const std::string& step : model.finished()->next_steps) advice.push_back(step);
  if (!causes.front().verdict.code.empty())
    advice.push_back(fmt::format("`kforge explain {}` has more", causes.front().verdict.code));
  report.add_advice(advice);
  if (shown < causes.size()) {
    report.blank();
    report.push(Line("+ ").add(further({causes.begin() + static_cast<std::ptrdiff_t>(shown), causes.end()})));
  }
  if (model.finished()) add_remainder(report, *model.finished());
  return report.take();
}

std::vector<Line> change_lines(const ProgressModel& model, const Style& style) {
  std::vector<Line> lines;
  for (const StageProgress& stage : model.stages())
    for (const deploy::ObjectApplied& item : stage.done) {
      const Mark mark = mark_of(item.action);
      if (mark.glyph.empty()) continue;
      Line line(mark.glyph, mark.colour);
      line.add(" " + item.object.to_string());
      if (!item.detail.empty()) line.add("   ").add(item.detail, Colour::dim);
      lines.push_back(style.terminal ? line.cut(style.width - 1, style) : line);
    }
  return lines;
}

std::string closing_text(const ProgressModel& model, const Error* error, const Style& style, Detail detail) {
  const std::optional<deploy::Finished>& run = model.finished();
  if (error == nullptr) return run ? paint_all(success(model, style), style) : std::string();
  if (!model.diagnoses().empty()) return "\n" + paint_all(failure_report(model, style, detail), style);
  const bool signalled = error->kind == ErrorKind::interrupted || error->kind == ErrorKind::terminated;
  if (signalled && run) return "\n" + paint_all(stopped(model, style), style);
  std::string text = error_text(*error, style);
  if (!run || run->applied.empty()) return text;  // nothing was begun: the error has the last word
  Report report(style, detail);
  add_remainder(report, *run);
  return text + paint_all(report.take(), style);
}

std::string warning_line(const std::string& text, const Style& style) {
  return Line().add(style.warn(), Colour::yellow).add(" ").add(text).paint(style) + "\n";
}

}  // namespace kforge::ui
