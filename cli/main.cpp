// SPDX-License-Identifier: Apache-2.0
// Makes the real world and hands it to run().
#include "cli/run.hpp"
#include "http/curl_transport.hpp"

#include <memory>

int main(int argc, char** argv) {
  using namespace kforge;
  reserve_standard_streams();
  const SystemClock clock;
  const SignalPipe signals;
  PosixProcesses processes;
  PosixTerminal terminal;
  const Environment environment = Environment::from_process();
  std::unique_ptr<http::CurlTransport> transport;
  const cli::Deps deps{.clock = clock,
                       .transport = [&]() -> http::Transport& {
                         if (!transport) transport = std::make_unique<http::CurlTransport>(clock, signals);
                         return *transport;
                       },
                       .processes = processes,
                       .terminal = terminal,
                       .environment = environment,
                       .signals = signals};
  return cli::run({argv + 1, argv + argc}, deps);
}
