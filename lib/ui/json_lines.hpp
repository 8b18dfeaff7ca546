// SPDX-License-Identifier: Apache-2.0
// The event stream as NDJSON: one object a line, the last one of type "summary".
#pragma once

#include "os/clock.hpp"
#include "ui/view.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>

namespace kforge::ui {

// Takes complete lines.
using Sink = std::function<void(std::string_view)>;

class JsonLines final : public View {
 public:
  JsonLines(Sink sink, const Clock& clock) : sink_(std::move(sink)), clock_(clock) {}
  void on_event(const deploy::Event& event) override;
  // Writes the summary, with the error when there is one.
  void close(const Error* error) override;

 private:
  void write(Json event);

  Sink sink_;
  const Clock& clock_;
  std::uint64_t sequence_ = 0;
  std::optional<deploy::Finished> finished_;
};

// "2026-01-02T03:04:05.678Z"
std::string timestamp_ms(WallTime time);

}  // namespace kforge::ui
