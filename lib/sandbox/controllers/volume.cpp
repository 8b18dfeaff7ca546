// SPDX-License-Identifier: Apache-2.0
// PersistentVolumes and claims: binding, provisioning, protection, reclaiming (pkg/controller/volume/persistentvolume
// and pvcprotection).
#include "base/quantity.hpp"
#include "sandbox/controllers/controller.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace kforge::sandbox {
namespace {

constexpr const char *claim_resource = "persistentvolumeclaims", *volume_resource = "persistentvolumes";
constexpr const char *protection = "kubernetes.io/pvc-protection", *volume_protection = "kubernetes.io/pv-protection";
constexpr const char* selected_node = "volume.kubernetes.io/selected-node";
constexpr const char* no_provisioner = "kubernetes.io/no-provisioner";
constexpr Milliseconds provisioning_time{100};

bool uses_claim(const Json& pod, const std::string& claim) {
  for (const Json& volume : at_path(pod, {"spec", "volumes"}))
    if (string_at(volume, {"persistentVolumeClaim", "claimName"}) == claim) return true;
  return false;
}

bool fits(const Json& volume, const Json& claim) {
  if (string_at(volume, {"status", "phase"}) != "Available" && !at_path(volume, {"spec", "claimRef"}).is_object())
    return false;
  if (string_at(volume, {"spec", "storageClassName"}) != string_at(claim, {"spec", "storageClassName"})) return false;
  if (const Json& reference = at_path(volume, {"spec", "claimRef"}); reference.is_object())
    if (string_at(reference, {"name"}) != name_of(claim) ||
        string_at(reference, {"namespace"}) != namespace_of(claim) ||
        (reference.contains("uid") && string_at(reference, {"uid"}) != uid_of(claim)))
      return false;
  const auto has = Quantity::parse(string_at(volume, {"spec", "capacity", "storage"})),
             wants = Quantity::parse(string_at(claim, {"spec", "resources", "requests", "storage"}));
  const Json& modes = at_path(volume, {"spec", "accessModes"});
  return has && (!wants || *has >= *wants) &&
         std::ranges::all_of(at_path(claim, {"spec", "accessModes"}), [&](const Json& mode) {
           return std::find(modes.begin(), modes.end(), mode) != modes.end();
         });
}

class VolumeController final : public Controller {
 public:
  VolumeController(Api& api, Timers& timers)
      : kit_(api, timers, "persistentvolume-controller"), queue_(timers, [this](const Key& key) { reconcile(key); }) {}

  void on_change(const Change& change) override {
    const std::string& resource = change.key.resource;
    if (resource == claim_resource) {
      queue_.add(change.key);
      if (change.type == Change::Type::deleted)
        queue_.add({volume_resource, "", string_at(*change.object, {"spec", "volumeName"})});
    }
    if (resource == volume_resource) queue_.add(change.key);
    if (resource == "storageclasses.storage.k8s.io" ||
        (resource == volume_resource && change.type == Change::Type::added))
      for (const ObjectPtr& claim : kit_.list(claim_resource, ""))
        if (string_at(*claim, {"status", "phase"}) == "Pending")
          queue_.add({claim_resource, namespace_of(*claim), name_of(*claim)});
    if (resource == "pods" && (change.type == Change::Type::deleted || !pod_is_active(*change.object)))
      for (const Json& volume : at_path(*change.object, {"spec", "volumes"}))
        if (const std::string name = string_at(volume, {"persistentVolumeClaim", "claimName"}); !name.empty())
          queue_.add({claim_resource, change.key.name_space, name});
  }

 private:
  void reconcile(const Key& key) {
    const ObjectPtr object = kit_.get(key);
    if (!object) return;
    if (key.resource == volume_resource) return check_volume(*object);
    if (is_terminating(*object)) return let_go(*object);
    if (string_at(*object, {"status", "phase"}) == "Bound") return grow(*object);
    find_volume(key, *object);
  }

