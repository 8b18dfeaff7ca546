// SPDX-License-Identifier: Apache-2.0
// Which lines are shown, and where they match: POSIX extended regular expressions, whose matcher (unlike that of
// std::regex) keeps to a fixed stack for lines of any length.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace kforge::observe {

struct Match {
  std::size_t begin = 0, end = 0;
};

class Pattern {
 public:
  // Throws Error{usage} with the reason; `option` names the source: "--include".
  Pattern(const std::string& text, std::string_view option);
  bool matches(std::string_view text) const;
  void find_all(std::string_view text, std::vector<Match>& matches) const;

 private:
  struct Compiled;
  std::shared_ptr<const Compiled> compiled_;
};

struct LogFilter {
  std::vector<Pattern> include, exclude;  // any of these, and none of those

  bool empty() const { return include.empty() && exclude.empty(); }
  bool passes(std::string_view text) const;
  // Where the include patterns match, in order, without overlaps.
  std::vector<Match> highlights(std::string_view text) const;
};

}  // namespace kforge::observe
