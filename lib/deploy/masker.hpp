// SPDX-License-Identifier: Apache-2.0
// Keeps the values of known secrets out of everything that people and files get to see.
#pragma once

#include "base/error.hpp"
#include "deploy/events.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace kforge::deploy {

class Masker {
 public:
  // Hides a value in every form in which a cluster may repeat it: as it is, line by line, base64, percent-encoded and
  // as a JSON string. Values shorter than four characters are hidden only where they stand alone.
  void add(std::string_view value);
  // The text with "[redacted]" in place of every known value.
  std::string masked(std::string text) const;
  Error masked(const Error& error) const;
  // Masks the free texts of an event in place; names of objects are not texts.
  void mask(Event& event) const;

 private:
  void add_form(std::string form);
  std::vector<std::string> forms_;  // longest first
  std::vector<std::string> whole_words_;
};

}  // namespace kforge::deploy
