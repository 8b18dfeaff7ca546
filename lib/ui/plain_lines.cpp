// SPDX-License-Identifier: Apache-2.0
#include "ui/plain_lines.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace kforge::ui {
namespace {

constexpr std::chrono::seconds heartbeat_pause{30}, flush_pause{1};
constexpr Milliseconds applied_pause{200};  // without another write: the line of what was applied is complete

std::string seconds_with_tenths(Milliseconds length) {
  return fmt::format("{}.{}s", length.count() / 1000, length.count() / 100 % 10);
}

std::string past_tense(deploy::Action action) {
  using enum deploy::Action;
  switch (action) {
    case create:
      return "created";
    case update:
      return "changed";
    case remove:
      return "deleted";
    case unchanged:
      return "unchanged";
    case keep:
      return "kept";
    case conflict:
      return "in conflict";
  }
  return {};
}

// "order-service changed (image v1.0.0 -> v1.1.0), 12 created": changes by name, the rest counted.
std::string applied_text(const std::vector<deploy::ObjectApplied>& applied) {
  constexpr std::size_t most_names = 6;
  std::vector<std::string> parts;
  std::map<deploy::Action, std::size_t> counts;
  for (const deploy::ObjectApplied& item : applied) {
    if (item.detail.empty() || parts.size() == most_names)
      ++counts[item.action];
    else
      parts.push_back(fmt::format("{} {} ({})", item.object.to_string(), past_tense(item.action), item.detail));
  }
  for (const auto& [action, count] : counts) parts.push_back(fmt::format("{} {}", count, past_tense(action)));
  return join(parts, ", ");
}

// "postgres 1/1, keycloak 2/2" of what is ready.
std::string ready_text(const StageProgress& stage) {
  constexpr std::size_t most_names = 8;
  std::vector<std::string> names;
  std::size_t ready = 0;
  for (const WatchedObject* object : stage.counted()) {
    ready += object->ready() ? 1 : 0;
    if (object->ready() && object->counts) names.push_back(object->name + " " + object->ready_count());
  }
  if (names.empty() || names.size() > most_names) return ready == 0 ? std::string() : fmt::format("{} objects", ready);
  return join(names, ", ");
}

}  // namespace

void PlainLines::line(const std::string& text, Colour colour) {
  const auto since = std::chrono::duration_cast<Milliseconds>(clock_.now() - model_.began());
  Line row(fmt::format("[{}] ", seconds_with_tenths(since)), Colour::dim);
  terminal_.err(row.add(text, colour).paint(style_) + "\n");
  last_line_ = clock_.now();
}

void PlainLines::end_group() {
  if (in_group_) terminal_.err("::endgroup::\n");
  in_group_ = false;
}

const WatchedObject* PlainLines::known(const deploy::ObjectState& event) const {
  for (const StageProgress& stage : model_.stages())
    if (const auto found = stage.positions.find(event.object); found != stage.positions.end())
      return &stage.watched[found->second];
  return nullptr;
}

void PlainLines::on_event(const deploy::Event& event) {
  if (const auto* state = std::get_if<deploy::ObjectState>(&event)) on_state(*state);
  model_.apply(event, clock_.now());
  std::visit(Overloaded{[&](const deploy::Planned&) { on_planned(); },
                        [&](const deploy::StageStarted& started) { on_stage(started.tier); },
                        [&](const deploy::ObjectApplied& applied) {
                          if (applied.action == deploy::Action::unchanged) return;
                          applied_last_ = clock_.now();
                          if (applied_.empty()) applied_since_ = applied_last_;
                          applied_.push_back(applied);
                        },
                        [&](const deploy::StageEnded& ended) { on_stage_ended(ended); },
                        [&](const deploy::WarningText& warning) { line("warning: " + warning.text, Colour::yellow); },
                        [](const auto&) {}},
             event);
}

void PlainLines::on_planned() {
  const deploy::Started& run = model_.started();
  std::string text = fmt::format("{} -> {}", run.project, run.context.empty() ? run.server : run.context);
  if (!run.user.empty()) text += " as " + run.user;
  if (!run.environment.empty()) text += ", environment " + run.environment;
  line(text + ": " + plan_text(model_));
  if (!model_.plan().restarts.empty()) line("restarts: " + join(model_.plan().restarts, ", "));
}

