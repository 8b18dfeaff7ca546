// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/project/text.hpp"

#include <fmt/format.h>

namespace kforge::tests {
namespace {

project::Loaded load_with_warnings(const std::string& text, const Situation& situation) {
  Environment environment;
  environment.variables.insert(situation.variables.begin(), situation.variables.end());
  environment.working_directory = situation.directory;
  return project::load_text(text, {.file = "kforge.yaml", .directory = situation.directory}, situation.environment_name,
                            environment);
}

Diagnostics diagnostics_of(const std::string& text, const Situation& situation) {
  try {
    return load_with_warnings(text, situation).warnings;
  } catch (const InvalidInput& invalid) {
    return invalid.diagnostics;
  }
}

}  // namespace

project::Project load(const std::string& text, const Situation& situation) {
  return load_with_warnings(text, situation).project;
}

std::vector<std::string> problems_of(const std::string& text, const Situation& situation) {
  const Diagnostics diagnostics = diagnostics_of(text, situation);
  std::vector<std::string> found;
  for (const Diagnostic& item : diagnostics.all())
    found.push_back(fmt::format("{}:{} {}: {}", item.place.line, item.place.column,
                                item.severity == Severity::error ? "error" : "warning", item.message));
  return found;
}

std::string hint_of(const std::string& text, const Situation& situation) {
  const Diagnostics found = diagnostics_of(text, situation);
  if (found.all().size() != 1) return fmt::format("{} problems instead of one", found.all().size());
  return found.all().front().hint;
}

std::string small(const std::string& more) {
  return "apiVersion: kforge.dev/v1\nproject: shop\nservices:\n  a: {image: a:1, port: 8000}\n" + more;
}

std::string with_service_keys(const std::string& keys) {
  return "apiVersion: kforge.dev/v1\nproject: shop\nservices:\n  a:\n    image: a:1\n    port: 8000\n    " + keys +
         "\n";
}

}  // namespace kforge::tests
