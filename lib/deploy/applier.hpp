// SPDX-License-Identifier: Apache-2.0
// Writes objects to the cluster: server-side apply, many at a time, each as its own short sequence of requests.
#pragma once

#include "deploy/plan.hpp"
#include "deploy/refusals.hpp"
#include "deploy/session.hpp"

#include <deque>
#include <functional>
#include <vector>

namespace kforge::deploy {

class Applier {
 public:
  explicit Applier(Session& session) : session_(session), requests_(session) {}
  // Hears of every object right after its last answer; null: nobody does.
  using Listener = std::function<void(const Change&)>;
  void listen(Listener listener) { listener_ = std::move(listener); }
  // What `kubectl rollout history` shows for the revisions of workloads that are written from now on.
  void set_cause(std::string cause) { cause_ = std::move(cause); }

  // Applies the changes that write, and waits for their answers. When one is refused, nothing new is started and what
  // is under way is waited for. Throws the refusals as one Error.
  void apply(const std::vector<Change*>& changes);
  // After an interrupt: starts nothing more and gives what is under way until `until`.
  void drain(Clock::time_point until);

  // What has been written so far, in the order of the answers.
  const std::vector<kube::ObjectRef>& applied() const { return applied_; }

 private:
  struct Step {
    kube::ApiRequest request;
    bool may_conflict = false;  // somebody else owns the field already: good enough
    int migration = 0;          // of owners: which attempt, from 1
  };
  std::deque<Step> steps_of(const Change& change) const;
  static std::deque<Step> deploy_steps_of(const Change& change);
  void start_more();
  void run(Change& change, std::deque<Step> steps);
  void migrate_again(Change& change, std::deque<Step> steps, int attempt);
  void refused(Change& change, kube::ApiResult result);
  void finished(Change& change, const kube::ApiResult& result);

  Session& session_;
  Listener listener_;
  std::string cause_;
  std::deque<Change*> waiting_;
  bool draining_ = false;
  std::vector<Refusal> refusals_;
  std::vector<kube::ObjectRef> applied_;
  RequestGroup requests_;
};

}  // namespace kforge::deploy
