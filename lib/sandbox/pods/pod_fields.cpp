// SPDX-License-Identifier: Apache-2.0
#include "sandbox/pods/pod_fields.hpp"

#include "base/text.hpp"
#include "sandbox/api/object_meta.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace kforge::sandbox {
namespace {

Int128 amount(const Json& value) {
  const auto parsed = value.is_string() ? Quantity::parse(value.get_ref<const std::string&>()) : std::nullopt;
  return parsed ? parsed->nano() : Int128{0};
}

}  // namespace

std::string pod_field(const Json& pod, std::string_view path) {
  const std::size_t bracket = path.find("['");
  if (bracket != std::string_view::npos && path.ends_with("']")) {
    const std::string key(path.substr(bracket + 2, path.size() - bracket - 4));
    return string_at(pod, {"metadata", path.substr(std::string_view("metadata.").size(), bracket - 9), key});
  }
  if (path == "metadata.labels" || path == "metadata.annotations") {
    std::string lines;
    for (const auto& [key, value] : at_path(pod, {"metadata", path.substr(9)}).items())
      lines += fmt::format("{}{}=\"{}\"", lines.empty() ? "" : "\n", key, value.get<std::string>());
    return lines;
  }
  if (path == "status.podIPs") return string_at(pod, {"status", "podIP"});
  const std::vector<std::string> steps = split(path, '.');
  return steps.size() == 2 ? string_at(pod, {steps[0], steps[1]}) : std::string();
}

std::string resource_field(const Json& container, const Json& reference) {
  const std::vector<std::string> steps = split(string_at(reference, {"resource"}), '.');
  if (steps.size() != 2) return {};
  const Int128 value = amount(at_path(container, {"resources", steps[0], steps[1]}));
  const Int128 divisor = amount(at_path(reference, {"divisor"}));
  const Int128 unit = divisor > 0 ? divisor : Int128{1'000'000'000};
  return std::to_string(static_cast<std::int64_t>((value + unit - 1) / unit));
}

std::string pod_label(const Json& pod) {
  return fmt::format("{}_{}({})", name_of(pod), namespace_of(pod), string_at(pod, {"metadata", "uid"}));
}

const Json& container_spec(const Json& pod, std::string_view name) {
  static const Json none;
  for (const char* list : {"containers", "initContainers"})
    for (const Json& container : at_path(pod, {"spec", list}))
      if (string_at(container, {"name"}) == name) return container;
  return none;
}

bool is_sidecar(const Json& init_container) {
  return string_at(init_container, {"restartPolicy"}) == "Always";
}

Int128 pod_request(const Json& pod, const char* resource) {
  Int128 running = 0, sidecars = 0, init_peak = 0;
  for (const Json& container : at_path(pod, {"spec", "containers"}))
    running += amount(at_path(container, {"resources", "requests", resource}));
  for (const Json& container : at_path(pod, {"spec", "initContainers"})) {
    const Int128 wanted = amount(at_path(container, {"resources", "requests", resource}));
    if (is_sidecar(container)) sidecars += wanted;
    init_peak = std::max(init_peak, is_sidecar(container) ? sidecars : sidecars + wanted);
  }
  return std::max(running + sidecars, init_peak) + amount(at_path(pod, {"spec", "overhead", resource}));
}

}  // namespace kforge::sandbox
