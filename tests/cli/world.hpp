// SPDX-License-Identifier: Apache-2.0
// A whole machine for run(argv, fakes): a folder, a terminal, a clock, a cluster in memory.
#pragma once

#include "base/json.hpp"
#include "cli/deps.hpp"
#include "tests/fakes/fake_api.hpp"
#include "tests/fakes/fake_clock.hpp"
#include "tests/fakes/fake_processes.hpp"
#include "tests/fakes/fake_terminal.hpp"
#include "tests/support/temp_dir.hpp"

#include <string>
#include <vector>

namespace kforge::tests {

struct FakeSignals final : SignalSource {
  int number = 0;
  int poll_fd() const override { return -1; }
  int pending() const override { return number; }
};

// A value that must never appear anywhere.
inline constexpr const char* canary = "canary-5up3r-s3cr3t";

class World {
 public:
  World();

  // Runs kforge in the folder; returns the exit code. Texts of earlier runs are forgotten.
  int run(const std::vector<std::string>& arguments);
  int run_on(Terminal& other, const std::vector<std::string>& arguments);
  const std::string& out() const { return terminal.out_text; }
  const std::string& err() const { return terminal.err_text; }
  Json out_json() const { return Json::parse(terminal.out_text); }

  // A terminal with a person at it.
  void interactive(int columns = 100);
  void write_project(std::string_view text) { dir.write("kforge.yaml", text); }
  bool network_used() const { return transport_asked_; }

  TempDir dir;
  FakeClock clock;
  FakeCluster cluster{clock};
  FakeProcesses processes;
  FakeTerminal terminal;
  FakeSignals signals;
  Environment environment;

 private:
  bool transport_asked_ = false;
};

// Two services and a gateway's worth of nothing else: small enough to read in a test.
inline constexpr std::string_view small_project =
    "apiVersion: kforge.dev/v1\n"
    "project: shop\n"
    "services:\n"
    "  order-service: {image: \"order-service:v1.0.0\", port: 8001}\n"
    "  order-worker: {image: \"order-worker:v1.0.0\", port: 8003}\n"
    "  product-service: {image: \"product-service:v1.0.0\", port: 8000}\n";

}  // namespace kforge::tests
