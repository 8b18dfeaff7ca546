// SPDX-License-Identifier: Apache-2.0
#include "cli/local_values.hpp"

namespace kforge::cli {
namespace {

// A value nobody knows for every key of every secret.
render::SecretValues unknown_values(const project::Project& project) {
  render::SecretValues values;
  for (const auto& [name, secret] : project.secrets)
    for (const auto& [key, source] : secret.values) values[name + "/" + key] = {std::nullopt, "unknown"};
  return values;
}

}  // namespace

render::Rendered render_offline(const project::Project& project, const Environment& environment) {
  return render::for_showing(render::render(project, render::resolve_local(project, environment.variables)));
}

render::Rendered render_without_secrets(const project::Project& project, const Environment& environment,
                                        Diagnostics& warnings) {
  try {
    return render::render(project, render::resolve_local(project, environment.variables));
  } catch (const InvalidInput& missing) {
    render::Rendered rendered = render::render(project, unknown_values(project));  // its own errors go on
    for (const Diagnostic& item : missing.diagnostics.all()) warnings.warning(item.place, item.message, item.hint);
    return rendered;
  }
}

}  // namespace kforge::cli
