// SPDX-License-Identifier: Apache-2.0
// Shows that a secret value changed, and never the value.
#pragma once

#include "deploy/masker.hpp"
#include "deploy/plan.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace kforge::deploy {

struct PlannedObject;

class Disguise {
 public:
  // With a random key of its own, so that hashes of different runs say nothing about each other.
  explicit Disguise(const Masker& masker);

  // Values of Secrets become "#" and 8 hex digits of a keyed hash: equal ones look equal. Texts everywhere else are
  // masked.
  void hide(PlannedObject& object) const;
  std::string digest(std::string_view value) const;

 private:
  Json hidden(const Json& value, bool encoded) const;
  Json masked(Json value) const;
  void hide_secret(Json& value, std::string_view path) const;

  const Masker& masker_;
  std::string key_;
};

}  // namespace kforge::deploy
