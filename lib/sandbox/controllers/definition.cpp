// SPDX-License-Identifier: Apache-2.0
// Status of CustomResourceDefinitions and APIServices: the sandbox serves what is defined at once.
#include "sandbox/controllers/controller.hpp"

#include <fmt/format.h>

namespace kforge::sandbox {
namespace {

constexpr const char *definitions = "customresourcedefinitions.apiextensions.k8s.io",
                     *api_services = "apiservices.apiregistration.k8s.io";

class DefinitionController final : public Controller {
 public:
  DefinitionController(Api& api, Timers& timers)
      : kit_(api, timers, "apiextensions"), queue_(timers, [this](const Key& key) { reconcile(key); }) {}

  void on_change(const Change& change) override {
    if (change.key.resource == definitions || change.key.resource == api_services) queue_.add(change.key);
  }

 private:
  void reconcile(const Key& key) {
    const ObjectPtr object = kit_.get(key);
    if (!object || is_terminating(*object)) return;
    Json next = *object;
    if (!next["status"].is_object()) next["status"] = Json::object();
    if (key.resource == definitions)
      establish(next);
    else
      set_condition(next["status"], availability(*object), kit_.timestamp());
    kit_.update_status(next);
  }

  void establish(Json& definition) const {
    Json& status = definition["status"];
    status["acceptedNames"] = at_path(definition, {"spec", "names"});
    Json stored = Json::array();
    for (const Json& version : at_path(definition, {"spec", "versions"}))
      if (bool_at(version, {"storage"})) stored.push_back(version.at("name"));
    status["storedVersions"] = stored;
    set_condition(status, {"NamesAccepted", "True", "NoConflicts", "no conflicts found"}, kit_.timestamp());
    set_condition(status, {"Established", "True", "InitialNamesAccepted", "the initial names have been accepted"},
                  kit_.timestamp());
  }

  Condition availability(const Json& api_service) const {
    const Json& service = at_path(api_service, {"spec", "service"});
    if (!service.is_object()) return {"Available", "True", "Local", "Local APIServices are always available"};
    const std::string name = string_at(service, {"name"}), name_space = string_at(service, {"namespace"});
    if (!kit_.get({"services", name_space, name}))
      return {"Available", "False", "ServiceNotFound",
              fmt::format("service/{} in \"{}\" is not present", name, name_space)};
    return {
        "Available", "False", "FailedDiscoveryCheck",
        fmt::format("no response from https://{}.{}.svc: a sandbox runs no API servers of others", name, name_space)};
  }

  Kit kit_;
  WorkQueue queue_;
};

}  // namespace

std::unique_ptr<Controller> make_definition_controller(Api& api, Timers& timers) {
  return std::make_unique<DefinitionController>(api, timers);
}

}  // namespace kforge::sandbox
