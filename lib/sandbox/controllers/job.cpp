// SPDX-License-Identifier: Apache-2.0
// Jobs: pods until enough have succeeded or too many have failed (pkg/controller/job).
#include "sandbox/controllers/controller.hpp"
#include "sandbox/controllers/job_pods.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace kforge::sandbox {
namespace {

constexpr const char* resource = "jobs.batch";
constexpr Milliseconds first_back_off{10'000}, longest_back_off{600'000}, retry_after_refusal{5000};

// As set_condition(); those of Jobs have a probe time too.
void set_job_condition(Json& status, const Condition& condition, const std::string& now) {
  set_condition(status, condition, now);
  for (Json& each : status["conditions"])
    if (string_at(each, {"type"}) == condition.type) each["lastProbeTime"] = each["lastTransitionTime"];
}

bool is_finished(const Json& job) {
  return condition_is_true(job, "Complete") || condition_is_true(job, "Failed");
}

class JobController final : public Controller {
 public:
  JobController(Api& api, Timers& timers)
      : kit_(api, timers, "job-controller"), queue_(timers, [this](const Key& key) { reconcile(key); }) {}

  void on_change(const Change& change) override {
    if (change.key.resource == resource) {
      if (change.type == Change::Type::deleted) counted_.erase(uid_of(*change.object));
      queue_.add(change.key);
    }
    if (change.key.resource != "pods") return;
    const Json& owner = controlling_owner(*change.object);
    if (string_at(owner, {"kind"}) == "Job") queue_.add({resource, change.key.name_space, string_at(owner, {"name"})});
  }

 private:
  void reconcile(const Key& key) {
    const ObjectPtr live = kit_.get(key);
    if (!live || is_terminating(*live)) return;
    if (is_finished(*live)) return expire(key, *live);
    Json job = *live;
    JobPods pods = job_pods(kit_.owned("pods", key.name_space, uid_of(job)), counted_[uid_of(job)]);
    Json& status = job["status"];
    count(status, pods);
    if (bool_at(job, {"spec", "suspend"})) {
      suspend(job, pods);
    } else if (const JobVerdict verdict = judge(key, job, pods); !verdict.condition.empty()) {
      finish(job, verdict, pods);
    } else {
      resume(job);
      if (is_terminating(job)) return;
      scale(key, job, pods);
    }
    kit_.update_status(job);
  }

  void count(Json& status, const JobPods& pods) {
    if (!status.is_object()) status = Json::object();
    const auto add = [&](const char* field, std::int64_t more) {
      if (const auto total = int_at(status, {field}) + more; total > 0) status[field] = total;
    };
    add("succeeded", static_cast<std::int64_t>(pods.succeeded.size()));
    add("failed", static_cast<std::int64_t>(pods.failed.size()));
    status["terminating"] = pods.terminating;
    status["ready"] = pods.ready;
    status["uncountedTerminatedPods"] = Json::object();
    set_active(status, static_cast<std::int64_t>(pods.active.size()));
  }

  static void set_active(Json& status, std::int64_t active) {
    status.erase("active");
    if (active > 0) status["active"] = active;
  }

  JobVerdict judge(const Key& key, const Json& job, const JobPods& pods) {
    if (condition_is_true(job, "FailureTarget")) {  // decided before; its last pods are ending
      const Json& target = *find_condition(job["status"], "FailureTarget");
      return {"Failed", string_at(target, {"reason"}), string_at(target, {"message"})};
    }
    if (const JobVerdict verdict = job_verdict(job, pods); !verdict.condition.empty()) return verdict;
    const auto deadline = seconds_at(job, {"spec", "activeDeadlineSeconds"});
    const auto started = parse_rfc3339(string_at(job, {"status", "startTime"}));
    if (deadline.count() == 0 || !started) return {};
    const auto left = std::chrono::duration_cast<Milliseconds>(*started + deadline - kit_.now());
    if (left.count() <= 0) return {"Failed", "DeadlineExceeded", "Job was active longer than specified deadline"};
    queue_.add_after(key, left);
    return {};
  }

