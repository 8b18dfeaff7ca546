// SPDX-License-Identifier: Apache-2.0
// The live view of a terminal: a header that stays and a block that redraws in place on stderr.
#pragma once

#include "os/clock.hpp"
#include "ui/live_block.hpp"
#include "ui/progress_model.hpp"
#include "ui/report.hpp"
#include "ui/view.hpp"

namespace kforge::ui {

class LiveProgress final : public View {
 public:
  LiveProgress(Terminal& terminal, const Clock& clock, const Style& style, Detail detail)
      : terminal_(terminal), clock_(clock), style_(style), detail_(detail), block_(terminal, Stream::err) {}

  void on_event(const deploy::Event& event) override;
  // Redraws when something changed or a second has passed, at most ten times a second.
  void on_tick() override;
  // Leaves the last block, and below it how the run ended.
  void close(const Error* error) override;
  void make_way() override { block_.erase(); }

 private:
  int columns() const;
  void print_header();
  void redraw();

  Terminal& terminal_;
  const Clock& clock_;
  Style style_;
  Detail detail_;
  LiveBlock block_;
  ProgressModel model_;
  bool changed_ = false;
  Clock::time_point drawn_{};
};

}  // namespace kforge::ui
