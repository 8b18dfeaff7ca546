// SPDX-License-Identifier: Apache-2.0
#include "sandbox/controllers/controllers.hpp"

#include "sandbox/controllers/controller.hpp"
#include "sandbox/pods/kubelet.hpp"

#include <vector>

namespace kforge::sandbox {

struct Controllers::State {
  Store& store;
  std::vector<std::unique_ptr<Controller>> all;
  Store::SubscriberId subscription = 0;

  void tell(const Change& change) {
    for (const auto& controller : all) controller->on_change(change);
  }
};

Controllers::Controllers(Api& api, Timers& timers, PodRuntime& runtime) : state_(new State{api.store(), {}}) {
  for (const auto make :
       {make_namespace_controller, make_garbage_collector, make_event_expiry, make_deployment_controller,
        make_replica_set_controller, make_stateful_set_controller, make_daemon_set_controller, make_job_controller,
        make_cron_job_controller, make_endpoints_controller, make_volume_controller, make_disruption_controller,
        make_quota_controller, make_definition_controller})
    state_->all.push_back(make(api, timers));
  state_->all.push_back(make_autoscaler_controller(api, timers, runtime));
  state_->all.push_back(make_scheduler(api, timers, runtime));
  state_->all.push_back(make_kubelet(api, timers, runtime));
  state_->subscription = api.store().subscribe([this](const Change& change) { state_->tell(change); });
  for (const Resource* resource : api.registry().all())
    for (const ObjectPtr& object : api.store().list(resource->id(), ""))
      state_->tell({Change::Type::added, resource->key(namespace_of(*object), name_of(*object)), api.store().revision(),
                    object, nullptr});
}

Controllers::~Controllers() {
  state_->store.unsubscribe(state_->subscription);
}

}  // namespace kforge::sandbox
