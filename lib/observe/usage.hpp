// SPDX-License-Identifier: Apache-2.0
// CPU and memory: what pods ask for, what they may take, and what the metrics API says they use.
#pragma once

#include "kube/client.hpp"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace kforge::observe {

struct Amounts {
  std::optional<double> cpu, memory;  // cores, bytes; empty: not known or not set
  Amounts& operator+=(const Amounts& other);
  bool known() const { return cpu || memory; }
};
// Of all containers of a pod spec that run at the same time: the regular ones and sidecars. A limit that one container
// lacks is no limit.
Amounts requests_of(const Json& pod_spec);
Amounts limits_of(const Json& pod_spec);

struct Usage {
  std::map<std::pair<std::string, std::string>, Amounts> pods;  // by namespace and name
  std::string measured;                                         // the newest time stamp of the samples, as served
  std::string missing;  // why there are none: "this cluster has no metrics server"; empty when it answered
  const Amounts* find(const std::string& name_space, const std::string& pod) const;
};
// One PodMetrics list of metrics.k8s.io.
void add_pod_metrics(Usage& usage, const std::string& name_space, const Json& list);

// The metrics of a project's pods, asked for when it is made, so that other requests travel beside it. That there are
// none is a value; no answer at all is an Error.
class UsageReading {
 public:
  UsageReading(kube::Client& client, const std::set<std::string>& namespaces, const std::string& label_selector);
  ~UsageReading();
  UsageReading(const UsageReading&) = delete;
  UsageReading& operator=(const UsageReading&) = delete;
  Usage finish();

 private:
  void keep(const std::string& name_space, const kube::ApiResult& result);

  kube::Client& client_;
  std::vector<kube::RequestId> requests_;
  std::size_t open_ = 0;
  Usage usage_;
  std::optional<Error> error_;
};

}  // namespace kforge::observe
