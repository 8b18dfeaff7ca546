// SPDX-License-Identifier: Apache-2.0
#include "tests/cli/world.hpp"

#include "cli/run.hpp"

#include <fmt/format.h>

#include <filesystem>

namespace kforge::tests {

World::World() {
  const std::string kubeconfig = dir.write(
      "kubeconfig", fmt::format("apiVersion: v1\n"
                                "kind: Config\n"
                                "current-context: prod\n"
                                "clusters: [{{name: prod, cluster: {{server: \"https://cluster.test:6443\"}}}}]\n"
                                "users: [{{name: deployer, user: {{token: {}}}}}]\n"
                                "contexts: [{{name: prod, context: {{cluster: prod, user: deployer}}}}]\n",
                                canary));
  std::filesystem::permissions(kubeconfig, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  environment = {{{"KUBECONFIG", kubeconfig}, {"HOME", dir.path()}, {"TERM", "xterm"}, {"LANG", "C.UTF-8"}},
                 dir.path()};
}

int World::run(const std::vector<std::string>& arguments) {
  terminal.out_text.clear();
  terminal.err_text.clear();
  return run_on(terminal, arguments);
}

int World::run_on(Terminal& other, const std::vector<std::string>& arguments) {
  const cli::Deps deps{.clock = clock,
                       .transport = [this]() -> http::Transport& {
                         transport_asked_ = true;
                         return cluster;
                       },
                       .processes = processes,
                       .terminal = other,
                       .environment = environment,
                       .signals = signals};
  return cli::run(arguments, deps);
}

void World::interactive(int columns) {
  terminal.interactive = true;
  terminal.columns = columns;
}

}  // namespace kforge::tests
