// SPDX-License-Identifier: Apache-2.0
// The RFC 3339 time with which a kubelet begins every line of a log.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace kforge::observe {

struct Stamp {
  std::int64_t ns = 0;     // since 1970
  std::size_t length = 0;  // in the line, without the space behind it
};

// Reads them one after the other: neighbours share their minute, so that only the seconds are worked out each time.
class StampReader {
 public:
  std::optional<Stamp> read(std::string_view line);

 private:
  static constexpr std::size_t minute_length = 17;  // "2026-01-02T03:04:"
  bool learn_minute(std::string_view minute, std::string_view zone);

  std::array<char, minute_length> minute_{};
  std::array<char, 6> zone_{};
  std::size_t zone_length_ = 0;
  std::int64_t minute_ns_ = 0;
};

}  // namespace kforge::observe
