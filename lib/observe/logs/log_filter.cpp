// SPDX-License-Identifier: Apache-2.0
#include "observe/logs/log_filter.hpp"

#include "base/error.hpp"

#include <fmt/format.h>
#include <regex.h>

#include <algorithm>
#include <array>

namespace kforge::observe {

struct Pattern::Compiled {
  regex_t expression{};
  bool usable = false;
  Compiled() = default;
  Compiled(const Compiled&) = delete;
  Compiled& operator=(const Compiled&) = delete;
  ~Compiled() {
    if (usable) ::regfree(&expression);
  }
};

Pattern::Pattern(const std::string& text, std::string_view option) {
  auto compiled = std::make_shared<Compiled>();
  const int code = ::regcomp(&compiled->expression, text.c_str(), REG_EXTENDED);
  if (code != 0) {
    std::array<char, 200> reason{};
    ::regerror(code, &compiled->expression, reason.data(), reason.size());
    throw Error(ErrorKind::usage, fmt::format("{}: '{}' is not a regular expression", option, text))
        .why(reason.data())
        .hint("write a POSIX extended regular expression; a backslash makes a special character plain");
  }
  compiled->usable = true;
  compiled_ = std::move(compiled);
}

bool Pattern::matches(std::string_view text) const {
  regmatch_t range{0, static_cast<regoff_t>(text.size())};
  return ::regexec(&compiled_->expression, text.data(), 1, &range, REG_STARTEND) == 0;
}

void Pattern::find_all(std::string_view text, std::vector<Match>& matches) const {
  for (std::size_t from = 0; from <= text.size();) {
    regmatch_t range{static_cast<regoff_t>(from), static_cast<regoff_t>(text.size())};
    const int flags = REG_STARTEND | (from > 0 ? REG_NOTBOL : 0);
    if (::regexec(&compiled_->expression, text.data(), 1, &range, flags) != 0) return;
    const auto begin = static_cast<std::size_t>(range.rm_so), end = static_cast<std::size_t>(range.rm_eo);
    if (end > begin) matches.push_back({begin, end});
    from = std::max(end, begin + 1);
  }
}

bool LogFilter::passes(std::string_view text) const {
  const auto matches = [&](const Pattern& pattern) { return pattern.matches(text); };
  return std::ranges::none_of(exclude, matches) && (include.empty() || std::ranges::any_of(include, matches));
}

std::vector<Match> LogFilter::highlights(std::string_view text) const {
  std::vector<Match> all, merged;
  for (const Pattern& pattern : include) pattern.find_all(text, all);
  std::ranges::sort(all, {}, &Match::begin);
  for (const Match& match : all) {
    if (!merged.empty() && match.begin <= merged.back().end)
      merged.back().end = std::max(merged.back().end, match.end);
    else
      merged.push_back(match);
  }
  return merged;
}

}  // namespace kforge::observe
