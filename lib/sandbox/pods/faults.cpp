// SPDX-License-Identifier: Apache-2.0
#include "sandbox/pods/faults.hpp"

#include "base/error.hpp"
#include "base/suggest.hpp"
#include "base/text.hpp"
#include "sandbox/api/object_meta.hpp"
#include "sandbox/pods/pod_fields.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

namespace kforge::sandbox {
namespace {

using Kind = PodFault::Kind;
struct Name {
  std::string_view text;
  Kind kind;
};
// The first name of a kind is its own; the others are tags that people give images in tries.
constexpr std::array<Name, 14> names{{{"image-missing", Kind::image_missing},
                                      {"pull-denied", Kind::pull_denied},
                                      {"bad-command", Kind::bad_command},
                                      {"crash-loop", Kind::crash_loop},
                                      {"oom", Kind::oom},
                                      {"config-missing", Kind::config_missing},
                                      {"never-ready", Kind::never_ready},
                                      {"slow-start", Kind::slow_start},
                                      {"flapping", Kind::flapping},
                                      {"hang", Kind::hang},
                                      {"unschedulable", Kind::unschedulable},
                                      {"missing", Kind::image_missing},
                                      {"denied", Kind::pull_denied},
                                      {"crash", Kind::crash_loop}}};

const Name* find_name(std::string_view text) {
  const auto* const found = std::ranges::find(names, text, &Name::text);
  return found == names.end() ? nullptr : found;
}

[[noreturn]] void refuse(std::string what, std::string hint) {
  throw Error(ErrorKind::project_invalid, std::move(what)).hint(std::move(hint));
}

int number(std::string_view key, const std::string& value) {
  int result = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), result);
  if (error != std::errc() || end != value.data() + value.size() || result < 0 || result > 255)
    refuse(fmt::format("'{}={}' of a fault is not a number from 0 to 255", key, value), "for instance 'exit=3'");
  return result;
}

Milliseconds length(std::string_view key, const std::string& value) {
  const auto parsed = parse_duration(value);
  if (!parsed) refuse(fmt::format("'{}={}' of a fault is not a duration", key, value), "for instance 'after=5s'");
  return *parsed;
}

void set_option(PodFault& fault, const std::string& option) {
  const std::size_t equals = option.find('=');
  const std::string key = option.substr(0, equals), value = equals == option.npos ? "" : option.substr(equals + 1);
  if (key == "exit")
    fault.exit_code = number(key, value);
  else if (key == "times")
    fault.times = number(key, value);
  else if (key == "after")
    fault.after = length(key, value);
  else if (key == "every")
    fault.every = length(key, value);
  else if (key == "container")
    fault.container = value;
  else if (key == "name")
    fault.name = value;
  else
    refuse(fmt::format("a fault has no option '{}'", key), "it takes exit, times, after, every, container and name");
}

// The tag of an image, when it is nothing but the name of a fault.
std::optional<PodFault> fault_of_image(const std::string& image) {
  const std::size_t colon = image.rfind(':');
  if (colon == std::string::npos) return std::nullopt;
  const Name* const name = find_name(std::string_view(image).substr(colon + 1));
  return name == nullptr ? std::nullopt : std::optional(PodFault{.kind = name->kind});
}

}  // namespace

PodFault parse_fault(std::string_view text) {
  std::vector<std::string> words = split(replace_all(std::string(trim(text)), ",", " "), ' ');
  std::erase(words, "");
  const Name* const name = words.empty() ? nullptr : find_name(words.front());
  if (name == nullptr)
    refuse(fmt::format("there is no fault '{}'", words.empty() ? "" : words.front()),
           fmt::format("there are {}", quoted_list(fault_names())));
  PodFault fault;
  fault.kind = name->kind;
  for (std::size_t i = 1; i < words.size(); ++i) set_option(fault, words[i]);
  return fault;
}

std::vector<std::string> fault_names() {
  std::vector<std::string> result;
  for (const Name& name : names)
    if (find_name(name.text) == std::ranges::find(names, name.kind, &Name::kind)) result.emplace_back(name.text);
  return result;
}

std::string fault_problem(const Json& object) {
  for (const Json* place : {&object, &at_path(object, {"spec", "template"})})
    if (const std::string text = string_at(*place, {"metadata", "annotations", fault_annotation}); !text.empty()) try {
        static_cast<void>(parse_fault(text));
      } catch (const Error& error) {
        return fmt::format("{}: {}; {}", fault_annotation, error.what(), error.advice);
      }
  return {};
}

void FaultBook::load(const Json& rules) {
  std::vector<Rule> next;
  for (const Json& rule : rules) next.push_back({string_at(rule, {"match"}), parse_fault(string_at(rule, {"fault"}))});
  rules_ = std::move(next);
}

std::optional<PodFault> FaultBook::of(const Json& pod, std::string_view container) const {
  const auto concerns = [&](const PodFault& fault) {
    return container.empty() || fault.container.empty() || fault.container == container;
  };
  if (const std::string text = string_at(pod, {"metadata", "annotations", fault_annotation}); !text.empty()) try {
      if (PodFault fault = parse_fault(text); concerns(fault)) return fault;
    } catch (const Error&) {
    }
  const std::string name = fmt::format("{}/{}", namespace_of(pod), name_of(pod));
  for (const Rule& rule : rules_)
    if (name.starts_with(rule.match) && concerns(rule.fault)) return rule.fault;
  if (!container.empty()) return fault_of_image(string_at(container_spec(pod, container), {"image"}));
  for (const Json& each : at_path(pod, {"spec", "containers"}))
    if (auto fault = fault_of_image(string_at(each, {"image"}))) return fault;
  return std::nullopt;
}

}  // namespace kforge::sandbox
