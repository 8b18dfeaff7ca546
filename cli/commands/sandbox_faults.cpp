// SPDX-License-Identifier: Apache-2.0
#include "base/text.hpp"
#include "cli/commands/commands.hpp"
#include "cli/sandboxes.hpp"
#include "cli/session.hpp"
#include "os/files.hpp"
#include "sandbox/process/control_socket.hpp"
#include "sandbox/process/fault_file.hpp"
#include "yaml/node.hpp"

#include <fmt/format.h>

#include <memory>

namespace kforge::cli {
namespace {

struct FaultOptions {
  std::string name, file;
  bool clear = false;
};

Json read_faults(const std::string& name, const Environment& environment) {
  const std::string path = name == "-" ? "/dev/stdin" : absolute_path(name, environment.working_directory);
  const auto text = read_file(path);
  if (!text) throw Error(ErrorKind::not_found, fmt::format("no file '{}'", name));
  const yaml::Node document = yaml::parse(name, *text);
  if (document.is_null()) return Json::object();
  Json faults = yaml::to_json(document);
  try {
    sandbox::check_faults(faults);
  } catch (const Error& error) {
    throw Error(error.kind, fmt::format("{}: {}", name, error.what())).hint(error.advice);
  }
  return faults;
}

void print_faults(Session& session, const Json& faults) {
  if (session.json()) return session.print_json(faults);
  std::string text;
  for (const char* section : {"api", "pods"})
    for (const Json& rule : at_path(faults, {section}))
      text += fmt::format("{:5} {:40} {}\n", section, string_at(rule, {"match"}, "*"), string_at(rule, {"fault"}));
  session.print(text.empty() ? "no faults\n" : text);
}

int run_faults(Session& session, const FaultOptions& options) {
  if (options.clear && !options.file.empty())
    throw Error(ErrorKind::usage, "--clear does not go with a file").hint("a file replaces all faults");
  Json question = Json::object();
  if (options.clear) question["faults"] = Json::object();
  if (!options.file.empty()) question["faults"] = read_faults(options.file, session.deps().environment);
  const sandbox::Home home = sandbox_home(session, options.name);
  if (question.contains("faults")) start_sandbox(session.deps(), home);
  if (!sandbox::serving(home))
    throw Error(ErrorKind::not_found, fmt::format("sandbox '{}' is not running", home.name))
        .hint("`kforge sandbox start` starts it");
  const auto answer = sandbox::ask(home, question);
  if (!answer || answer->contains("error"))
    throw Error(ErrorKind::internal, fmt::format("sandbox '{}' did not take the faults", home.name))
        .why(answer ? string_at(*answer, {"error"}) : "it does not answer");
  print_faults(session, at_path(*answer, {"faults"}));
  return 0;
}

}  // namespace

Action bind_sandbox_faults(OptionTable& table) {
  const auto options = std::make_shared<FaultOptions>();
  table.argument({.name = "FILE",
                  .description = "faults to play from now on, instead of all others; '-' is stdin",
                  .target = &options->file,
                  .complete = Complete::file});
  table.option({.names = "--clear", .value = "", .description = "end all faults", .target = &options->clear});
  table.option({.names = "--name",
                .value = "NAME",
                .description = "which sandbox; default: the project's own",
                .target = &options->name});
  return [options](Session& session) { return run_faults(session, *options); };
}

}  // namespace kforge::cli
