// SPDX-License-Identifier: Apache-2.0
// Namespaces: what each has from its first moment, and its end (pkg/controller/namespace, serviceaccount,
// certificates/rootcacertpublisher).
#include "sandbox/controllers/controller.hpp"
#include "sandbox/controllers/controllers.hpp"

#include <fmt/format.h>

#include <map>

namespace kforge::sandbox {
namespace {

constexpr const char* root_ca = "kube-root-ca.crt";

class NamespaceController final : public Controller {
 public:
  NamespaceController(Api& api, Timers& timers)
      : kit_(api, timers, "namespace-controller"), queue_(timers, [this](const Key& key) { reconcile(key); }) {}

  void on_change(const Change& change) override {
    if (change.key.resource == "namespaces") return queue_.add(change.key);
    // What it needs was deleted, or the last of what held a terminating one is gone.
    if (change.type == Change::Type::deleted && !change.key.name_space.empty())
      queue_.add({"namespaces", "", change.key.name_space});
  }

 private:
  void reconcile(const Key& key) {
    const ObjectPtr live = kit_.get(key);
    if (!live) return;
    if (is_terminating(*live)) return empty(*live);
    provide(key.name);
    if (string_at(*live, {"status", "phase"}) == "Active") return;
    Json next = *live;
    next["status"]["phase"] = "Active";
    kit_.update_status(next);
  }

  void provide(const std::string& name) {
    if (!kit_.get({"serviceaccounts", name, "default"}))
      kit_.create(
          {{"apiVersion", "v1"}, {"kind", "ServiceAccount"}, {"metadata", {{"name", "default"}, {"namespace", name}}}});
    if (kit_.get({"configmaps", name, root_ca})) return;
    const std::string certificate = kit_.api.store().setting(root_certificate_setting).value_or("");
    kit_.create({{"apiVersion", "v1"},
                 {"kind", "ConfigMap"},
                 {"metadata",
                  {{"name", root_ca},
                   {"namespace", name},
                   {"annotations",
                    {{"kubernetes.io/description",
                      "Contains a CA bundle that can be used to verify the kube-apiserver when using internal "
                      "endpoints such as the internal service IP or kubernetes.default.svc. No other usage is "
                      "guaranteed across distributions of Kubernetes clusters."}}}}},
                 {"data", {{"ca.crt", certificate}}}});
  }

  // Deletes what is in it; says what is left; lets go of it when nothing is.
  void empty(const Json& name_space) {
    std::map<std::string, int> left, finalizers;
    for (const Resource* resource : kit_.api.registry().all()) {
      if (!resource->namespaced) continue;
      for (const ObjectPtr& object : kit_.list(resource->id(), name_of(name_space)))
        if (!is_terminating(*object)) kit_.remove(*object);
      for (const ObjectPtr& object : kit_.list(resource->id(), name_of(name_space))) {
        ++left[resource->id()];
        for (const Json& finalizer : at_path(*object, {"metadata", "finalizers"}))
          ++finalizers[finalizer.get<std::string>()];
      }
    }
    const ObjectPtr live = kit_.get({"namespaces", "", name_of(name_space)});
    if (!live) return;
    Json next = *live;
    if (left.empty()) {
      if (is_finalized(next))
        kit_.api.store().remove({"namespaces", "", name_of(name_space)});  // its own finalizer too
      return;
    }
    set_conditions(next["status"], left, finalizers);
    kit_.update_status(next);
  }

  // "pods. has 2 resource instances, …"
  static std::string remaining(const char* begin, const std::map<std::string, int>& counts, const char* unit) {
    std::string text = begin;
    const char* separator = "";
    for (const auto& [name, count] : counts) {
      const bool core = name.find('.') == std::string::npos && std::string_view(unit).starts_with(" has");
      text += fmt::format("{}{}{}{}", separator, name, core ? "." : "", fmt::format(fmt::runtime(unit), count));
      separator = ", ";
    }
    return text;
  }

  void set_conditions(Json& status, const std::map<std::string, int>& left,
                      const std::map<std::string, int>& finalizers) const {
    const std::string now = kit_.timestamp();
    set_condition(
        status,
        {"NamespaceDeletionDiscoveryFailure", "False", "ResourcesDiscovered", "All resources successfully discovered"},
        now);
    set_condition(status,
                  {"NamespaceDeletionGroupVersionParsingFailure", "False", "ParsedGroupVersions",
                   "All legacy kube types successfully parsed"},
                  now);
    set_condition(status,
                  {"NamespaceDeletionContentFailure", "False", "ContentDeleted",
                   "All content successfully deleted, may be waiting on finalization"},
                  now);
    set_condition(status,
                  {"NamespaceContentRemaining", "True", "SomeResourcesRemain",
                   remaining("Some resources are remaining: ", left, " has {} resource instances")},
                  now);
    const bool held = !finalizers.empty();
    set_condition(status,
                  {"NamespaceFinalizersRemaining", held ? "True" : "False",
                   held ? "SomeFinalizersRemain" : "ContentHasNoFinalizers",
                   held ? remaining("Some content in the namespace has finalizers remaining: ", finalizers,
                                    " in {} resource instances")
                        : "All content-preserving finalizers finished"},
                  now);
  }

  Kit kit_;
  WorkQueue queue_;
};

}  // namespace

std::unique_ptr<Controller> make_namespace_controller(Api& api, Timers& timers) {
  return std::make_unique<NamespaceController>(api, timers);
}

}  // namespace kforge::sandbox
