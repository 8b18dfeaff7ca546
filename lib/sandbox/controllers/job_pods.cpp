// SPDX-License-Identifier: Apache-2.0
#include "sandbox/controllers/job_pods.hpp"

#include "sandbox/controllers/toolkit.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

namespace kforge::sandbox {
namespace {

constexpr const char* index_key = "batch.kubernetes.io/job-completion-index";

std::optional<WallTime> end_of(const Json& pod) {
  std::optional<WallTime> latest;
  for (const Json& status : at_path(pod, {"status", "containerStatuses"}))
    if (const auto time = parse_rfc3339(string_at(status, {"state", "terminated", "finishedAt"})))
      latest = std::max(latest.value_or(*time), *time);
  return latest;
}

std::int64_t restarts_of(const Json& pod) {
  std::int64_t restarts = 0;
  for (const char* list : {"initContainerStatuses", "containerStatuses"})
    for (const Json& status : at_path(pod, {"status", list})) restarts += int_at(status, {"restartCount"});
  return restarts;
}

bool is_indexed(const Json& job) {
  return string_at(job, {"spec", "completionMode"}) == "Indexed";
}

// podFailurePolicy: the first rule with FailJob that an exit code matches.
std::optional<std::string> failing_rule(const Json& job, const Json& pod) {
  const Json& rules = at_path(job, {"spec", "podFailurePolicy", "rules"});
  for (std::size_t i = 0; rules.is_array() && i < rules.size(); ++i) {
    const Json& codes = at_path(rules[i], {"onExitCodes"});
    if (!codes.is_object()) continue;
    for (const Json& status : at_path(pod, {"status", "containerStatuses"})) {
      const auto code = int_at(status, {"state", "terminated", "exitCode"});
      const std::string container = string_at(status, {"name"}), only = string_at(codes, {"containerName"});
      const Json& values = at_path(codes, {"values"});
      const bool listed = std::find(values.begin(), values.end(), Json(code)) != values.end();
      if (code == 0 || (!only.empty() && only != container) || listed != (string_at(codes, {"operator"}) == "In"))
        continue;
      if (string_at(rules[i], {"action"}) != "FailJob") return std::nullopt;
      return fmt::format("Container {} for pod {}/{} failed with exit code {} matching FailJob rule at index {}",
                         container, namespace_of(pod), name_of(pod), code, i);
    }
  }
  return std::nullopt;
}

}  // namespace

JobPods job_pods(const std::vector<ObjectPtr>& pods, std::set<std::string>& counted) {
  JobPods sorted;
  sorted.all = pods;
  for (const ObjectPtr& pod : pods) {
    const std::string phase = string_at(*pod, {"status", "phase"});
    if (phase == "Failed")
      if (const auto end = end_of(*pod)) sorted.last_failure = std::max(sorted.last_failure.value_or(*end), *end);
    if (phase == "Succeeded" || phase == "Failed") {
      if (counted.insert(uid_of(*pod)).second) (phase == "Failed" ? sorted.failed : sorted.succeeded).push_back(pod);
    } else if (is_terminating(*pod)) {
      ++sorted.terminating;
    } else {
      sorted.active.push_back(pod);
      if (pod_is_ready(*pod)) ++sorted.ready;
    }
  }
  return sorted;
}

JobVerdict job_verdict(const Json& job, const JobPods& pods) {
  for (const ObjectPtr& pod : pods.failed)
    if (const auto message = failing_rule(job, *pod)) return {"Failed", "PodFailurePolicy", *message};
  const auto limit = int_at(job, {"spec", "backoffLimit"}, 6);
  std::int64_t restarts = 0;
  if (string_at(job, {"spec", "template", "spec", "restartPolicy"}) == "OnFailure")
    for (const ObjectPtr& pod : pods.active) restarts += restarts_of(*pod);
  if (int_at(job, {"status", "failed"}) > limit || restarts > limit)
    return {"Failed", "BackoffLimitExceeded", "Job has reached the specified backoff limit"};
  const Json& completions = at_path(job, {"spec", "completions"});
  const auto succeeded = int_at(job, {"status", "succeeded"});
  const bool complete = completions.is_number_integer() ? succeeded >= completions.get<std::int64_t>()
                                                        : succeeded > 0 && pods.active.empty();
  if (complete) return {"Complete", "CompletionsReached", "Reached expected number of succeeded pods"};
  return {};
}

std::int64_t wanted_pods(const Json& job, const JobPods& pods) {
  const auto parallelism = int_at(job, {"spec", "parallelism"}, 1), succeeded = int_at(job, {"status", "succeeded"});
  const Json& completions = at_path(job, {"spec", "completions"});
  // A work queue: once a pod has succeeded, no new ones are started.
  if (!completions.is_number_integer())
    return succeeded > 0 ? static_cast<std::int64_t>(pods.active.size()) : parallelism;
  return std::min(parallelism, completions.get<std::int64_t>() - succeeded);
}

std::set<std::int64_t> free_indexes(const Json& job, const JobPods& pods) {
  std::set<std::int64_t> indexes;
  if (!is_indexed(job)) return indexes;
  for (std::int64_t i = 0; i < int_at(job, {"spec", "completions"}); ++i) indexes.insert(i);
  for (const ObjectPtr& pod : pods.all) {
    const std::string index = string_at(*pod, {"metadata", "annotations", index_key});
    if (string_at(*pod, {"status", "phase"}) != "Failed")
      std::erase_if(indexes, [&](std::int64_t each) { return std::to_string(each) == index; });
  }
  return indexes;
}

Json job_pod(const Json& job, std::int64_t index) {
  Json pod = pod_from_template(at_path(job, {"spec", "template"}), job, namespace_of(job));
  pod["metadata"]["generateName"] = name_of(job) + "-";
  if (index < 0) return pod;
  const std::string text = std::to_string(index);
  pod["metadata"]["generateName"] = fmt::format("{}-{}-", name_of(job), index);
  pod["metadata"]["annotations"][index_key] = text;
  pod["metadata"]["labels"][index_key] = text;
  pod["spec"]["hostname"] = fmt::format("{}-{}", name_of(job), index);
  for (Json& container : pod["spec"]["containers"])
    container["env"].push_back(
        {{"name", "JOB_COMPLETION_INDEX"},
         {"valueFrom", {{"fieldRef", {{"fieldPath", fmt::format("metadata.annotations['{}']", index_key)}}}}}});
  return pod;
}

}  // namespace kforge::sandbox
