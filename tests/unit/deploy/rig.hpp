// SPDX-License-Identifier: Apache-2.0
// The engine on a FakeCluster: runs `up` and `down` of the sample project and remembers what was told.
#pragma once

#include "deploy/down_run.hpp"
#include "deploy/planning.hpp"
#include "deploy/releases.hpp"
#include "deploy/rollback.hpp"
#include "deploy/up_run.hpp"
#include "tests/fakes/fake_api.hpp"
#include "tests/fakes/fake_processes.hpp"
#include "tests/support/catch.hpp"
#include "tests/unit/deploy/sample.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace kforge::tests {

struct Recorder final : deploy::Observer {
  std::vector<deploy::Event> events;
  int ticks = 0;
  void on_event(const deploy::Event& event) override { events.push_back(event); }
  void on_tick() override { ++ticks; }

  template <class T>
  std::vector<T> all() const {
    std::vector<T> found;
    for (const deploy::Event& event : events)
      if (const T* each = std::get_if<T>(&event)) found.push_back(*each);
    return found;
  }
  // Every text that people could get to see.
  std::string text() const;
};

// How a run ended.
struct Ended {
  std::optional<deploy::Finished> finished;
  std::optional<Error> error;
  Recorder told;
};

struct Rig {
  deploy::UpInput input() const;

  FakeClock clock;
  FakeCluster cluster{clock};
  FakeProcesses processes;
  Environment environment;
  project::Project project = Sample::project();
  Sample sample;
  deploy::Origin origin;
  bool locks = false;                     // whether runs take the deploy lock; off where a test counts writes
  http::Transport* transport = &cluster;  // a wrapper of it, for faults

  // Everything becomes ready 300 ms after it was written, apart from the `stuck` ones.
  explicit Rig(std::set<std::string> stuck = {}) { cluster.make_ready_after(Milliseconds{300}, std::move(stuck)); }

  // A project of one namespace, one service and one Job.
  void make_tiny();
  // Errors of the project are values here; everything else that is thrown passes through.
  Ended up(const deploy::UpRequest& request = {});
  // What `up` would do; throws as the engine does.
  deploy::PlanResult plan(const deploy::UpRequest& request = {});
  // What others have changed; writes nothing.
  deploy::Preview drift(const deploy::UpRequest& request = {});
  Ended down(const deploy::DownRequest& request = {});
  // Back to the release of that number; 0: the last one that worked and differs.
  Ended rollback(int number = 0, const deploy::UpRequest& request = {});
  deploy::RollbackPreview rollback_preview(int number = 0);
  // Newest first.
  std::vector<deploy::Release> releases();

  // Requests that were sent from number `first` on: "PATCH /api/v1/… (apply)".
  std::vector<std::string> lines(std::size_t first = 0) const;
  std::size_t requests() const { return cluster.requests().size(); }
  // What a person would compare: every object but the releases, without what is different in every run (uids, versions,
  // times, the note of the release that changed it last, and the values of Secrets, of which only the keys count).
  std::map<std::string, Json> state() const;
};

// Position of the first line that contains all parts; -1 when there is none.
int position(const std::vector<std::string>& lines, const std::vector<std::string>& parts);

// Makes the pods of a Deployment as its controllers would: a ReplicaSet of the current revision and one pod with the
// given status.
void put_pod(FakeCluster& cluster, const Json& deployment, const std::string& pod_name, const Json& pod_status);
Json waiting_container(const std::string& reason, const std::string& message, int restarts = 0);

}  // namespace kforge::tests

namespace Catch {

// A run that failed unexpectedly says why.
template <>
struct StringMaker<std::optional<kforge::Error>> {
  static std::string convert(const std::optional<kforge::Error>& error) {
    return error ? std::string("error: ") + error->what() + "\n  " + error->cause + "\n  " + error->advice : "no error";
  }
};

}  // namespace Catch
