// SPDX-License-Identifier: Apache-2.0
// kforge sandbox start, stop, status, reset, kubeconfig, logs.
#include "base/text.hpp"
#include "cli/commands/commands.hpp"
#include "cli/sandboxes.hpp"
#include "cli/session.hpp"
#include "os/files.hpp"
#include "sandbox/process/control.hpp"
#include "ui/line.hpp"

#include <fmt/format.h>

#include <charconv>
#include <filesystem>
#include <memory>

namespace kforge::cli {
namespace {

constexpr std::size_t largest_log = std::size_t{64} << 20;

struct SandboxOptions {
  std::string name, speed;
};

std::shared_ptr<SandboxOptions> declare_name(OptionTable& table) {
  const auto options = std::make_shared<SandboxOptions>();
  table.option({.names = "--name",
                .value = "NAME",
                .description = "which sandbox; default: the project's own",
                .target = &options->name});
  return options;
}

std::string address_of(const sandbox::Serving& serving) {
  return fmt::format("https://127.0.0.1:{}", serving.port);
}

Json document(const sandbox::Home& home, const std::optional<sandbox::Serving>& serving) {
  Json json{{"name", home.name}, {"state", serving ? "running" : "stopped"}, {"folder", home.folder}};
  if (!serving) {
    if (!file_exists(home.database())) json["state"] = "absent";
    return json;
  }
  json["server"] = address_of(*serving);
  json["kubeconfig"] = home.kubeconfig();
  json["context"] = home.context();
  json["pid"] = serving->pid;
  json["started"] = serving->started;
  json["speed"] = serving->speed;
  json["version"] = serving->version;
  json["memoryBytes"] = sandbox::resident_memory(serving->pid);
  return json;
}

void check_speed(const std::string& text) {
  double speed = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), speed);
  if (!text.empty() && (failure != std::errc{} || end != text.data() + text.size() || speed < 0.1 || speed > 1000))
    throw Error(ErrorKind::usage, fmt::format("--speed: '{}' is not a number from 0.1 to 1000", text))
        .hint("10 lets ten seconds of the sandbox pass in one");
}

int run_start(Session& session, const SandboxOptions& options) {
  check_speed(options.speed);
  const sandbox::Home home = sandbox_home(session, options.name);
  const StartedSandbox started = start_sandbox(session.deps(), home, options.speed);
  if (session.json()) {
    session.print_json(document(home, started.serving));
    return 0;
  }
  session.print(fmt::format("sandbox '{}' {} at {}\n", home.name, started.new_process ? "runs" : "is running already",
                            address_of(started.serving)));
  session.note(fmt::format("  kforge up --sandbox\n  kubectl --kubeconfig {} get pods -A\n", home.kubeconfig()));
  return 0;
}

int run_stop(Session& session, const SandboxOptions& options) {
  const sandbox::Home home = sandbox_home(session, options.name);
  const bool was_running = sandbox::stop(home);
  if (session.json())
    session.print_json(document(home, std::nullopt));
  else
    session.print(was_running ? fmt::format("sandbox '{}' is stopped; its state is kept\n", home.name)
                              : fmt::format("sandbox '{}' is not running\n", home.name));
  return 0;
}

int run_reset(Session& session, const SandboxOptions& options) {
  const sandbox::Home home = sandbox_home(session, options.name);
  const bool was_running = sandbox::stop(home);
  std::filesystem::remove_all(home.folder);
  std::optional<sandbox::Serving> serving;
  if (was_running) serving = start_sandbox(session.deps(), home).serving;
  if (session.json())
    session.print_json(document(home, serving));
  else
    session.print(serving ? fmt::format("sandbox '{}' is empty again, at {}\n", home.name, address_of(*serving))
                          : fmt::format("sandbox '{}' is removed\n", home.name));
  return 0;
}

std::vector<ui::Line> lines_of(const sandbox::Home& home, const sandbox::Serving& serving, WallTime now) {
  const auto since = parse_rfc3339(serving.started);
  const std::string age =
      since ? format_duration(std::chrono::duration_cast<Milliseconds>(now - *since)) : std::string("?");
  std::vector<ui::Line> lines;
  for (const auto& [label, text] :
       {std::pair<std::string, std::string>{"sandbox", home.name},
        {"state", fmt::format("running for {}, process {}, {} MiB", age, serving.pid,
                              (sandbox::resident_memory(serving.pid) + (1 << 19)) >> 20U)},
        {"server", address_of(serving)},
        {"kubeconfig", home.kubeconfig()},
        {"speed", serving.speed == 1 ? std::string() : fmt::format("{} times", serving.speed)}})
    if (!text.empty()) lines.push_back(ui::Line(label, ui::Colour::bold).pad_to(12).add(text));
  return lines;
}

int run_sandbox_status(Session& session, const SandboxOptions& options) {
  const sandbox::Home home = sandbox_home(session, options.name);
  const auto serving = sandbox::serving(home);
  if (session.json()) {
    session.print_json(document(home, serving));
  } else if (serving) {
    session.print(ui::paint_all(lines_of(home, *serving, session.deps().clock.wall_time()), session.out_style()));
  } else {
    session.print(fmt::format("sandbox '{}' {}; `kforge sandbox start` starts it\n", home.name,
                              file_exists(home.database()) ? "is stopped" : "does not exist"));
  }
  return 0;
}

int run_kubeconfig(Session& session, const SandboxOptions& options) {
  const sandbox::Home home = sandbox_home(session, options.name);
  if (!file_exists(home.kubeconfig()))
    throw Error(ErrorKind::not_found, fmt::format("sandbox '{}' does not exist", home.name))
        .hint("`kforge sandbox start` makes it");
  session.print(home.kubeconfig() + "\n");
  return 0;
}

int run_sandbox_logs(Session& session, const SandboxOptions& options) {
  const sandbox::Home home = sandbox_home(session, options.name);
  const auto text = read_file(home.log(), largest_log);
  if (!text)
    throw Error(ErrorKind::not_found, fmt::format("sandbox '{}' has no log", home.name))
        .hint("`kforge sandbox start` makes it; the logs of pods are what `kubectl logs` shows");
  session.print(*text);
  return 0;
}

template <int (*run)(Session&, const SandboxOptions&)>
Action bind(OptionTable& table) {
  const auto options = declare_name(table);
  return [options](Session& session) { return run(session, *options); };
}

}  // namespace

Action bind_sandbox_start(OptionTable& table) {
  const auto options = declare_name(table);
  table.option({.names = "--speed",
                .value = "N",
                .description = "how many seconds pass in the sandbox in one; default: 1",
                .target = &options->speed});
  return [options](Session& session) { return run_start(session, *options); };
}
Action bind_sandbox_stop(OptionTable& table) {
  return bind<run_stop>(table);
}
Action bind_sandbox_status(OptionTable& table) {
  return bind<run_sandbox_status>(table);
}
Action bind_sandbox_reset(OptionTable& table) {
  return bind<run_reset>(table);
}
Action bind_sandbox_kubeconfig(OptionTable& table) {
  return bind<run_kubeconfig>(table);
}
Action bind_sandbox_logs(OptionTable& table) {
  return bind<run_sandbox_logs>(table);
}

}  // namespace kforge::cli
