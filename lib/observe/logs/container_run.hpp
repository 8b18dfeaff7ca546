// SPDX-License-Identifier: Apache-2.0
// What a pod says about one of its containers, as far as its log is concerned.
#pragma once

#include "base/duration.hpp"
#include "base/json.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kforge::observe {

struct ContainerRun {
  bool has_log = false;  // it runs, or has run
  bool running = false;
  std::int64_t restarts = 0;        // number of the run
  std::optional<WallTime> started;  // the present run; whole seconds
  std::string waiting;              // "ImagePullBackOff"; why it does not run
  std::string last_end;             // "exit code 1": how the run before ended; empty when it is the first
};
ContainerRun run_of(const Json& pod, std::string_view container);

enum class Containers { main, all };
// The names of the containers to read, in the order in which they start. The main one is kubectl's choice: the one of
// the annotation, otherwise the first.
std::vector<std::string> containers_of(const Json& pod, Containers which);

}  // namespace kforge::observe
