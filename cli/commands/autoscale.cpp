// SPDX-License-Identifier: Apache-2.0
#include "cli/commands/commands.hpp"
#include "cli/local_values.hpp"
#include "cli/services.hpp"
#include "cli/verbs.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <memory>

namespace kforge::cli {
namespace {

struct AutoscaleOptions {
  std::string service, min, max, cpu;
  VerbOptions verb;
};

int number(const std::string& option, const std::string& text, int most) {
  int value = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || stop != text.data() + text.size() || value < 1 || value > most)
    throw Error(ErrorKind::usage, fmt::format("{} '{}' is not a number from 1 to {}", option, text, most));
  return value;
}

// What is not given stays as the project file has it.
project::Scale scale_of(const project::Service& service, const AutoscaleOptions& options) {
  constexpr int most_pods = 1000, full = 100;
  project::Scale scale = service.scale.value_or(project::Scale{});
  if (!options.min.empty()) scale.min = number("--min", options.min, most_pods);
  if (!options.max.empty()) scale.max = number("--max", options.max, most_pods);
  if (!options.cpu.empty()) scale.cpu = number("--cpu", options.cpu, full);
  if (options.max.empty()) scale.max = std::max(scale.max, scale.min);
  if (options.min.empty()) scale.min = std::min(scale.min, scale.max);
  if (scale.min > scale.max)
    throw Error(ErrorKind::usage, fmt::format("--min {} is above --max {}", scale.min, scale.max));
  return scale;
}

// The autoscaler as `up` would make it with these bounds: an autoscaler depends on no secret.
Json rendered_autoscaler(Session& session, const std::string& name, const project::Scale& scale) {
  project::Project project = session.project();
  std::ranges::find(project.services, name, &project::Service::name)->scale = scale;
  Diagnostics not_needed;
  for (const render::Object& object : render_without_secrets(project, session.deps().environment, not_needed).objects)
    if (object.service == name && string_at(object.manifest, {"kind"}) == "HorizontalPodAutoscaler")
      return object.manifest;
  throw Error(ErrorKind::internal, fmt::format("no autoscaler was rendered for '{}'", name));
}

int run_autoscale(Session& session, const AutoscaleOptions& options) {
  const project::Project& project = session.project();
  const std::string name = services_named(project, {options.service}).front();
  const project::Service* service = project.find_service(name);
  if (service == nullptr)
    throw Error(ErrorKind::guard_refused, fmt::format("'{}' is not scaled automatically", name))
        .hint("only the project's own services are; `kforge scale` sets a number");
  const project::Scale scale = scale_of(*service, options);
  const Json autoscaler = rendered_autoscaler(session, name, scale);
  deploy::VerbRequest request = verb_request(session, "autoscale", {name}, options.verb);
  request.words = fmt::format("{} {}..{} at {} % CPU", name, scale.min, scale.max, scale.cpu);
  return run_verb(session, request, options.verb, [&](const deploy::Running& running) {
    return deploy::autoscale_edits(project, running.find(name), autoscaler);
  });
}

}  // namespace

Action bind_autoscale(OptionTable& table) {
  const auto options = std::make_shared<AutoscaleOptions>();
  table.argument({.name = "SERVICE",
                  .description = "the service to scale automatically",
                  .target = &options->service,
                  .required = true,
                  .complete = Complete::service});
  table.option({.names = "--min", .value = "PODS", .description = "the fewest pods", .target = &options->min});
  table.option({.names = "--max", .value = "PODS", .description = "the most pods", .target = &options->max});
  table.option({.names = "--cpu,--cpu-percent",
                .value = "PERCENT",
                .description = "CPU use, in percent of the request, that it aims at",
                .target = &options->cpu});
  add_verb_options(table, options->verb, Saves::yes);
  return [options](Session& session) { return run_autoscale(session, *options); };
}

}  // namespace kforge::cli
