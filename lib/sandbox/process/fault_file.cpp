// SPDX-License-Identifier: Apache-2.0
#include "sandbox/process/fault_file.hpp"

#include "base/error.hpp"
#include "sandbox/pods/faults.hpp"
#include "sandbox/server/api_faults.hpp"

#include <fmt/format.h>

namespace kforge::sandbox {
namespace {

[[noreturn]] void refuse(std::string what) {
  throw Error(ErrorKind::project_invalid, std::move(what))
      .hint("write `api:` and `pods:`, each a list of {match: …, fault: …}");
}

void check_rule(const Json& rule, const std::string& place) {
  if (!rule.is_object()) refuse(fmt::format("{}: not a mapping", place));
  for (const auto& [key, value] : rule.items()) {
    if (key != "match" && key != "fault") refuse(fmt::format("{}: unknown key '{}'", place, key));
    if (!value.is_string()) refuse(fmt::format("{}.{}: not a text", place, key));
  }
  if (!rule.contains("fault")) refuse(fmt::format("{}: 'fault' is missing", place));
}

}  // namespace

void check_faults(const Json& document) {
  if (!document.is_object()) refuse("a faults file is a mapping");
  for (const auto& [section, rules] : document.items()) {
    if (section != "api" && section != "pods") refuse(fmt::format("unknown key '{}'", section));
    if (!rules.is_array()) refuse(fmt::format("{}: not a list", section));
    for (std::size_t i = 0; i < rules.size(); ++i) {
      const std::string place = fmt::format("{}[{}]", section, i);
      check_rule(rules[i], place);
      try {
        if (section == "api")
          parse_api_faults(Json::array({rules[i]}));
        else
          FaultBook().load(Json::array({rules[i]}));
      } catch (const Error& error) {
        throw Error(error.kind, fmt::format("{}: {}", place, error.what())).hint(error.advice);
      }
    }
  }
}

}  // namespace kforge::sandbox
