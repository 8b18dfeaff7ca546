// SPDX-License-Identifier: Apache-2.0
// Kubernetes resource quantities ("250m", "1Gi", "1e3"): apimachinery/pkg/api/resource.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace kforge {

__extension__ typedef __int128 Int128;

class Quantity {
 public:
  // Empty when the text is not a quantity.
  static std::optional<Quantity> parse(std::string_view text);
  // Exact value in units of 1e-9.
  Int128 nano() const { return nano_; }
  double value() const;
  // The text a Kubernetes API server stores for it: "1000m" -> "1", "0.5" -> "500m", "1024Mi" -> "1Gi".
  std::string canonical() const;
  std::strong_ordering operator<=>(const Quantity& other) const { return nano_ <=> other.nano_; }
  bool operator==(const Quantity& other) const { return nano_ == other.nano_; }

 private:
  enum class Format { decimal_si, binary_si, decimal_exponent };
  Int128 nano_ = 0;
  Format format_ = Format::decimal_si;
};

// "212Mi", "1.5Gi": bytes for people.
std::string format_bytes(std::uint64_t bytes);

}  // namespace kforge
