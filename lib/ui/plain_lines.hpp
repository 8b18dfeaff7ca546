// SPDX-License-Identifier: Apache-2.0
// The view of pipes and CI: a line per change of state with the time since the start, and a heartbeat in between.
#pragma once

#include "os/clock.hpp"
#include "ui/progress_model.hpp"
#include "ui/report.hpp"
#include "ui/view.hpp"

#include <set>
#include <string>
#include <utility>
#include <vector>

namespace kforge::ui {

// Whether the lines of a stage are folded by the log viewer (::group:: of GitHub Actions).
enum class Groups { none, github };

class PlainLines final : public View {
 public:
  PlainLines(Terminal& terminal, const Clock& clock, const Style& style, Detail detail, Groups groups = Groups::none)
      : terminal_(terminal), clock_(clock), style_(style), detail_(detail), groups_(groups) {}

  void on_event(const deploy::Event& event) override;
  // Prints what came together since the last tick; after 30 s of silence, what is waited for.
  void on_tick() override;
  // How the run ended.
  void close(const Error* error) override;

 private:
  void line(const std::string& text, Colour colour = Colour::none);
  void on_planned();
  void on_stage(project::Tier tier);
  void on_state(const deploy::ObjectState& event);
  void on_stage_ended(const deploy::StageEnded& event);
  void flush_applied();
  void flush_ready();
  void heartbeat();
  void end_group();
  const WatchedObject* known(const deploy::ObjectState& event) const;

  Terminal& terminal_;
  const Clock& clock_;
  Style style_;
  Detail detail_;
  Groups groups_;
  ProgressModel model_;
  bool in_group_ = false;
  Clock::time_point last_line_{}, last_flush_{}, applied_since_{}, applied_last_{};
  std::vector<deploy::ObjectApplied> applied_;                // not yet told
  std::vector<std::string> ready_;                            // not yet told
  std::set<std::pair<kube::ObjectRef, std::string>> causes_;  // told
};

}  // namespace kforge::ui
