// SPDX-License-Identifier: Apache-2.0
// Samples of CPU and memory over time, and what they say about requests and limits.
#pragma once

#include "observe/status.hpp"

#include <deque>
#include <map>
#include <string>
#include <vector>

namespace kforge::observe {

// What fits the samples: canonical quantities for services.NAME.resources, and why. Empty texts: as it is.
struct Advice {
  std::string service;
  std::string cpu_request, memory_request, memory_limit;
  std::string reason;  // "uses at most 92m CPU and 170Mi of memory (250m, 256Mi requested)"
};

class History {
 public:
  // Samples of the same time stamp count once. The oldest of more than 240 go.
  void add(const ProjectStatus& status, const Usage& usage);
  std::size_t samples() const { return samples_; }
  // CPU and memory of all pods of a workload, oldest first.
  std::vector<double> cpu_of(const kube::ObjectRef& object) const;
  std::vector<double> memory_of(const kube::ObjectRef& object) const;
  // For workloads whose requests or limits are far from what their hungriest pod used.
  std::vector<Advice> advice(const ProjectStatus& status) const;

 private:
  struct Track {
    std::deque<Amounts> sums;
    Amounts peak;  // of one pod
  };
  Advice advice_on(const ObjectRow& row, const Track& track) const;

  std::map<kube::ObjectRef, Track> tracks_;
  std::string last_measured_;
  std::size_t samples_ = 0;
};

// "250m", "1.2": cores as people write them. "212Mi": bytes.
std::string cores_text(double cores);
std::string memory_text(double bytes);

}  // namespace kforge::observe
