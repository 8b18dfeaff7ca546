// SPDX-License-Identifier: Apache-2.0
#include "ui/release_view.hpp"

#include "base/text.hpp"
#include "ui/status_table.hpp"
#include "ui/table.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace kforge::ui {
namespace {

using deploy::Release;
using deploy::ReleaseStatus;

constexpr int label_column = 10;
constexpr std::size_t short_commit = 8;

Colour colour_of(ReleaseStatus status, bool current) {
  switch (status) {
    case ReleaseStatus::deployed:
      return current ? Colour::green : Colour::dim;
    case ReleaseStatus::pending:
      return Colour::yellow;
    case ReleaseStatus::failed:
    case ReleaseStatus::interrupted:
    case ReleaseStatus::rolled_back:
      return Colour::red;
  }
  return Colour::none;
}

std::string commit_of(const Release& release) {
  const std::string commit = release.commit.substr(0, short_commit);
  return release.branch.empty() || commit.empty() ? commit : fmt::format("{} ({})", commit, release.branch);
}

std::string length_of(const Release& release) {
  const auto took = release.took();
  return took ? format_duration(std::chrono::round<std::chrono::seconds>(*took)) : std::string();
}

class Facts {
 public:
  explicit Facts(const Style& style) : style_(style) {}
  void add(std::string_view label, const std::string& text) {
    if (text.empty()) return;
    for (Line& line : beside(Line(label, Colour::dim).pad_to(label_column), text, style_))
      lines_.push_back(std::move(line));
  }
  // Below it where the window is too narrow for both.
  void add_detailed(const Line& line, const std::string& detail) {
    const Line both = Line(line).add(detail.empty() ? "" : "   ").add(detail, Colour::dim);
    if (!style_.terminal || both.width() <= style_.width) return lines_.push_back(both);
    lines_.push_back(line);
    lines_.push_back(Line("      ").add(detail, Colour::dim));
  }
  void heading(std::string_view text) {
    lines_.emplace_back();
    lines_.emplace_back(text, Colour::bold);
  }
  void add(Line line) { lines_.push_back(std::move(line)); }
  std::vector<Line> take() {
    if (style_.terminal)
      for (Line& line : lines_) line = line.cut(style_.width, style_);
    return std::move(lines_);
  }

 private:
  const Style& style_;
  std::vector<Line> lines_;
};

}  // namespace

std::string shown_status(const std::vector<Release>& releases, const Release& release) {
  const auto newest = std::ranges::find(releases, ReleaseStatus::deployed, &Release::status);
  const bool replaced = release.status == ReleaseStatus::deployed && newest->number != release.number;
  return replaced ? "superseded" : std::string(deploy::to_string(release.status));
}

std::vector<Line> history_lines(const std::vector<Release>& releases, WallTime now, const Style& style) {
  Table table({{"RELEASE"},
               {"STATUS"},
               {"WHEN"},
               {"TOOK", Align::right, 2},
               {"BY", Align::left, 3},
               {"COMMIT", Align::left, 1},
               {"WHAT", Align::left, 0, true, 30}});
  for (const Release& release : releases) {
    const std::string status = shown_status(releases, release), purpose = deploy::purpose_of(release);
    table.add({deploy::release_name(release.number), Line(status, colour_of(release.status, status == "deployed")),
               release.started ? age_text(release.started, now) + " ago" : std::string(), length_of(release),
               release.by, commit_of(release), purpose.empty() ? release.action : purpose});
  }
  return table.lines(style, style.terminal ? style.width : 0);
}

std::vector<Line> release_lines(const Release& release, const std::string& status, const Style& style) {
  Facts facts(style);
  Line head(deploy::release_name(release.number), Colour::bold);
  facts.add(head.add(" ").add(status, colour_of(release.status, status == "deployed")));
  facts.add("what", deploy::purpose_of(release));
  facts.add("why", release.failure);
  facts.add("started", release.started ? format_rfc3339(*release.started) : "");
  facts.add("took", length_of(release));
  facts.add("by", release.by);
  facts.add("commit",
            release.commit + (release.branch.empty() || release.commit.empty() ? "" : " of " + release.branch));
  facts.add("job", release.url);
  facts.add("tool", release.tool);
  if (!release.stages.empty()) facts.heading("stages");
  for (const deploy::ReleaseStage& stage : release.stages)
    facts.add(Line("  ").add(stage.tier).pad_to(label_column + 4).add(format_duration(stage.took)));
  if (!release.changes.empty()) facts.heading("changed");
  for (const deploy::ReleaseChange& change : release.changes) {
    Line line("  ");
    line.add(change.action == "create" ? "+" : "~", change.action == "create" ? Colour::green : Colour::yellow);
    facts.add_detailed(line.add(" " + change.object.to_string()), change.detail);
  }
  if (!release.images.empty()) facts.heading("images");
  for (const auto& [image, digest] : release.images) facts.add_detailed(Line("  ").add(image), digest);
  return facts.take();
}

Json release_document(const Release& release, const std::string& status) {
  Json document = deploy::release_json(release);
  for (const char* internal : {"v", "parts", "salt", "run"}) document.erase(internal);
  document["release"] = release.number;
  document["status"] = status;
  return document;
}

}  // namespace kforge::ui
