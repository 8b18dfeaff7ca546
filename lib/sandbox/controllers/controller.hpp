// SPDX-License-Identifier: Apache-2.0
// One control loop: told of every change of the store, it reconciles the keys that the change concerns.
#pragma once

#include "sandbox/controllers/toolkit.hpp"
#include "sandbox/pods/runtime.hpp"

#include <memory>

namespace kforge::sandbox {

struct Controller {
  virtual ~Controller() = default;
  // Queues what the change concerns; never writes.
  virtual void on_change(const Change& change) = 0;
};

std::unique_ptr<Controller> make_deployment_controller(Api& api, Timers& timers);
std::unique_ptr<Controller> make_replica_set_controller(Api& api, Timers& timers);
std::unique_ptr<Controller> make_stateful_set_controller(Api& api, Timers& timers);
std::unique_ptr<Controller> make_daemon_set_controller(Api& api, Timers& timers);
std::unique_ptr<Controller> make_job_controller(Api& api, Timers& timers);
std::unique_ptr<Controller> make_cron_job_controller(Api& api, Timers& timers);
std::unique_ptr<Controller> make_endpoints_controller(Api& api, Timers& timers);
std::unique_ptr<Controller> make_volume_controller(Api& api, Timers& timers);
std::unique_ptr<Controller> make_autoscaler_controller(Api& api, Timers& timers, PodRuntime& runtime);
std::unique_ptr<Controller> make_disruption_controller(Api& api, Timers& timers);
std::unique_ptr<Controller> make_namespace_controller(Api& api, Timers& timers);
std::unique_ptr<Controller> make_garbage_collector(Api& api, Timers& timers);
std::unique_ptr<Controller> make_quota_controller(Api& api, Timers& timers);
std::unique_ptr<Controller> make_definition_controller(Api& api, Timers& timers);
std::unique_ptr<Controller> make_event_expiry(Api& api, Timers& timers);
std::unique_ptr<Controller> make_scheduler(Api& api, Timers& timers, PodRuntime& runtime);

}  // namespace kforge::sandbox
