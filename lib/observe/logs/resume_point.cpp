// SPDX-License-Identifier: Apache-2.0
#include "observe/logs/resume_point.hpp"

#include "base/duration.hpp"

#include <algorithm>
#include <chrono>
#include <cstring>

namespace kforge::observe {
namespace {

constexpr std::int64_t ns_per_second = 1'000'000'000;
// stdout and stderr of a container may be written down a little out of order.
constexpr std::int64_t disorder_seconds = 5;

std::int64_t second_of(std::int64_t ns) {
  return ns >= 0 ? ns / ns_per_second : (ns - ns_per_second + 1) / ns_per_second;
}

std::uint64_t mixed(std::uint64_t value) {
  value *= 0x9FB21C651E98DF25U;
  return value ^ (value >> 32U);
}

}  // namespace

std::uint64_t hash_of_line(std::string_view text, std::uint64_t seed) {
  std::uint64_t one = seed ^ text.size(), two = ~seed;  // two chains, so that the multiplications overlap
  const char* at = text.data();
  std::size_t left = text.size();
  for (; left >= 16; left -= 16, at += 16) {
    std::uint64_t words[2];
    std::memcpy(words, at, sizeof words);
    one = mixed(one ^ words[0]);
    two = mixed(two ^ words[1]);
  }
  std::uint64_t rest[2] = {0, 0};
  if (left > 0) std::memcpy(rest, at, left);
  return mixed(mixed(one ^ rest[0]) ^ (two ^ rest[1]));
}

ResumePoint::Arrival ResumePoint::accept(std::int64_t ns, std::string_view text) {
  const std::int64_t second = second_of(ns);
  const std::uint64_t hash = hash_of_line(text, static_cast<std::uint64_t>(ns));
  bool gap = false;
  if (replaying_) {
    if (is_repeat(hash)) return Arrival::repeat;
    gap = gap_possible_;
    gap_possible_ = false;
    // With the remembered lines all there, those behind them that were too many to remember come next.
    if (!gap && awaited_unremembered_ > 0 && awaited_.empty() && second <= replay_end_) {
      --awaited_unremembered_;
      return Arrival::repeat;
    }
    if (gap || second > replay_end_ + disorder_seconds) end_replay();
  }
  remember(second, hash);
  return gap ? Arrival::fresh_after_gap : Arrival::fresh;
}

void ResumePoint::remember(std::int64_t second, std::uint64_t hash) {
  if (second > last_second_) {
    last_second_ = second;
    seen_.clear();
    not_remembered_ = 0;
  }
  if (second < last_second_) return;  // out of order: since() does not ask for it again
  if (seen_.size() < most_remembered)
    seen_.push_back(hash);
  else
    ++not_remembered_;
}

bool ResumePoint::is_repeat(std::uint64_t hash) {
  const auto found = awaited_.find(hash);
  if (found == awaited_.end()) return false;
  gap_possible_ = false;
  if (--found->second == 0) awaited_.erase(found);
  return true;
}

void ResumePoint::end_replay() {
  replaying_ = false;
  awaited_.clear();
  awaited_unremembered_ = 0;
}

std::string ResumePoint::since() const {
  return format_rfc3339(WallTime{std::chrono::seconds{last_second_}});
}

void ResumePoint::reconnected(Log log) {
  end_replay();
  if (!known()) return;
  for (const std::uint64_t hash : seen_) ++awaited_[hash];
  awaited_unremembered_ = not_remembered_;
  replay_end_ = last_second_;
  replaying_ = true;
  gap_possible_ = log == Log::same;
}

void ResumePoint::expect_too(const ResumePoint& other) {
  for (const std::uint64_t hash : other.seen_) ++awaited_[hash];
  replay_end_ = std::max(replay_end_, other.last_second_);
}

}  // namespace kforge::observe
