// SPDX-License-Identifier: Apache-2.0
// Status of ResourceQuotas: what a namespace uses of them (pkg/controller/resourcequota).
#include "sandbox/api/limits.hpp"
#include "sandbox/controllers/controller.hpp"

namespace kforge::sandbox {
namespace {

constexpr const char* resource = "resourcequotas";
constexpr Int128 one{1'000'000'000};

class QuotaController final : public Controller {
 public:
  QuotaController(Api& api, Timers& timers)
      : kit_(api, timers, "resourcequota-controller"), queue_(timers, [this](const Key& key) { reconcile(key); }) {}

  void on_change(const Change& change) override {
    if (change.key.name_space.empty() || change.key.resource == "events") return;
    for (const ObjectPtr& quota : kit_.list(resource, change.key.name_space))
      queue_.add({resource, change.key.name_space, name_of(*quota)});
  }

 private:
  void reconcile(const Key& key) {
    const ObjectPtr quota = kit_.get(key);
    if (!quota) return;
    Json next = *quota;
    next["status"] = {{"hard", at_path(*quota, {"spec", "hard"})}, {"used", used(*quota)}};
    kit_.update_status(next);
  }

  Json used(const Json& quota) const {
    const std::string name_space = namespace_of(quota);
    const auto amounts = quota_usage(kit_.api.store(), name_space);
    Json result = Json::object();
    for (const auto& [name, hard] : at_path(quota, {"spec", "hard"}).items()) {
      const auto known = amounts.find(name);
      result[name] = quota_text(name, known == amounts.end() ? count(name, name_space) * one : known->second);
    }
    return result;
  }

  // "count/deployments.apps", "services"
  Int128 count(const std::string& name, const std::string& name_space) const {
    const std::string counted = name.starts_with("count/") ? name.substr(6) : name;
    return Int128{static_cast<std::int64_t>(kit_.list(counted, name_space).size())};
  }

  Kit kit_;
  WorkQueue queue_;
};

}  // namespace

std::unique_ptr<Controller> make_quota_controller(Api& api, Timers& timers) {
  return std::make_unique<QuotaController>(api, timers);
}

}  // namespace kforge::sandbox
