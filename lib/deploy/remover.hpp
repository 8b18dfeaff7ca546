// SPDX-License-Identifier: Apache-2.0
// Deletes live objects by UID and waits until they are gone.
#pragma once

#include "deploy/feed.hpp"
#include "deploy/teardown.hpp"

#include <memory>
#include <vector>

namespace kforge::deploy {

class Remover {
 public:
  explicit Remover(Session& session) : session_(session) {}

  // Returns when every object of the step is gone: deleted, or replaced by one of somebody else. Throws
  // Error{timed_out} with the finalizers that hold an object, and what the API server refuses.
  void remove(const TeardownStep& step);
  // What is gone so far.
  const std::vector<kube::ObjectRef>& removed() const { return removed_; }

 private:
  struct Doomed {
    const Removal* removal;
    bool gone = false, reported = false;
  };
  void forget();
  void scale_down(const TeardownStep& step);
  void watch(const std::vector<Doomed>& doomed);
  bool feeds_settled() const;
  void request(std::vector<Doomed>& doomed);
  void await(std::vector<Doomed>& doomed);
  void note_gone(Doomed& doomed, const std::string& detail = {});
  void report_stuck(std::vector<Doomed>& doomed);
  const Json* still_there(const Removal& removal) const;

  Session& session_;
  project::Tier tier_ = project::Tier::namespaces;
  Store store_;
  std::vector<std::unique_ptr<Feed>> feeds_;
  std::vector<kube::ObjectRef> removed_;
};

// What holds an object that is being deleted: finalizers, and for a Namespace what its controller says.
std::string what_holds(const Json& live);

}  // namespace kforge::deploy
