// SPDX-License-Identifier: Apache-2.0
// Faults that a simulated pod plays, written as an annotation of its template, in a faults file, or as the image's tag.
#pragma once

#include "base/duration.hpp"
#include "base/json.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kforge::sandbox {

constexpr const char* fault_annotation = "sandbox.kforge.dev/fault";

struct PodFault {
  enum class Kind {
    image_missing,
    pull_denied,
    bad_command,
    crash_loop,
    oom,
    config_missing,
    never_ready,
    slow_start,
    flapping,
    hang,
    unschedulable
  };
  Kind kind = Kind::crash_loop;
  int exit_code = 1;                              // crash-loop exit=3
  std::optional<Milliseconds> after, every;       // crash-loop after=5s, slow-start after=40s, flapping every=10s
  std::optional<int> times;                       // crash-loop times=2: well again after two crashes
  std::string container, name = "sandbox-fault";  // one container of the pod only; the Secret of config-missing
};

// "crash-loop exit=3 after=5s". Throws Error{project_invalid} naming what is wrong with it and what there is.
PodFault parse_fault(std::string_view text);
std::vector<std::string> fault_names();

// What is wrong with the fault annotation of a pod or of a workload's template; empty when it can be read or is absent.
std::string fault_problem(const Json& object);

// Which pods have which fault.
class FaultBook {
 public:
  // The `pods` list of a faults file: [{match: "backend/order-service", fault: "oom"}, …]; it replaces the former one.
  // `match` is the start of "namespace/pod-name". Throws like parse_fault.
  void load(const Json& rules);
  // The fault of a container; of any container when `container` is empty. A fault that cannot be read is none.
  std::optional<PodFault> of(const Json& pod, std::string_view container) const;

 private:
  struct Rule {
    std::string match;
    PodFault fault;
  };
  std::vector<Rule> rules_;
};

}  // namespace kforge::sandbox
