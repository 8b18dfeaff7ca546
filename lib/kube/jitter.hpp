// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/duration.hpp"

#include <cstdint>
#include <random>

namespace kforge::kube {

// Spreads waits so that many clients do not come back together. Seeded: a test sees the same waits in every run.
class Jitter {
 public:
  explicit Jitter(std::uint64_t seed) : engine_(static_cast<std::minstd_rand::result_type>(seed)) {}
  // Evenly between the two.
  Milliseconds between(Milliseconds least, Milliseconds most) {
    return Milliseconds{std::uniform_int_distribution<Milliseconds::rep>(least.count(), most.count())(engine_)};
  }

 private:
  std::minstd_rand engine_;
};

}  // namespace kforge::kube
