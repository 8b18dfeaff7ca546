// SPDX-License-Identifier: Apache-2.0
#include "os/process_runner.hpp"

#include "tests/support/catch.hpp"

using namespace kforge;
using End = ProcessResult::End;

namespace {

ProcessResult shell(const std::string& script, ProcessRequest request = {}) {
  request.command = "/bin/sh";
  request.arguments = {"-c", script};
  PosixProcesses processes;
  return processes.run(request);
}

}  // namespace

TEST_CASE("a child's output and exit code come back") {
  const ProcessResult result = shell("echo hello; exit 3");
  CHECK(result.end == End::exited);
  CHECK(result.code == 3);
  CHECK(result.output == "hello\n");
}

TEST_CASE("a child sees exactly the environment it was given, and no terminal") {
  ProcessRequest request;
  request.environment = {{"ONLY", "this"}};
  CHECK(shell("printf '%s-%s-' \"$ONLY\" \"$HOME\"; cat", request).output == "this--");
}

TEST_CASE("a missing program is told from a failing one") {
  PosixProcesses processes;
  CHECK(processes.run({.command = "/no/such/program"}).end == End::not_found);
  CHECK(processes.run({.command = "/etc/passwd"}).end == End::failed_to_start);
}

TEST_CASE("a child that takes too long or talks too much is ended") {
  ProcessRequest impatient;
  impatient.timeout = std::chrono::milliseconds(50);
  CHECK(shell("exec cat /dev/zero > /dev/null", impatient).end == End::timed_out);
  ProcessRequest small;
  small.max_output = 1000;
  CHECK(shell("cat /dev/zero", small).end == End::too_much_output);
}

TEST_CASE("death by a signal is reported as such") {
  const ProcessResult result = shell("kill -9 $$");
  CHECK(result.end == End::signalled);
  CHECK(result.code == 9);
}
