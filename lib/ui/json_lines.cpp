// SPDX-License-Identifier: Apache-2.0
#include "ui/json_lines.hpp"

#include "ui/error_text.hpp"
#include "ui/event_json.hpp"

namespace kforge::ui {

std::string timestamp_ms(WallTime time) {
  std::string text = format_rfc3339_micro(time);
  return text.erase(text.size() - 4, 3);  // of six decimals, the last three
}

void JsonLines::write(Json event) {
  event["v"] = 1;
  event["ts"] = timestamp_ms(clock_.wall_time());
  event["seq"] = ++sequence_;
  sink_(line_text(event));
}

void JsonLines::on_event(const deploy::Event& event) {
  if (const auto* finished = std::get_if<deploy::Finished>(&event))
    finished_ = *finished;  // written last, by close()
  else
    write(event_json(event));
}

void JsonLines::close(const Error* error) {
  deploy::Finished nothing_happened;
  nothing_happened.outcome = "failed";
  Json summary = event_json(finished_.value_or(nothing_happened));
  summary["error"] = nullptr;
  if (error != nullptr) {
    summary["error"] = {{"kind", name_of(error->kind)}, {"code", error->code}, {"message", error->what()}};
    if (!finished_) summary.erase("exitCode");
  }
  write(std::move(summary));
}

}  // namespace kforge::ui
