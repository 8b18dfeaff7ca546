// SPDX-License-Identifier: Apache-2.0
// Any text is a project or a list of problems with places, in every environment it names.
#include "base/diagnostics.hpp"
#include "project/overlay.hpp"
#include "project/project.hpp"

#include <cstdint>
#include <cstdlib>

namespace kforge::project {
namespace {

Environment fuzz_environment() {
  Environment environment;
  environment.variables = {{"A", "a"}, {"EMPTY", ""}, {"TAG", "v1.0.0"}, {"LOOP", "${LOOP}"}};
  environment.working_directory = "/nonexistent";
  return environment;
}

// The environments of a project that loads, to be tried too.
std::vector<std::string> load_in(const std::string& text, const std::string& name) {
  static const Environment environment = fuzz_environment();
  try {
    const Loaded loaded = load_text(text, {.file = "kforge.yaml", .directory = "/nonexistent"}, name, environment);
    if (!loaded.warnings.ok() || loaded.project.name.empty()) std::abort();
    return environments_of(loaded.project.document);
  } catch (const InvalidInput& refused) {
    if (refused.diagnostics.ok()) std::abort();
    for (const Diagnostic& problem : refused.diagnostics.all()) to_text(problem);
  }
  return {};
}

}  // namespace
}  // namespace kforge::project

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  for (const std::string& name : kforge::project::load_in(text, "")) kforge::project::load_in(text, name);
  return 0;
}