  void finish(Json& job, const JobVerdict& verdict, const JobPods& pods) {
    Json& status = job["status"];
    const bool success = verdict.condition == "Complete";
    const std::string now = kit_.timestamp();
    for (const ObjectPtr& pod : pods.active) remove_pod(job, *pod);
    set_job_condition(status,
                      {success ? "SuccessCriteriaMet" : "FailureTarget", "True", verdict.reason, verdict.message}, now);
    status["terminating"] = pods.terminating + static_cast<std::int64_t>(pods.active.size());
    set_active(status, 0);
    status["ready"] = 0;
    if (!pods.active.empty() || pods.terminating > 0) return;  // finished when the last of them is gone
    set_job_condition(status, {verdict.condition, "True", verdict.reason, verdict.message}, now);
    if (success) status["completionTime"] = now;
    if (success)
      kit_.event(job, "Normal", "Completed", "Job completed");
    else
      kit_.event(job, "Warning", verdict.reason, verdict.message);
  }

  void suspend(Json& job, const JobPods& pods) {
    for (const ObjectPtr& pod : pods.active) remove_pod(job, *pod);
    set_active(job["status"], 0);
    if (!condition_is_true(job, "Suspended")) kit_.event(job, "Normal", "Suspended", "Job suspended");
    set_job_condition(job["status"], {"Suspended", "True", "JobSuspended", "Job suspended"}, kit_.timestamp());
    job["status"].erase("startTime");
  }

  void resume(Json& job) {
    if (!string_at(job, {"status", "startTime"}).empty()) return;
    job["status"]["startTime"] = kit_.timestamp();
    if (!condition_is_true(job, "Suspended")) return;
    set_job_condition(job["status"], {"Suspended", "False", "JobResumed", "Job resumed"}, kit_.timestamp());
    kit_.event(job, "Normal", "Resumed", "Job resumed");
  }

  void scale(const Key& key, Json& job, const JobPods& pods) {
    const auto active = static_cast<std::int64_t>(pods.active.size());
    const std::int64_t wanted = wanted_pods(job, pods);
    for (std::int64_t i = wanted; i < active; ++i) remove_pod(job, *pods.active[static_cast<std::size_t>(i)]);
    if (wanted <= active) return set_active(job["status"], wanted);
    if (const Milliseconds wait = back_off(job, pods); wait.count() > 0) return queue_.add_after(key, wait);
    std::set<std::int64_t> indexes = free_indexes(job, pods);
    for (std::int64_t i = active; i < wanted; ++i) {
      const std::int64_t index = indexes.empty() ? -1 : *indexes.begin();
      if (!indexes.empty()) indexes.erase(indexes.begin());
      const Outcome outcome = kit_.create(job_pod(job, index));
      if (!outcome.ok()) {
        kit_.event(job, "Warning", "FailedCreate", "Error creating: " + string_at(outcome.body, {"message"}));
        return queue_.add_after(key, retry_after_refusal);
      }
      kit_.event(job, "Normal", "SuccessfulCreate", "Created pod: " + name_of(outcome.body));
      set_active(job["status"], i + 1);
    }
  }

  // 10 s, 20 s, 40 s … after the last failure.
  Milliseconds back_off(const Json& job, const JobPods& pods) const {
    const auto failures = int_at(job, {"status", "failed"});
    if (failures == 0 || !pods.last_failure) return Milliseconds(0);
    const Milliseconds delay =
        std::min<Milliseconds>(first_back_off * (1LL << std::min<std::int64_t>(failures - 1, 10)), longest_back_off);
    return std::chrono::duration_cast<Milliseconds>(*pods.last_failure + delay - kit_.now());
  }

  void remove_pod(const Json& job, const Json& pod) {
    if (kit_.remove(pod).ok()) kit_.event(job, "Normal", "SuccessfulDelete", "Deleted pod: " + name_of(pod));
  }

  // ttlSecondsAfterFinished.
  void expire(const Key& key, const Json& job) {
    const Json& ttl = at_path(job, {"spec", "ttlSecondsAfterFinished"});
    if (!ttl.is_number_integer()) return;
    const Json* finished = find_condition(job["status"], condition_is_true(job, "Complete") ? "Complete" : "Failed");
    const auto since = parse_rfc3339(string_at(*finished, {"lastTransitionTime"}));
    if (!since) return;
    const auto left = std::chrono::duration_cast<Milliseconds>(
        *since + seconds_at(job, {"spec", "ttlSecondsAfterFinished"}) - kit_.now());
    if (left.count() > 0) return queue_.add_after(key, left);
    kit_.remove(job, "Foreground");
  }

  Kit kit_;
  std::map<std::string, std::set<std::string>> counted_;  // pods whose end is in status already, by the Job's UID
  WorkQueue queue_;
};

}  // namespace

std::unique_ptr<Controller> make_job_controller(Api& api, Timers& timers) {
  return std::make_unique<JobController>(api, timers);
}

}  // namespace kforge::sandbox
