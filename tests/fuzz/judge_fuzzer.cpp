// SPDX-License-Identifier: Apache-2.0
// Any List of objects has a status, and a verdict with a cause that exists. The corpus is tests/unit/observe/data.
#include "observe/status.hpp"
#include "rollout/index.hpp"
#include "tests/support/json_mutation.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <cstring>

extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t max_size);

namespace kforge {
namespace {

const WallTime wall_now = *parse_rfc3339("2026-11-23T18:20:00Z");

void require(bool truth) {
  if (!truth) std::abort();
}

void judge_as_deployed(const std::vector<Json>& objects) {
  rollout::Index index;
  for (const Json& object : objects) index.add(object);
  for (const Json& object : objects) {
    const rollout::Surroundings around = index.around(object);
    const rollout::Baseline baseline = rollout::baseline_of(object, around.pods, wall_now);
    rollout::Memory memory;
    for (const std::chrono::seconds later : {std::chrono::seconds(0), std::chrono::seconds(700)}) {
      const Clock::time_point now = Clock::time_point{} + later;
      const rollout::Verdict verdict = rollout::judge(object, around, baseline, memory, now, wall_now + later);
      require(!verdict.message.empty());
      require(verdict.code.empty() || rollout::find_cause(verdict.code) != nullptr);
      require(verdict.state != rollout::State::failed || !verdict.code.empty());
      if (const auto deadline = rollout::next_deadline(memory)) require(*deadline > now);
    }
    rollout::judge_gone(object);
  }
}

}  // namespace
}  // namespace kforge

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  kforge::Json list = kforge::Json::parse(data, data + size, nullptr, false);
  if (list.is_discarded()) return 0;
  const std::vector<kforge::Json> objects = kforge::kube::items_of(std::move(list));
  kforge::judge_as_deployed(objects);
  const auto status =
      kforge::observe::status_of(objects, kforge::Clock::time_point{}, kforge::wall_now, kforge::observe::Kinds::all);
  kforge::to_text(kforge::observe::to_json(status));
  return 0;
}

// Most bytes that are no JSON teach nothing, so documents are changed as documents.
extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t max_size,
                                               unsigned seed) {
  kforge::Json document = kforge::Json::parse(data, data + size, nullptr, false);
  if (document.is_discarded()) return LLVMFuzzerMutate(data, size, max_size);
  std::mt19937_64 random(seed);
  for (unsigned change = 0; change <= seed % 4; ++change) kforge::tests::mutate(document, random);
  const std::string text = kforge::to_text(document);
  if (text.size() > max_size) return size;
  std::memcpy(data, text.data(), text.size());
  return text.size();
}
