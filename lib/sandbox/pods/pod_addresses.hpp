// SPDX-License-Identifier: Apache-2.0
// Pod IPs out of each node's 10.244.N.0/24, as a node's CNI plugin hands them out.
#pragma once

#include "sandbox/store.hpp"

#include <map>
#include <set>
#include <string>

namespace kforge::sandbox {

class PodAddresses {
 public:
  explicit PodAddresses(Store& store);
  // The pod's address, the same one as long as it is not released.
  std::string of(const Json& pod);
  void release(const std::string& pod_uid);

 private:
  Store& store_;
  std::map<std::string, std::string> by_pod_;
  std::set<std::string> taken_;
  std::map<std::string, int> last_;  // by node
};

std::string node_address(const Store& store, const std::string& node);  // InternalIP

}  // namespace kforge::sandbox
