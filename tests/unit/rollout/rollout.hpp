// SPDX-License-Identifier: Apache-2.0
// A rollout that is watched: objects that change, a clock that a test moves, and the verdict at each moment.
#pragma once

#include "rollout/index.hpp"
#include "rollout/verdict.hpp"
#include "tests/fakes/fake_clock.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/objects.hpp"

#include <deque>
#include <string>

namespace kforge::tests {

class Watched {
 public:
  // Objects beside the judged one; an object of the same UID is replaced.
  void have(Json object) {
    for (Json& each : objects_)
      if (each["metadata"]["uid"] == object["metadata"]["uid"]) {
        each = std::move(object);
        return;
      }
    objects_.push_back(std::move(object));
  }
  void forget(const Json& object) {
    std::erase_if(objects_, [&](const Json& each) { return each["metadata"]["uid"] == object["metadata"]["uid"]; });
  }
  // Our write was answered now with `reply`; the pods known so far count as they are.
  void applied(const Json& reply) {
    std::vector<const Json*> pods;
    for (const Json& each : objects_)
      if (each["kind"] == "Pod") pods.push_back(&each);
    baseline = rollout::baseline_of(reply, pods, clock.wall_time());
  }
  rollout::Verdict judge(const Json& live) {
    rollout::Index index;
    for (const Json& each : objects_) index.add(each);
    return rollout::judge(live, index.around(live), baseline, memory, clock.now(), clock.wall_time(), options);
  }
  rollout::Verdict judge_after(Milliseconds length, const Json& live) {
    clock.advance(length);
    return judge(live);
  }

  FakeClock clock;
  rollout::Baseline baseline;
  rollout::Memory memory;
  rollout::Options options;

 private:
  std::deque<Json> objects_;
};

}  // namespace kforge::tests

namespace Catch {
template <>
struct StringMaker<kforge::rollout::State> {
  static std::string convert(kforge::rollout::State state) {
    return state == kforge::rollout::State::ready_with_warning ? "ready_with_warning"
                                                               : std::string(kforge::rollout::to_string(state));
  }
};
}  // namespace Catch
