// SPDX-License-Identifier: Apache-2.0
#include "ui/live_progress.hpp"

#include "ui/live_layout.hpp"

#include <algorithm>

namespace kforge::ui {
namespace {

constexpr Milliseconds shortest_pause{100}, longest_pause{1000};

}  // namespace

// One column stays free: terminals differ in what the last one does to the cursor.
int LiveProgress::columns() const {
  const int window = terminal_.width(Stream::err);
  return std::clamp((window > 0 ? window : style_.width) - 1, 20, widest_columns);
}

void LiveProgress::print_header() {
  block_.print_above(paint_all(header_lines(model_, style_, columns()), style_));
}

void LiveProgress::redraw() {
  const int height = terminal_.height(Stream::err);
  const Window window{columns(), (height > 0 ? height : 24) - 1};
  drawn_ = clock_.now();
  changed_ = false;
  block_.draw(block_lines(model_, drawn_, window, style_), style_);
}

void LiveProgress::on_event(const deploy::Event& event) {
  model_.apply(event, clock_.now());
  changed_ = true;
  if (const auto* warning = std::get_if<deploy::WarningText>(&event))
    return block_.print_above(warning_line(warning->text, style_));
  if (std::holds_alternative<deploy::Planned>(event) && !nothing_to_do(model_.plan())) print_header();
  if (std::holds_alternative<deploy::Finished>(event)) return;  // close() draws the last block
  if (clock_.now() - drawn_ >= shortest_pause) redraw();
}

void LiveProgress::on_tick() {
  const auto pause = clock_.now() - drawn_;
  if (pause >= longest_pause || (changed_ && pause >= shortest_pause)) redraw();
}

void LiveProgress::close(const Error* error) {
  const std::optional<deploy::Finished>& run = model_.finished();
  const bool nothing_happened = run && (run->outcome == "nothing to do" || run->outcome == "dry run");
  if (nothing_happened || !run)
    block_.erase();
  else
    redraw();
  block_.release();
  terminal_.err(closing_text(model_, error, style_, detail_));
}

}  // namespace kforge::ui
