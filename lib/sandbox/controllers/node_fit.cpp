// SPDX-License-Identifier: Apache-2.0
#include "sandbox/controllers/node_fit.hpp"

#include "sandbox/api/object_meta.hpp"
#include "sandbox/api/selector.hpp"
#include "sandbox/controllers/toolkit.hpp"
#include "sandbox/pods/pod_fields.hpp"

#include <algorithm>
#include <limits>
#include <set>

namespace kforge::sandbox {
namespace {

Int128 amount(const Json& node, const char* resource) {
  const auto parsed = Quantity::parse(string_at(node, {"status", "allocatable", resource}));
  return parsed ? parsed->nano() : Int128{0};
}

// One term of a node selector: labels by matchExpressions, the name by matchFields (DaemonSets).
bool term_matches(const Json& node, const Json& term) {
  if (at_path(term, {"matchExpressions"}).empty() && at_path(term, {"matchFields"}).empty()) return false;
  const Json& expressions = at_path(term, {"matchExpressions"});
  const Json selector{{"matchExpressions", expressions.is_null() ? Json::array() : expressions}};
  if (!label_selector_matches(selector, at_path(node, {"metadata", "labels"}))) return false;
  for (const Json& field : at_path(term, {"matchFields"})) {
    const Json& values = at_path(field, {"values"});
    const bool named = std::find(values.begin(), values.end(), Json(name_of(node))) != values.end();
    if (named != (string_at(field, {"operator"}) == "In")) return false;
  }
  return true;
}

bool tolerates(const Json& toleration, const Json& taint) {
  const std::string effect = string_at(toleration, {"effect"}), key = string_at(toleration, {"key"});
  if (!effect.empty() && effect != string_at(taint, {"effect"})) return false;
  const bool exists = string_at(toleration, {"operator"}) == "Exists";
  if (key.empty()) return exists;
  return key == string_at(taint, {"key"}) &&
         (exists || string_at(toleration, {"value"}) == string_at(taint, {"value"}));
}

const std::string topology_of(const NodeView& view, const Json& term) {
  return string_at(*view.node, {"metadata", "labels", string_at(term, {"topologyKey"})});
}

// Pods that a term of (anti-)affinity or a spread constraint speaks of, on nodes of a topology value.
std::int64_t matching_pods(const ClusterView& cluster, const Json& pod, const Json& term, const std::string& value) {
  std::int64_t count = 0;
  const Json& spaces = at_path(term, {"namespaces"});
  for (const ObjectPtr& other : cluster.pods) {
    const bool in_space = spaces.is_array() && !spaces.empty()
                              ? std::find(spaces.begin(), spaces.end(), Json(namespace_of(*other))) != spaces.end()
                              : namespace_of(*other) == namespace_of(pod);
    if (!in_space || !label_selector_matches(at_path(term, {"labelSelector"}), at_path(*other, {"metadata", "labels"})))
      continue;
    const std::string node = string_at(*other, {"spec", "nodeName"});
    count += std::ranges::count_if(cluster.nodes, [&](const NodeView& view) {
      return name_of(*view.node) == node && topology_of(view, term) == value;
    });
  }
  return count;
}

bool too_uneven(const ClusterView& cluster, const NodeView& view, const Json& pod, const Json& constraint) {
  std::int64_t least = std::numeric_limits<std::int64_t>::max();
  std::set<std::string> values;
  for (const NodeView& each : cluster.nodes)
    if (node_selected(*each.node, at_path(pod, {"spec"})) &&
        untolerated_taint(*each.node, at_path(pod, {"spec"})).is_null())
      values.insert(topology_of(each, constraint));
  for (const std::string& value : values) least = std::min(least, matching_pods(cluster, pod, constraint, value));
  const std::int64_t here = matching_pods(cluster, pod, constraint, topology_of(view, constraint));
  return !values.empty() && here + 1 - least > int_at(constraint, {"maxSkew"}, 1);
}

}  // namespace

void Resources::add(const Resources& other, int sign) {
  cpu += other.cpu * sign;
  memory += other.memory * sign;
  pods += other.pods * sign;
}

Resources resources_of(const Json& pod) {
  return {pod_request(pod, "cpu"), pod_request(pod, "memory"), 1};
}

bool node_selected(const Json& node, const Json& pod_spec) {
  if (const Json& selector = at_path(pod_spec, {"nodeSelector"});
      selector.is_object() && !selector.empty() &&
      !map_selector_matches(selector, at_path(node, {"metadata", "labels"})))
    return false;
  const Json& terms = at_path(
      pod_spec, {"affinity", "nodeAffinity", "requiredDuringSchedulingIgnoredDuringExecution", "nodeSelectorTerms"});
  return !terms.is_array() ||
         std::any_of(terms.begin(), terms.end(), [&](const Json& term) { return term_matches(node, term); });
}

const Json& untolerated_taint(const Json& node, const Json& pod_spec) {
  static const Json none;
  const Json& tolerations = at_path(pod_spec, {"tolerations"});
  for (const Json& taint : at_path(node, {"spec", "taints"}))
    if (string_at(taint, {"effect"}) != "PreferNoSchedule" &&
        std::none_of(tolerations.begin(), tolerations.end(), [&](const Json& each) { return tolerates(each, taint); }))
      return taint;
  return none;
}

Misfit misfit(const NodeView& view, const Json& pod) {
  const Json &node = *view.node, &spec = at_path(pod, {"spec"});
  if (bool_at(node, {"spec", "unschedulable"})) return {{"node(s) were unschedulable"}, false};
  if (!untolerated_taint(node, spec).is_null()) return {{"node(s) had untolerated taint(s)"}, false};
  if (!node_selected(node, spec)) return {{"node(s) didn't match Pod's node affinity/selector"}, false};
  const Resources wanted = resources_of(pod);
  const Int128 cpu = amount(node, "cpu"), memory = amount(node, "memory");
  Misfit result;
  if (view.used.pods + 1 > amount(node, "pods") / 1'000'000'000) result.reasons.emplace_back("Too many pods");
  if (view.used.cpu + wanted.cpu > cpu) result.reasons.emplace_back("Insufficient cpu");
  if (view.used.memory + wanted.memory > memory) result.reasons.emplace_back("Insufficient memory");
  result.resolvable = wanted.cpu <= cpu && wanted.memory <= memory;
  return result;
}

Misfit placement_misfit(const ClusterView& cluster, const NodeView& view, const Json& pod) {
  const Json& spec = at_path(pod, {"spec"});
  const char* required = "requiredDuringSchedulingIgnoredDuringExecution";
  for (const Json& constraint : at_path(spec, {"topologySpreadConstraints"}))
    if (string_at(constraint, {"whenUnsatisfiable"}) == "DoNotSchedule" && too_uneven(cluster, view, pod, constraint))
      return {{"node(s) didn't match pod topology spread constraints"}, true};
  for (const Json& term : at_path(spec, {"affinity", "podAffinity", required})) {
    const bool first_of_its_kind =
        label_selector_matches(at_path(term, {"labelSelector"}), at_path(pod, {"metadata", "labels"}));
    if (!first_of_its_kind && matching_pods(cluster, pod, term, topology_of(view, term)) == 0)
      return {{"node(s) didn't match pod affinity rules"}, false};
  }
  for (const Json& term : at_path(spec, {"affinity", "podAntiAffinity", required}))
    if (matching_pods(cluster, pod, term, topology_of(view, term)) > 0)
      return {{"node(s) didn't match pod anti-affinity rules"}, true};
  return {};
}

double node_score(const ClusterView& cluster, const NodeView& view, const Json& pod) {
  const auto share = [&](Int128 used, const char* resource) {
    const Int128 total = amount(*view.node, resource);
    return total == 0 ? 1.0 : static_cast<double>(used) / static_cast<double>(total);
  };
  const std::string owner = string_at(controlling_owner(pod), {"uid"}), node = name_of(*view.node);
  double siblings = 0;
  for (const ObjectPtr& other : cluster.pods)
    if (!owner.empty() && string_at(*other, {"spec", "nodeName"}) == node &&
        string_at(controlling_owner(*other), {"uid"}) == owner)
      ++siblings;
  return -siblings * 10 - share(view.used.cpu, "cpu") - share(view.used.memory, "memory") - view.used.pods * 0.001;
}

}  // namespace kforge::sandbox
