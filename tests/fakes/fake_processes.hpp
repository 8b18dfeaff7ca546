// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "os/process_runner.hpp"

#include <functional>
#include <stdexcept>
#include <vector>

namespace kforge::tests {

// Runs nothing: answers from a script and remembers the requests. Without a script every request is a test failure.
struct FakeProcesses final : ProcessRunner {
  std::function<ProcessResult(const ProcessRequest&)> script;
  std::vector<ProcessRequest> requests;

  ProcessResult run(const ProcessRequest& request) override {
    requests.push_back(request);
    if (!script) throw std::logic_error("unexpected process: " + request.command);
    return script(request);
  }
};

}  // namespace kforge::tests
