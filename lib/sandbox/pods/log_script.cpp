// SPDX-License-Identifier: Apache-2.0
#include "sandbox/pods/log_script.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace kforge::sandbox {
namespace {

constexpr std::chrono::microseconds banner_step{12'000}, request_step{5'000'000};

std::vector<std::string> banner_of(const std::string& name, const std::string& image, int port) {
  if (contains(image, "postgres"))
    return {"PostgreSQL Database directory appears to contain a database; Skipping initialization",
            "LOG:  starting PostgreSQL on x86_64-pc-linux-gnu, 64-bit",
            "LOG:  listening on IPv4 address \"0.0.0.0\", port 5432",
            "LOG:  database system is ready to accept connections"};
  if (contains(image, "keycloak"))
    return {"INFO  [io.quarkus] (main) Keycloak on JVM (powered by Quarkus) started. Listening on: http://0.0.0.0:8080",
            "INFO  [io.quarkus] (main) Profile prod activated."};
  if (contains(image, "kong"))
    return {"[notice] 1#0: start worker processes", "[notice] 1#0: declarative config loaded from /kong/kong.yml"};
  std::vector<std::string> lines{fmt::format("{} starting ({})", name, image)};
  if (port > 0) lines.push_back(fmt::format("{} listening on port {}", name, port));
  return lines;
}

}  // namespace

LogScript::LogScript(std::string name, std::string image, int port, WallTime started_at)
    : name_(std::move(name)),
      image_(std::move(image)),
      started_at_(started_at),
      banner_(banner_of(name_, image_, port)) {}

void LogScript::end(WallTime at, std::vector<std::string> last_words) {
  ended_at_ = at;
  last_words_ = std::move(last_words);
}

std::size_t LogScript::count_until(WallTime time) const {
  const WallTime until = ended_at_ ? std::min(time, *ended_at_) : time;
  std::size_t count = 0;
  for (; count < banner_.size(); ++count)
    if (started_at_ + banner_step * (static_cast<std::int64_t>(count) + 1) > until) break;
  if (until > started_at_) count += static_cast<std::size_t>((until - started_at_) / request_step);
  if (ended_at_ && time >= *ended_at_) count += last_words_.size();
  return count;
}

std::optional<WallTime> LogScript::time_of(std::size_t number) const {
  const std::size_t before_end = ended_at_ ? count_until(*ended_at_) - last_words_.size() : number + 1;
  if (number >= before_end) return number < before_end + last_words_.size() ? ended_at_ : std::nullopt;
  if (number < banner_.size()) return started_at_ + banner_step * (static_cast<std::int64_t>(number) + 1);
  return started_at_ + request_step * (static_cast<std::int64_t>(number - banner_.size()) + 1);
}

LogLine LogScript::line(std::size_t number) const {
  const WallTime time = time_of(number).value_or(started_at_);
  const std::size_t before_end = ended_at_ ? count_until(*ended_at_) - last_words_.size() : number + 1;
  if (number >= before_end) return {time, last_words_[number - before_end]};
  if (number < banner_.size()) return {time, banner_[number]};
  const std::size_t request = number - banner_.size() + 1;
  return {time, fmt::format("request {}: GET /health 200 {}ms", request, 1 + request * 7 % 11)};
}

std::vector<LogLine> LogScript::lines(WallTime since, WallTime until, std::size_t most) const {
  const std::size_t end = count_until(until);
  std::size_t begin = since < started_at_ ? 0 : count_until(since);
  if (end - std::min(begin, end) > most) begin = end - most;
  std::vector<LogLine> found;
  for (std::size_t number = begin; number < end; ++number) found.push_back(line(number));
  return found;
}

std::optional<WallTime> LogScript::next_after(WallTime time) const {
  return time_of(count_until(time));
}

std::string log_text(const std::vector<LogLine>& lines, const LogQuery& query) {
  std::string text;
  const std::size_t tail = query.tail_lines ? static_cast<std::size_t>(std::max(0L, *query.tail_lines)) : lines.size();
  for (std::size_t i = lines.size() - std::min(tail, lines.size()); i < lines.size(); ++i) {
    if (query.timestamps) {
      std::string stamp = format_rfc3339_micro(lines[i].time);
      text += stamp.insert(stamp.size() - 1, "000") + " ";
    }
    text += lines[i].text + "\n";
  }
  if (query.limit_bytes && *query.limit_bytes >= 0 && text.size() > static_cast<std::size_t>(*query.limit_bytes))
    text.resize(static_cast<std::size_t>(*query.limit_bytes));
  return text;
}

WallTime log_since(const LogQuery& query, WallTime now) {
  if (query.since_time) return *query.since_time - std::chrono::microseconds(1);
  if (query.since_seconds)
    return now - std::chrono::seconds(std::clamp(*query.since_seconds, 0L, 10L * 366 * 24 * 3600));
  return WallTime{};
}

}  // namespace kforge::sandbox
