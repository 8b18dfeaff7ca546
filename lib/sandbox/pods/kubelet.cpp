// SPDX-License-Identifier: Apache-2.0
#include "sandbox/pods/kubelet.hpp"

#include "sandbox/pods/pod_addresses.hpp"
#include "sandbox/pods/pod_worker.hpp"

#include <map>

namespace kforge::sandbox {
namespace {

class Kubelet final : public Controller {
 public:
  Kubelet(Api& api, Timers& timers, PodRuntime& runtime)
      : kit_(api, timers, "kubelet"),
        runtime_(runtime),
        addresses_(api.store()),
        queue_(timers, [this](const Key& key) { reconcile(key); }) {
    runtime.set_listener([this](const ContainerEvent& event) {
      if (const auto worker = workers_.find(event.id.pod_uid); worker != workers_.end()) worker->second->take(event);
    });
  }
  ~Kubelet() override { runtime_.set_listener({}); }

  void on_change(const Change& change) override {
    if (change.key.resource != "pods") return;
    if (change.type == Change::Type::deleted) gone_.push_back(uid_of(*change.object));
    queue_.add(change.key);
  }

 private:
  void reconcile(const Key& key) {
    for (const std::string& uid : gone_) let_go(uid);
    gone_.clear();
    const ObjectPtr pod = kit_.get(key);
    if (!pod || !kit_.get({"nodes", "", string_at(*pod, {"spec", "nodeName"})}))
      return;  // nobody's, or of no node here
    auto& worker = workers_[uid_of(*pod)];
    if (!worker) worker = std::make_unique<PodWorker>(PodWorld{kit_, runtime_, addresses_}, *pod);
    worker->sync(*pod);
  }

  // A pod that was removed without asking the kubelet: its containers go too.
  void let_go(const std::string& uid) {
    workers_.erase(uid);
    runtime_.forget(uid);
    addresses_.release(uid);
  }

  Kit kit_;
  PodRuntime& runtime_;
  PodAddresses addresses_;
  std::map<std::string, std::unique_ptr<PodWorker>> workers_;  // by the pod's UID
  std::vector<std::string> gone_;
  WorkQueue queue_;
};

}  // namespace

std::unique_ptr<Controller> make_kubelet(Api& api, Timers& timers, PodRuntime& runtime) {
  return std::make_unique<Kubelet>(api, timers, runtime);
}

}  // namespace kforge::sandbox
