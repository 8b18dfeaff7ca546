// SPDX-License-Identifier: Apache-2.0
#include "observe/history.hpp"

#include "base/quantity.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace kforge::observe {
namespace {

constexpr std::size_t most_samples = 240;
constexpr double mebibyte = 1024 * 1024;
// Room above what was seen. CPU that is short only slows down; memory that is short kills.
constexpr double cpu_headroom = 1.3, memory_headroom = 1.25, limit_headroom = 1.5;
// A request is worth a word when it is off by more than this.
constexpr double too_much = 2.0;
constexpr double near_limit = 0.9;

void raise(std::optional<double>& peak, const std::optional<double>& value) {
  if (value) peak = std::max(peak.value_or(0), *value);
}

std::string millicores(double cores) {
  return fmt::format("{}m", std::max(10L, static_cast<long>(std::ceil(cores * 100)) * 10));
}

std::string mebibytes(double bytes) {
  return fmt::format("{}Mi", std::max(32L, static_cast<long>(std::ceil(bytes / mebibyte / 16)) * 16));
}

double value_of(const std::string& quantity) {
  const auto parsed = Quantity::parse(quantity);
  return parsed ? parsed->value() : 0;
}

// Whether the wanted amount differs enough from the one that is set.
bool is_off(const std::string& wanted, const std::optional<double>& set, double used) {
  if (!set || *set <= 0) return true;
  return used > *set || *set > value_of(wanted) * too_much;
}

bool ran_out_of_memory(const PodRow& pod) {
  return pod.last_exit.starts_with("out of memory");
}

// The amounts of one pod: all pods of a workload are alike but in the middle of a rollout.
const PodRow* pattern_of(const ObjectRow& row) {
  return row.pods.empty() ? nullptr : &row.pods.back();
}

}  // namespace

void History::add(const ProjectStatus& status, const Usage& usage) {
  if (!usage.missing.empty() || usage.pods.empty()) return;
  if (!usage.measured.empty() && usage.measured == last_measured_) return;
  last_measured_ = usage.measured;
  ++samples_;
  for (const ObjectRow& row : status.objects) {
    const Amounts sum = row.use();
    if (!sum.known()) continue;
    Track& track = tracks_[row.object];
    track.sums.push_back(sum);
    if (track.sums.size() > most_samples) track.sums.pop_front();
    for (const PodRow& pod : row.pods) {
      raise(track.peak.cpu, pod.use.cpu);
      raise(track.peak.memory, pod.use.memory);
    }
  }
}

std::vector<double> History::cpu_of(const kube::ObjectRef& object) const {
  std::vector<double> values;
  if (const auto track = tracks_.find(object); track != tracks_.end())
    for (const Amounts& sum : track->second.sums) values.push_back(sum.cpu.value_or(0));
  return values;
}

std::vector<double> History::memory_of(const kube::ObjectRef& object) const {
  std::vector<double> values;
  if (const auto track = tracks_.find(object); track != tracks_.end())
    for (const Amounts& sum : track->second.sums) values.push_back(sum.memory.value_or(0));
  return values;
}

std::vector<Advice> History::advice(const ProjectStatus& status) const {
  std::vector<Advice> all;
  for (const ObjectRow& row : status.objects) {
    const auto track = tracks_.find(row.object);
    if (track == tracks_.end() || row.pods.empty()) continue;
    Advice advice = advice_on(row, track->second);
    if (!advice.cpu_request.empty() || !advice.memory_request.empty() || !advice.memory_limit.empty())
      all.push_back(std::move(advice));
  }
  return all;
}

Advice History::advice_on(const ObjectRow& row, const Track& track) const {
  const PodRow& pod = *pattern_of(row);
  const double cpu = track.peak.cpu.value_or(0), memory = track.peak.memory.value_or(0);
  const double limit = pod.limit.memory.value_or(0);
  Advice advice{.service = row.service, .cpu_request = {}, .memory_request = {}, .memory_limit = {}, .reason = {}};
  if (track.peak.cpu && is_off(millicores(cpu * cpu_headroom), pod.request.cpu, cpu))
    advice.cpu_request = millicores(cpu * cpu_headroom);
  const auto killed = std::find_if(row.pods.begin(), row.pods.end(), ran_out_of_memory);
  if (limit > 0 && (killed != row.pods.end() || memory > limit * near_limit))
    advice.memory_limit = mebibytes(std::max(limit, memory) * limit_headroom);
  // A pod that was killed for its memory needs more than any sample shows.
  else if (track.peak.memory && is_off(mebibytes(memory * memory_headroom), pod.request.memory, memory))
    advice.memory_request = mebibytes(memory * memory_headroom);
  advice.reason =
      killed != row.pods.end() && !advice.memory_limit.empty()
          ? killed->last_exit
          : fmt::format("a pod used at most {} CPU and {} of memory; {} and {} are requested", cores_text(cpu),
                        memory_text(memory), pod.request.cpu ? cores_text(*pod.request.cpu) : "nothing",
                        pod.request.memory ? memory_text(*pod.request.memory) : "nothing");
  return advice;
}

std::string cores_text(double cores) {
  if (cores < 1) return fmt::format("{}m", std::lround(cores * 1000));
  return cores == std::floor(cores) ? fmt::format("{:.0f}", cores) : fmt::format("{:.1f}", cores);
}

std::string memory_text(double bytes) {
  return format_bytes(static_cast<std::uint64_t>(std::max(0.0, bytes)));
}

}  // namespace kforge::observe
