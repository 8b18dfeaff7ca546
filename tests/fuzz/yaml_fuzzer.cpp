// SPDX-License-Identifier: Apache-2.0
// Any text is parsed or refused; what is parsed comes back from the emitter as it was.
#include "base/diagnostics.hpp"
#include "yaml/node.hpp"

#include <cstdint>
#include <cstdlib>

namespace kforge::yaml {
namespace {

void touch_places(const Node& node) {
  if (!node.place().known()) std::abort();
  for (const Node& item : node.items) touch_places(item);
  for (const Entry& entry : node.entries) {
    touch_places(entry.key);
    touch_places(entry.value);
  }
}

void check_round_trip(const Node& node) {
  const Json value = to_json(node);
  const std::string text = emit(value);
  const Limits unlimited{.bytes = SIZE_MAX, .nodes = SIZE_MAX, .depth = 200};
  if (to_json(parse("emitted", text, unlimited)) != value) std::abort();
  if (to_json(from_json(value)) != value) std::abort();
}

void read(std::string text) {
  const Limits limits{.bytes = 1 << 20, .nodes = 20'000, .depth = 64, .alias_expansions = 5'000, .documents = 50};
  try {
    for (const Node& node : parse_all("fuzz", std::move(text), limits)) {
      touch_places(node);
      check_round_trip(node);
    }
  } catch (const InvalidInput& refused) {
    if (refused.diagnostics.ok()) std::abort();
    for (const Diagnostic& problem : refused.diagnostics.all()) kforge::to_text(problem);
  }
}

}  // namespace
}  // namespace kforge::yaml

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  kforge::yaml::read(std::string(reinterpret_cast<const char*>(data), size));
  return 0;
}
