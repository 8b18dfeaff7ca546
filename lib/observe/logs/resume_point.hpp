// SPDX-License-Identifier: Apache-2.0
// Where a log goes on after its connection broke. An API server only starts at whole seconds, so what was already
// there of that second is recognised by time and text (api-client §6.6). Counting lines is not enough: a log that was
// rotated meanwhile no longer begins where it did.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace kforge::observe {

class ResumePoint {
 public:
  enum class Arrival { fresh, repeat, fresh_after_gap };
  // A line has arrived: whether it was there before the connection broke, or lines before it may be missing.
  Arrival accept(std::int64_t ns, std::string_view text);

  bool known() const { return last_second_ != none; }
  // What to ask for: the second whose lines are remembered, "2026-01-02T03:04:05Z".
  std::string since() const;

  // What arrives next begins at since(). `same`: it is the same log, so that at least its last line should be there
  // again.
  enum class Log { same, other };
  void reconnected(Log log);
  // What another point remembers may come too, and is no news.
  void expect_too(const ResumePoint& other);

 private:
  static constexpr std::int64_t none = INT64_MIN;
  static constexpr std::size_t most_remembered = 32 * 1024;  // 256 KiB of a stream
  void remember(std::int64_t second, std::uint64_t hash);
  bool is_repeat(std::uint64_t hash);
  void end_replay();

  std::int64_t last_second_ = none;  // whose lines are remembered
  std::vector<std::uint64_t> seen_;
  std::size_t not_remembered_ = 0;  // lines of the second beyond the limit, all behind the remembered ones

  // After a reconnect: what has not come again yet.
  std::unordered_map<std::uint64_t, unsigned> awaited_;
  std::size_t awaited_unremembered_ = 0;
  std::int64_t replay_end_ = none;
  bool replaying_ = false, gap_possible_ = false;
};

// Fast and good enough to tell lines of one second apart.
std::uint64_t hash_of_line(std::string_view text, std::uint64_t seed);

}  // namespace kforge::observe