  // --- claims ---

  void find_volume(const Key& key, const Json& claim) {
    const std::string class_name = string_at(claim, {"spec", "storageClassName"});
    const ObjectPtr storage_class = kit_.get({"storageclasses.storage.k8s.io", "", class_name});
    const bool waits = storage_class && string_at(*storage_class, {"volumeBindingMode"}) == "WaitForFirstConsumer";
    const std::string node = string_at(claim, {"metadata", "annotations", selected_node});
    if (waits && node.empty())
      return kit_.event(claim, "Normal", "WaitForFirstConsumer",
                        "waiting for first consumer to be created before binding");
    for (const ObjectPtr& volume : kit_.list(volume_resource, ""))
      if (fits(*volume, claim)) return bind(claim, *volume);
    if (class_name.empty())
      return kit_.event(claim, "Normal", "FailedBinding",
                        "no persistent volumes available for this claim and no storage class is set");
    if (!storage_class)
      return kit_.event(claim, "Warning", "ProvisioningFailed",
                        fmt::format("storageclass.storage.k8s.io \"{}\" not found", class_name));
    if (string_at(*storage_class, {"provisioner"}) == no_provisioner) return;
    provision(key, claim, *storage_class);
  }

  void provision(const Key& key, const Json& claim, const Json& storage_class) {
    const std::string name = "pvc-" + uid_of(claim), provisioner = string_at(storage_class, {"provisioner"});
    if (!ready_since(key)) {
      kit_.event(
          claim, "Normal", "ExternalProvisioning",
          fmt::format("Waiting for a volume to be created either by the external provisioner '{}' or manually by the "
                      "system administrator. If volume creation is delayed, please verify that the provisioner is "
                      "running and correctly registered.",
                      provisioner));
      return queue_.add_after(key, provisioning_time);
    }
    asked_.erase(key);
    const Outcome created = kit_.create(
        {{"apiVersion", "v1"},
         {"kind", "PersistentVolume"},
         {"metadata", {{"name", name}, {"annotations", {{"pv.kubernetes.io/provisioned-by", provisioner}}}}},
         {"spec",
          {{"accessModes", at_path(claim, {"spec", "accessModes"})},
           {"capacity", {{"storage", at_path(claim, {"spec", "resources", "requests", "storage"})}}},
           {"persistentVolumeReclaimPolicy", string_at(storage_class, {"reclaimPolicy"}, "Delete")},
           {"storageClassName", name_of(storage_class)},
           {"hostPath", {{"path", "/var/lib/kforge-sandbox/" + name}, {"type", ""}}},
           {"claimRef", reference_to(claim)}}}});
    if (!created.ok()) return;
    kit_.event(claim, "Normal", "ProvisioningSucceeded", "Successfully provisioned volume " + name);
    bind(claim, created.body);
  }

  // False the first time: a provisioner takes its time.
  bool ready_since(const Key& key) {
    const auto [known, first] = asked_.try_emplace(key, kit_.timers.now());
    return !first && kit_.timers.now() - known->second >= provisioning_time;
  }

  static Json reference_to(const Json& claim) {
    return {{"apiVersion", "v1"},
            {"kind", "PersistentVolumeClaim"},
            {"namespace", namespace_of(claim)},
            {"name", name_of(claim)},
            {"uid", uid_of(claim)},
            {"resourceVersion", at_path(claim, {"metadata", "resourceVersion"})}};
  }

