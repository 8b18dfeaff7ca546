// SPDX-License-Identifier: Apache-2.0
#include "sandbox/server/api_faults.hpp"

#include "base/error.hpp"
#include "base/suggest.hpp"
#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

namespace kforge::sandbox {
namespace {

using Kind = ApiFault::Kind;
struct Name {
  std::string_view text;
  Kind kind;
  std::string_view options;  // beside times and skip
};
constexpr std::array<Name, 11> names{{{"latency", Kind::latency, "by"},
                                      {"too-many-requests", Kind::too_many_requests, "retry-after"},
                                      {"status", Kind::status, "code"},
                                      {"reset", Kind::reset, "at"},
                                      {"watch-cut", Kind::watch_cut, "after"},
                                      {"watch-expired", Kind::watch_expired, ""},
                                      {"stale-reads", Kind::stale_reads, "behind"},
                                      {"leader-change", Kind::leader_change, ""},
                                      {"webhook-failure", Kind::webhook_failure, "webhook"},
                                      {"clock-skew", Kind::clock_skew, "by"},
                                      {"expired-certificate", Kind::expired_certificate, ""}}};

constexpr std::array<std::string_view, 8> verbs{"get",    "list",  "watch",  "create",
                                                "update", "patch", "delete", "deletecollection"};

[[noreturn]] void refuse(std::string what, std::string hint) {
  throw Error(ErrorKind::project_invalid, std::move(what)).hint(std::move(hint));
}

template <class Number>
Number number(const std::string& option, const std::string& value, Number least, Number most) {
  Number result = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), result);
  if (error != std::errc() || end != value.data() + value.size() || result < least || result > most)
    refuse(fmt::format("'{}={}' of a fault is not a number from {} to {}", option, value, least, most),
           fmt::format("for instance '{}={}'", option, std::max<Number>(least, 1)));
  return result;
}

Milliseconds length(const std::string& option, const std::string& value) {
  const bool back = value.starts_with('-');  // a clock may be late as well
  const auto parsed = parse_duration(std::string_view(value).substr(back ? 1 : 0));
  if (!parsed)
    refuse(fmt::format("'{}={}' of a fault is not a duration", option, value), "for instance '200ms' or '5s'");
  return back ? -*parsed : *parsed;
}

void set_option(ApiFault& fault, const std::string& option, const std::string& value) {
  constexpr long many = 1'000'000'000;
  if (option == "times") fault.times = number<long>(option, value, 1, many);
  if (option == "skip") fault.skip = number<long>(option, value, 0, many);
  if (option == "code") fault.code = number(option, value, 400, 599);
  if (option == "retry-after") fault.retry_after = number(option, value, 0, 3600);
  if (option == "at") fault.at = number<std::size_t>(option, value, 0, many);
  if (option == "behind") fault.behind = number<std::size_t>(option, value, 1, many);
  if (option == "by") fault.by = length(option, value);
  if (option == "after") fault.after = length(option, value);
  if (option == "webhook") fault.webhook = value;
}

void read_option(ApiFault& fault, const Name& name, const std::string& word) {
  const std::size_t equals = word.find('=');
  const std::string option = word.substr(0, equals);
  if (equals == std::string::npos || (option != "times" && option != "skip" && option != name.options))
    refuse(fmt::format("fault '{}' has no option '{}'", name.text, option),
           name.options.empty() ? "it takes skip and times" : fmt::format("it takes {}, skip and times", name.options));
  set_option(fault, option, word.substr(equals + 1));
}

std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> words = split(trim(text), ' ');
  std::erase(words, "");
  return words;
}

bool covers_word(const std::string& pattern, const std::string& word) {
  return pattern.empty() || pattern == word;
}

}  // namespace

ApiFault parse_api_fault(std::string_view text) {
  const std::vector<std::string> words = words_of(text);
  const std::string first = words.empty() ? std::string() : words.front();
  const auto* const name = std::ranges::find(names, first, &Name::text);
  if (name == names.end()) {
    const std::string suggestion = did_you_mean(first, api_fault_names());
    refuse(fmt::format("there is no API fault '{}'", first),
           suggestion.empty() ? fmt::format("there are {}", quoted_list(api_fault_names())) : suggestion);
  }
  ApiFault fault;
  fault.kind = name->kind;
  for (std::size_t i = 1; i < words.size(); ++i) read_option(fault, *name, words[i]);
  return fault;
}

std::vector<std::string> api_fault_names() {
  std::vector<std::string> all;
  for (const Name& name : names) all.emplace_back(name.text);
  return all;
}

RequestMatch RequestMatch::parse(std::string_view text) {
  std::vector<std::string> words = words_of(text);
  if (words.size() > 3)
    refuse(fmt::format("'{}' does not match requests", text), "write it as 'VERB RESOURCE NAMESPACE/NAME'");
  words.resize(3);
  for (std::string& word : words)
    if (word == "*") word.clear();
  if (!words[0].empty() && std::ranges::find(verbs, words[0]) == verbs.end())
    refuse(fmt::format("there is no verb '{}'", words[0]),
           fmt::format("there are {}", quoted_list({verbs.begin(), verbs.end()})));
  return {words[0], words[1], words[2]};
}

bool RequestMatch::covers(const RequestMatch& request) const {
  return covers_word(verb, request.verb) &&
         (covers_word(resource, request.resource) ||
          resource == request.resource.substr(0, request.resource.find('.'))) &&
         request.place.starts_with(place);
}

std::vector<ApiFaultRule> parse_api_faults(const Json& list) {
  std::vector<ApiFaultRule> rules;
  for (const Json& rule : list)
    rules.push_back({RequestMatch::parse(string_at(rule, {"match"})), parse_api_fault(string_at(rule, {"fault"}))});
  return rules;
}

}  // namespace kforge::sandbox
