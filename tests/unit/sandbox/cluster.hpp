// SPDX-License-Identifier: Apache-2.0
// A whole sandbox without a server: store, API, controllers and simulated pods on a clock that tests move.
#pragma once

#include "sandbox/controllers/controllers.hpp"
#include "sandbox/controllers/toolkit.hpp"
#include "sandbox/pods/simulated_runtime.hpp"
#include "sandbox/process/bootstrap.hpp"
#include "tests/unit/sandbox/fake_timers.hpp"

#include <string>
#include <vector>

namespace kforge::sandbox::tests {

struct Cluster {
  Store store{":memory:"};
  FakeTimers timers;
  Api api{store, timers, schema::Table::embedded()};
  FaultBook faults;
  SimulatedRuntime runtime{store, timers, faults};
  std::unique_ptr<Controllers> controllers = std::make_unique<Controllers>(api, timers, runtime);
  Kit kit{api, timers, "test"};

  Cluster() {
    bootstrap(api, timers, "v1.36.3");
    create({{"apiVersion", "v1"}, {"kind", "Namespace"}, {"metadata", {{"name", "shop"}}}});
    run_for(Milliseconds(10));
  }

  void run_for(Milliseconds length) { timers.run_for(length); }
  Json create(Json object);  // fails the test when it is refused
  Json get(const std::string& resource, const std::string& name, const std::string& name_space = "shop") const;
  bool exists(const std::string& resource, const std::string& name, const std::string& name_space = "shop") const {
    return store.get({resource, name_space, name}) != nullptr;
  }
  std::vector<Json> list(const std::string& resource, const std::string& name_space = "shop") const;
  // Changes an object's spec and stores it.
  void change(const std::string& resource, const std::string& name, const std::function<void(Json&)>& edit);
  void remove(const std::string& resource, const std::string& name, const std::string& propagation = "Background");

  std::vector<std::string> events(const std::string& name) const;  // "Warning BackOff: …" of an object, oldest first
  bool has_event(const std::string& name, const std::string& part) const;
  std::string pod_state(const std::string& pod) const;  // "Running ready", "Pending ImagePullBackOff", …
  std::vector<std::string> pod_states() const;          // of namespace shop, sorted
};

// A pod template's spec with one container `app`.
Json pod_spec(const std::string& image = "app:v1");
Json deployment(const std::string& name, int replicas, const std::string& image = "app:v1");
Json stateful_set(const std::string& name, int replicas);
Json job(const std::string& name, const std::string& script = "true");
Json pod(const std::string& name, const std::string& fault = {});

}  // namespace kforge::sandbox::tests
