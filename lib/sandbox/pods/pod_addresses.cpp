// SPDX-License-Identifier: Apache-2.0
#include "sandbox/pods/pod_addresses.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

#include <charconv>
#include <vector>

namespace kforge::sandbox {
namespace {

constexpr int per_node = 254 * 8;  // beyond a /24 only when somebody made a very large node

// Of the node's podCIDR (10.244.3.0/24); zero for a node that somebody made without one.
int third_octet(const Store& store, const std::string& node) {
  const ObjectPtr object = store.get({"nodes", "", node});
  const std::string range = object ? string_at(*object, {"spec", "podCIDR"}) : "";
  const std::vector<std::string> parts = split(range, '.');
  int third = 0;
  if (parts.size() == 4) std::from_chars(parts[2].data(), parts[2].data() + parts[2].size(), third);
  return third & 0xFF;
}

}  // namespace

PodAddresses::PodAddresses(Store& store) : store_(store) {
  for (const ObjectPtr& pod : store.list("pods", "")) {
    const std::string ip = string_at(*pod, {"status", "podIP"});
    if (ip.empty()) continue;
    by_pod_[string_at(*pod, {"metadata", "uid"})] = ip;
    taken_.insert(ip);
  }
}

std::string PodAddresses::of(const Json& pod) {
  std::string& ip = by_pod_[string_at(pod, {"metadata", "uid"})];
  if (!ip.empty()) return ip;
  const std::string node = string_at(pod, {"spec", "nodeName"});
  if (bool_at(pod, {"spec", "hostNetwork"})) return ip = node_address(store_, node);
  const int third = third_octet(store_, node);
  int& last = last_[node];
  do {
    last = last % per_node + 1;
    ip = fmt::format("10.244.{}.{}", (third + (last - 1) / 254 * 16) % 256, (last - 1) % 254 + 1);
  } while (taken_.contains(ip) && taken_.size() < per_node);
  taken_.insert(ip);
  return ip;
}

void PodAddresses::release(const std::string& pod_uid) {
  const auto found = by_pod_.find(pod_uid);
  if (found == by_pod_.end()) return;
  taken_.erase(found->second);
  by_pod_.erase(found);
}

std::string node_address(const Store& store, const std::string& node) {
  if (const ObjectPtr object = store.get({"nodes", "", node}))
    for (const Json& address : at_path(*object, {"status", "addresses"}))
      if (string_at(address, {"type"}) == "InternalIP") return string_at(address, {"address"});
  return "127.0.0.1";
}

}  // namespace kforge::sandbox