void PlainLines::on_stage(project::Tier tier) {
  end_group();
  if (groups_ != Groups::github) return;
  terminal_.err(fmt::format("::group::{}\n", project::to_string(tier)));
  in_group_ = true;
}

// Called before the model knows the new state. Ordinary waiting is left to the heartbeat; a probable cause is told
// once.
void PlainLines::on_state(const deploy::ObjectState& event) {
  const WatchedObject* before = known(event);
  const std::string name = name_for_people(event.object, event.service);
  if (event.verdict.state == rollout::State::failed) {
    if (before != nullptr && before->failed()) return;
    flush_applied();  // what happened first is told first
    line(name + " failed: " + event.verdict.message, Colour::red);
  } else if (event.verdict.state == rollout::State::waiting) {
    if (event.verdict.code.empty() || !causes_.emplace(event.object, event.verdict.code).second) return;
    flush_applied();
    line(fmt::format("{} waiting: {}", name, event.verdict.message), Colour::yellow);
  } else if (before != nullptr && !before->ready() && event.counts) {
    ready_.push_back(fmt::format("{} {}/{}", name, event.counts->ready, event.counts->wanted));
  }
}

void PlainLines::on_stage_ended(const deploy::StageEnded& event) {
  flush_applied();
  ready_.clear();  // the line of the stage says it
  end_group();
  const auto stage = std::ranges::find(model_.stages(), event.tier, &StageProgress::tier);
  const std::string tier(project::to_string(event.tier));
  if (!event.ready) return line(tier + " failed", Colour::red);
  if (model_.removes()) return line(tier + " removed", Colour::green);
  if (stage->watched.empty() && stage->changed() > 0) return;  // applied, and not waited for
  const std::string what = ready_text(*stage);
  line(tier + " ready" + (what.empty() ? "" : ": " + what), Colour::green);
}

void PlainLines::close(const Error* error) {
  const std::optional<deploy::Finished>& run = model_.finished();
  if (run && run->outcome == "dry run")
    applied_.clear();  // they are listed, not applied
  else
    flush_applied();
  end_group();
  if (error != nullptr || !run || run->outcome == "dry run") {
    terminal_.err(closing_text(model_, error, style_, detail_));
    return;
  }
  std::string text = fmt::format("{}: {} in {}", run->outcome, model_.started().project, format_duration(run->took));
  if (const std::string counts = outcome_text(run->summary); !counts.empty()) text += ": " + counts;
  line(text, Colour::green);
  for (const std::string& remark : run->remarks) line("note: " + remark);
}

void PlainLines::flush_applied() {
  if (applied_.empty()) return;
  line(fmt::format("{}{}: {}", project::to_string(applied_.front().tier), model_.removes() ? "" : " applied",
                   applied_text(applied_)));
  applied_.clear();
}

void PlainLines::flush_ready() {
  if (ready_.empty()) return;
  line("ready: " + join(ready_, ", "));
  ready_.clear();
}

void PlainLines::heartbeat() {
  constexpr std::size_t most_names = 5;
  const StageProgress* stage = model_.current();
  if (stage == nullptr) return line("working");
  std::vector<std::string> parts;
  std::size_t more = 0;
  for (const WatchedObject& object : stage->watched) {
    if (!object.waiting()) continue;
    if (parts.size() == most_names) {
      ++more;
      continue;
    }
    const auto age = std::chrono::duration_cast<Milliseconds>(clock_.now() - object.since);
    parts.push_back(fmt::format("{} {} {}", object.name, object.verdict.message, format_duration(age)));
  }
  if (more > 0) parts.push_back(fmt::format("and {} more", more));
  line("waiting: " + (parts.empty() ? std::string(project::to_string(stage->tier)) : join(parts, "; ")));
}

void PlainLines::on_tick() {
  const auto now = clock_.now();
  if (now - applied_since_ >= flush_pause || now - applied_last_ >= applied_pause) flush_applied();
  if (now - last_flush_ >= flush_pause) {
    flush_ready();
    last_flush_ = now;
  }
  if (model_.planned() && now - last_line_ >= heartbeat_pause) heartbeat();
}

}  // namespace kforge::ui