  void bind(const Json& claim, Json volume) {
    if (string_at(volume, {"spec", "claimRef", "uid"}) != uid_of(claim)) {
      volume["spec"]["claimRef"] = reference_to(claim);
      const Outcome taken = kit_.update(volume);
      if (!taken.ok()) return;
      volume = taken.body;
    }
    set_phase(volume, "Bound");
    Json next = claim;
    Json& annotations = next["metadata"]["annotations"];
    annotations["pv.kubernetes.io/bind-completed"] = "yes";
    annotations["pv.kubernetes.io/bound-by-controller"] = "yes";
    if (const std::string by = string_at(volume, {"metadata", "annotations", "pv.kubernetes.io/provisioned-by"});
        !by.empty())
      annotations["volume.kubernetes.io/storage-provisioner"] =
          annotations["volume.beta.kubernetes.io/storage-provisioner"] = by;
    next["spec"]["volumeName"] = name_of(volume);
    Outcome bound = kit_.update(next);
    if (!bound.ok()) return;
    bound.body["status"] = {{"phase", "Bound"},
                            {"accessModes", at_path(volume, {"spec", "accessModes"})},
                            {"capacity", at_path(volume, {"spec", "capacity"})}};
    kit_.update_status(bound.body);
  }

  // A larger request of a bound claim, where its class allows that (the API refuses it elsewhere).
  void grow(const Json& claim) {
    const auto wants = Quantity::parse(string_at(claim, {"spec", "resources", "requests", "storage"})),
               has = Quantity::parse(string_at(claim, {"status", "capacity", "storage"}));
    if (!wants || !has || *wants <= *has) return;
    const Json size = at_path(claim, {"spec", "resources", "requests", "storage"});
    if (const ObjectPtr volume = kit_.get({volume_resource, "", string_at(claim, {"spec", "volumeName"})})) {
      Json next = *volume;
      next["spec"]["capacity"]["storage"] = size;
      kit_.update(next);
    }
    Json next = claim;
    next["status"]["capacity"]["storage"] = size;
    kit_.update_status(next);
    kit_.event(claim, "Normal", "FileSystemResizeSuccessful", "MountVolume.NodeExpandVolume succeeded for volume");
  }

  // A claim that a pod uses stays until the pod is gone.
  void let_go(const Json& claim) {
    if (!has_finalizer(claim, protection)) return;
    for (const ObjectPtr& pod : kit_.list("pods", namespace_of(claim))) {
      const std::string phase = string_at(*pod, {"status", "phase"});
      if (phase != "Succeeded" && phase != "Failed" && uses_claim(*pod, name_of(claim))) return;
    }
    Json next = claim;
    remove_finalizer(next, protection);
    kit_.update(next);
  }

  // --- volumes ---

  void check_volume(const Json& volume) {
    const std::string phase = string_at(volume, {"status", "phase"});
    const Json& reference = at_path(volume, {"spec", "claimRef"});
    if (is_terminating(volume)) return phase == "Bound" ? void() : release(volume);
    if (!reference.is_object()) return phase == "Available" ? void() : set_phase(volume, "Available");
    if (phase != "Bound") return phase.empty() || phase == "Pending" ? set_phase(volume, "Available") : void();
    const ObjectPtr claim =
        kit_.get({claim_resource, string_at(reference, {"namespace"}), string_at(reference, {"name"})});
    if (claim && uid_of(*claim) == string_at(reference, {"uid"})) return;
    set_phase(volume, "Released");
    if (string_at(volume, {"spec", "persistentVolumeReclaimPolicy"}) == "Delete") kit_.remove(volume);
  }

  void release(const Json& volume) {
    Json next = volume;
    remove_finalizer(next, volume_protection);
    kit_.update(next);
  }

  void set_phase(const Json& volume, const char* phase) {
    Json next = volume;
    next["status"]["phase"] = phase;
    next["status"]["lastPhaseTransitionTime"] = kit_.timestamp();
    kit_.update_status(next);
  }

  Kit kit_;
  std::map<Key, Clock::time_point> asked_;
  WorkQueue queue_;
};

}  // namespace

std::unique_ptr<Controller> make_volume_controller(Api& api, Timers& timers) {
  return std::make_unique<VolumeController>(api, timers);
}

}  // namespace kforge::sandbox
