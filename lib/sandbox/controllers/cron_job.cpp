// SPDX-License-Identifier: Apache-2.0
// CronJobs: a Job at every time of the schedule (pkg/controller/cronjob).
#include "sandbox/controllers/controller.hpp"
#include "sandbox/controllers/cron_schedule.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace kforge::sandbox {
namespace {

constexpr const char *resource = "cronjobs.batch", *job_resource = "jobs.batch";

bool is_finished(const Json& job) {
  return condition_is_true(job, "Complete") || condition_is_true(job, "Failed");
}

class CronJobController final : public Controller {
 public:
  CronJobController(Api& api, Timers& timers)
      : kit_(api, timers, "cronjob-controller"), queue_(timers, [this](const Key& key) { reconcile(key); }) {}

  void on_change(const Change& change) override {
    if (change.key.resource == resource) queue_.add(change.key);
    if (change.key.resource != job_resource) return;
    const Json& owner = controlling_owner(*change.object);
    if (string_at(owner, {"kind"}) == "CronJob")
      queue_.add({resource, change.key.name_space, string_at(owner, {"name"})});
  }

 private:
  void reconcile(const Key& key) {
    const ObjectPtr live = kit_.get(key);
    if (!live || is_terminating(*live)) return;
    Json cron = *live;
    if (!cron["status"].is_object()) cron["status"] = Json::object();
    const std::vector<ObjectPtr> jobs = kit_.owned(job_resource, key.name_space, uid_of(cron));
    watch_jobs(cron, jobs);
    if (!bool_at(cron, {"spec", "suspend"})) run(key, cron);
    kit_.update_status(cron);
    trim(cron, jobs, "Complete", int_at(cron, {"spec", "successfulJobsHistoryLimit"}, 3));
    trim(cron, jobs, "Failed", int_at(cron, {"spec", "failedJobsHistoryLimit"}, 1));
  }

  // status.active and lastSuccessfulTime.
  void watch_jobs(Json& cron, const std::vector<ObjectPtr>& jobs) const {
    Json& status = cron["status"];
    const Json before = at_path(status, {"active"});
    status.erase("active");
    for (const ObjectPtr& job : jobs) {
      const bool was_active = std::any_of(before.begin(), before.end(),
                                          [&](const Json& each) { return string_at(each, {"uid"}) == uid_of(*job); });
      if (!is_finished(*job)) {
        status["active"].push_back({{"apiVersion", "batch/v1"},
                                    {"kind", "Job"},
                                    {"namespace", namespace_of(*job)},
                                    {"name", name_of(*job)},
                                    {"uid", uid_of(*job)},
                                    {"resourceVersion", at_path(*job, {"metadata", "resourceVersion"})}});
        continue;
      }
      const bool complete = condition_is_true(*job, "Complete");
      if (was_active)
        kit_.event(
            cron, "Normal", "SawCompletedJob",
            fmt::format("Saw completed job: {}, condition: {}", name_of(*job), complete ? "Complete" : "Failed"));
      const std::string ended = string_at(*job, {"status", "completionTime"});
      if (complete && ended > string_at(status, {"lastSuccessfulTime"})) status["lastSuccessfulTime"] = ended;
    }
  }

  // Starts the Job of the latest time that has passed, and wakes up for the next one.
  void run(const Key& key, Json& cron) {
    const auto schedule = CronSchedule::parse(string_at(cron, {"spec", "schedule"}));
    if (!schedule)
      return kit_.event(cron, "Warning", "UnparseableSchedule",
                        fmt::format("unparseable schedule: \"{}\"", string_at(cron, {"spec", "schedule"})));
    const std::string since_text =
        string_at(cron, {"status", "lastScheduleTime"}, string_at(cron, {"metadata", "creationTimestamp"}));
    WallTime since = parse_rfc3339(since_text).value_or(kit_.now());
    const Json& deadline = at_path(cron, {"spec", "startingDeadlineSeconds"});
    if (deadline.is_number_integer())
      since = std::max(since, kit_.now() - seconds_at(cron, {"spec", "startingDeadlineSeconds"}));
    std::optional<WallTime> due, next = schedule->next(since);
    for (; next && *next <= kit_.now(); next = schedule->next(*next)) due = next;
    if (next) queue_.add_after(key, std::chrono::ceil<Milliseconds>(*next - kit_.now()));
    if (due) start(cron, *due);
  }

  void start(Json& cron, WallTime due) {
    const std::string policy = string_at(cron, {"spec", "concurrencyPolicy"});
    const Json active = at_path(cron, {"status", "active"});
    if (policy == "Forbid" && !active.empty())
      return kit_.event(cron, "Normal", "JobAlreadyActive",
                        "Not starting job because prior execution is running and concurrency policy is Forbid");
    if (policy == "Replace")
      for (const Json& each : active)
        if (const ObjectPtr job = kit_.get({job_resource, namespace_of(cron), string_at(each, {"name"})}))
          remove_job(cron, *job);
    const auto minutes = std::chrono::duration_cast<std::chrono::minutes>(due.time_since_epoch()).count();
    Json job{{"apiVersion", "batch/v1"},
             {"kind", "Job"},
             {"metadata", at_path(cron, {"spec", "jobTemplate", "metadata"})},
             {"spec", at_path(cron, {"spec", "jobTemplate", "spec"})}};
    Json& metadata = job["metadata"];
    if (!metadata.is_object()) metadata = Json::object();
    metadata["name"] = fmt::format("{}-{}", name_of(cron), minutes);
    metadata["namespace"] = namespace_of(cron);
    metadata["annotations"]["batch.kubernetes.io/cronjob-scheduled-timestamp"] = format_rfc3339(due);
    metadata["ownerReferences"] = {controller_reference(cron)};
    const Outcome outcome = kit_.create(std::move(job));
    cron["status"]["lastScheduleTime"] = format_rfc3339(due);
    if (outcome.ok()) return kit_.event(cron, "Normal", "SuccessfulCreate", "Created job " + name_of(outcome.body));
    if (outcome.code != 409)
      kit_.event(cron, "Warning", "FailedCreate", "Error creating job: " + string_at(outcome.body, {"message"}));
  }

  void remove_job(const Json& cron, const Json& job) {
    if (kit_.remove(job).ok()) kit_.event(cron, "Normal", "SuccessfulDelete", "Deleted job " + name_of(job));
  }

  void trim(const Json& cron, std::vector<ObjectPtr> jobs, const char* condition, std::int64_t limit) {
    std::erase_if(jobs, [&](const ObjectPtr& job) { return !condition_is_true(*job, condition); });
    std::ranges::sort(jobs, {}, [](const ObjectPtr& job) {
      return string_at(*job, {"metadata", "creationTimestamp"});
    });
    for (std::size_t i = 0; i + static_cast<std::size_t>(std::max<std::int64_t>(0, limit)) < jobs.size(); ++i)
      remove_job(cron, *jobs[i]);
  }

  Kit kit_;
  WorkQueue queue_;
};

}  // namespace

std::unique_ptr<Controller> make_cron_job_controller(Api& api, Timers& timers) {
  return std::make_unique<CronJobController>(api, timers);
}

}  // namespace kforge::sandbox
