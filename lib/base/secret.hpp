// SPDX-License-Identifier: Apache-2.0
// A string that cannot be printed by accident: formatting it gives "[redacted]", and there is no JSON conversion.
#pragma once

#include <fmt/format.h>

#include <string>
#include <utility>

namespace kforge {

class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string value) : value_(std::move(value)) {}
  const std::string& reveal() const { return value_; }  // the word to look for in review
  bool empty() const { return value_.empty(); }
  bool operator==(const Secret&) const = default;

 private:
  std::string value_;
};

}  // namespace kforge

template <>
struct fmt::formatter<kforge::Secret> : fmt::formatter<std::string_view> {
  template <class Context>
  auto format(const kforge::Secret&, Context& context) const {
    return fmt::formatter<std::string_view>::format("[redacted]", context);
  }
};
