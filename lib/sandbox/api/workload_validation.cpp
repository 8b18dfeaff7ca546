// SPDX-License-Identifier: Apache-2.0
// Kinds that run pods, and those that size them.
#include "base/text.hpp"
#include "sandbox/api/kind_validation.hpp"
#include "sandbox/api/metadata_validation.hpp"
#include "sandbox/api/pod_validation.hpp"
#include "sandbox/api/selector.hpp"
#include "sandbox/controllers/cron_schedule.hpp"

#include <fmt/format.h>

namespace kforge::sandbox {
namespace {

using Type = FieldError::Type;

void check_template(const Json& pod_template, const std::string& path, FieldErrors& errors,
                    const Json& claims = nullptr) {
  check_labels(at_path(pod_template, {"metadata", "labels"}), path + ".metadata.labels", errors);
  check_annotations(at_path(pod_template, {"metadata", "annotations"}), path + ".metadata.annotations", errors);
  validate_pod_spec(at_path(pod_template, {"spec"}), path + ".spec", errors, claims);
}

// A template that a controller keeps running: its labels are found by the selector, its pods always restart.
void check_kept_template(const Json& object, const char* kind, FieldErrors& errors) {
  const Json &selector = at_path(object, {"spec", "selector"}), &pod_template = at_path(object, {"spec", "template"}),
             &labels = at_path(pod_template, {"metadata", "labels"});
  const bool empty = at_path(selector, {"matchLabels"}).empty() && at_path(selector, {"matchExpressions"}).empty();
  if (!selector.is_object())
    errors.push_back({Type::required, "spec.selector", "", nullptr});
  else if (empty)
    errors.push_back({Type::invalid, "spec.selector", fmt::format("empty selector is invalid for {}", kind), selector});
  if ((!selector.is_object() || !empty) && !label_selector_matches(selector, labels))
    errors.push_back(
        {Type::invalid, "spec.template.metadata.labels", "`selector` does not match template `labels`", labels});
  check_template(pod_template, "spec.template", errors, at_path(object, {"spec", "volumeClaimTemplates"}));
  const std::string policy = string_at(pod_template, {"spec", "restartPolicy"});
  if (policy == "Never" || policy == "OnFailure")
    check_supported(policy, {"Always"}, "spec.template.spec.restartPolicy", errors);
}

void check_strategy(const Json& strategy, FieldErrors& errors) {
  const std::string type = string_at(strategy, {"type"});
  const Json& rolling = at_path(strategy, {"rollingUpdate"});
  const auto zero = [](const Json& value) { return value == 0 || value == "0%" || value == "0"; };
  if (type == "Recreate" && !rolling.is_null())
    errors.push_back({Type::forbidden, "spec.strategy.rollingUpdate",
                      "may not be specified when strategy `type` is 'Recreate'", nullptr});
  else if (type == "RollingUpdate" && zero(at_path(rolling, {"maxUnavailable"})) &&
           zero(at_path(rolling, {"maxSurge"})))
    errors.push_back({Type::invalid, "spec.strategy.rollingUpdate.maxUnavailable", "may not be 0 when `maxSurge` is 0",
                      at_path(rolling, {"maxUnavailable"})});
  else if (type != "Recreate" && type != "RollingUpdate")
    errors.push_back(
        {Type::not_supported, "spec.strategy", "supported values: \"Recreate\", \"RollingUpdate\"", strategy});
}

void check_job_spec(const Json& spec, const std::string& path, FieldErrors& errors) {
  FieldErrors numbers;
  for (const char* field :
       {"parallelism", "completions", "activeDeadlineSeconds", "backoffLimit", "ttlSecondsAfterFinished"})
    check_not_negative(spec, {field}, numbers);
  for (FieldError& error : numbers) {
    error.field = path + "." + error.field;
    errors.push_back(std::move(error));
  }
  check_template(at_path(spec, {"template"}), path + ".template", errors);
  if (const std::string policy = string_at(spec, {"template", "spec", "restartPolicy"});
      policy != "Never" && policy != "OnFailure")
    errors.push_back(
        {Type::required, path + ".template.spec.restartPolicy", "valid values: \"OnFailure\", \"Never\"", nullptr});
}

void check_schedule(const std::string& schedule, FieldErrors& errors) {
  if (schedule.empty()) return errors.push_back({Type::required, "spec.schedule", "", nullptr});
  if (CronSchedule::parse(schedule)) return;
  std::vector<std::string> fields = split(schedule, ' ');
  std::erase(fields, "");
  errors.push_back({Type::invalid, "spec.schedule",
                    fields.size() == 5
                        ? fmt::format("failed to parse schedule: {}", schedule)
                        : fmt::format("expected exactly 5 fields, found {}: [{}]", fields.size(), join(fields, " ")),
                    schedule});
}

}  // namespace

void validate_deployment(const Json& object, FieldErrors& errors) {
  check_not_negative(object, {"spec", "replicas"}, errors);
  check_kept_template(object, "deployment", errors);
  check_strategy(at_path(object, {"spec", "strategy"}), errors);
  check_not_negative(object, {"spec", "minReadySeconds"}, errors);
  check_not_negative(object, {"spec", "revisionHistoryLimit"}, errors);
  const Json& deadline = at_path(object, {"spec", "progressDeadlineSeconds"});
  check_not_negative(object, {"spec", "progressDeadlineSeconds"}, errors);
  if (deadline.is_number_integer() && deadline.get<std::int64_t>() <= int_at(object, {"spec", "minReadySeconds"}))
    errors.push_back({Type::invalid, "spec.progressDeadlineSeconds", "must be greater than minReadySeconds", deadline});
}

void validate_replica_set(const Json& object, FieldErrors& errors) {
  check_not_negative(object, {"spec", "replicas"}, errors);
  check_not_negative(object, {"spec", "minReadySeconds"}, errors);
  check_kept_template(object, "deployment", errors);  // the server says so of both
}

void validate_stateful_set(const Json& object, FieldErrors& errors) {
  check_supported(string_at(object, {"spec", "podManagementPolicy"}), {"OrderedReady", "Parallel"},
                  "spec.podManagementPolicy", errors);
  check_not_negative(object, {"spec", "replicas"}, errors);
  check_not_negative(object, {"spec", "minReadySeconds"}, errors);
  check_kept_template(object, "statefulset", errors);
}

void validate_daemon_set(const Json& object, FieldErrors& errors) {
  check_kept_template(object, "daemonset", errors);
  check_not_negative(object, {"spec", "minReadySeconds"}, errors);
}

void validate_job(const Json& object, FieldErrors& errors) {
  check_job_spec(at_path(object, {"spec"}), "spec", errors);
}

void validate_cron_job(const Json& object, FieldErrors& errors) {
  check_schedule(string_at(object, {"spec", "schedule"}), errors);
  check_supported(string_at(object, {"spec", "concurrencyPolicy"}), {"Allow", "Forbid", "Replace"},
                  "spec.concurrencyPolicy", errors);
  for (const char* field : {"startingDeadlineSeconds", "successfulJobsHistoryLimit", "failedJobsHistoryLimit"})
    check_not_negative(object, {"spec", field}, errors);
  check_job_spec(at_path(object, {"spec", "jobTemplate", "spec"}), "spec.jobTemplate.spec", errors);
}

void validate_autoscaler(const Json& object, FieldErrors& errors) {
  const auto least = int_at(object, {"spec", "minReplicas"}), most = int_at(object, {"spec", "maxReplicas"});
  if (least < 1) errors.push_back({Type::invalid, "spec.minReplicas", "must be greater than or equal to 1", least});
  if (most < 1) errors.push_back({Type::required, "spec.maxReplicas", "must be set and greater than 0", nullptr});
  if (most < least)
    errors.push_back({Type::invalid, "spec.maxReplicas", "must be greater than or equal to `minReplicas`", most});
  const Json& target = at_path(object, {"spec", "scaleTargetRef"});
  for (const char* field : {"kind", "name"})
    require_text(at_path(target, {field}), fmt::format("spec.scaleTargetRef.{}", field), errors);
  const std::string version = string_at(target, {"apiVersion"});
  if (!contains(version, "/") && string_at(target, {"kind"}) != "ReplicationController")
    errors.push_back({Type::invalid, "spec.scaleTargetRef.apiVersion", "apiVersion must specify API group", version});
}

}  // namespace kforge::sandbox
