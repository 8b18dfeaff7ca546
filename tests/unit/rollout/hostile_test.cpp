// SPDX-License-Identifier: Apache-2.0
// A cluster, or somebody in between, may send anything: a verdict must come out of it, and one that makes sense.
#include "tests/support/golden.hpp"
#include "tests/support/json_mutation.hpp"
#include "tests/unit/rollout/rollout.hpp"

using namespace kforge;
using namespace kforge::tests;
using namespace kforge::rollout;
using std::chrono::seconds;

namespace {

void check_sense(const Verdict& verdict, const Memory& memory, Clock::time_point now) {
  CHECK_FALSE(verdict.reason.empty());
  CHECK_FALSE(verdict.message.empty());
  if (!verdict.code.empty()) CHECK(find_cause(verdict.code) != nullptr);
  if (verdict.state == State::failed || verdict.state == State::ready_with_warning) CHECK_FALSE(verdict.code.empty());
  if (const auto deadline = next_deadline(memory)) CHECK(*deadline > now);
}

// Judges every object of a list as one of a deploy that began now, twice.
void judge_all(const Json& list) {
  Index index;
  for (const Json& object : list) index.add(object);
  for (const Json& object : list) {
    const Surroundings around = index.around(object);
    const WallTime server_now = *parse_rfc3339("2026-11-23T18:20:00Z");
    const Baseline baseline = baseline_of(object, around.pods, server_now);
    Memory memory, one_look;
    const Clock::time_point now{seconds(1000)};
    check_sense(judge(object, around, {}, one_look, now, server_now), one_look, now);
    check_sense(judge(object, around, baseline, memory, now, server_now), memory, now);
    check_sense(judge(object, around, baseline, memory, now + seconds(700), server_now + seconds(700)), memory,
                now + seconds(700));
    judge_gone(object);
    counts_of(object);
  }
}

}  // namespace

TEST_CASE("whatever objects look like, their verdicts make sense") {
  const auto [file, rounds] = GENERATE(table<std::string_view, int>({{"broken-image", 12},
                                                                     {"crash-loop", 12},
                                                                     {"missing-storage-class", 20},
                                                                     {"scaled-to-zero", 20},
                                                                     {"job-failed", 20},
                                                                     {"stateful-set-partition", 12}}));
  const Json list = Json::parse(repository_file("tests/unit/observe/data/" + std::string(file) + ".json"))["items"];
  for (int round = 0; round < rounds; ++round) {
    std::mt19937_64 random(static_cast<std::uint64_t>(round));
    Json mutated = list;
    for (int change = 0; change < 5 * round; ++change) mutate(mutated, random);
    INFO(file << ", round " << round);
    judge_all(mutated.is_array() ? mutated : Json::array({mutated}));
  }
}
