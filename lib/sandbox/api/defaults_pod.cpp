// SPDX-License-Identifier: Apache-2.0
#include "base/text.hpp"
#include "sandbox/api/defaults.hpp"

#include <array>

namespace kforge::sandbox {
namespace {

constexpr int file_mode = 0644;

template <class Change>
void with(Json& object, std::string_view field, Change change) {
  const auto found = object.find(field);
  if (found != object.end() && found->is_object()) change(*found);
}

// ":latest" and no tag at all are always pulled; digests and other tags when absent.
std::string pull_policy(const std::string& image) {
  if (contains(image, "@")) return "IfNotPresent";
  const std::size_t colon = image.rfind(':'), slash = image.rfind('/');
  const bool tagged = colon != std::string::npos && (slash == std::string::npos || colon > slash);
  return tagged && image.substr(colon + 1) != "latest" ? "IfNotPresent" : "Always";
}

void default_http_get(Json& action) {
  set_default(action, "path", "/");
  set_default(action, "scheme", "HTTP");
}

void default_probe(Json& probe) {
  with(probe, "httpGet", default_http_get);
  with(probe, "grpc", [](Json& grpc) { set_default(grpc, "service", ""); });
  set_default(probe, "timeoutSeconds", 1);
  set_default(probe, "periodSeconds", 10);
  set_default(probe, "successThreshold", 1);
  set_default(probe, "failureThreshold", 3);
}

void default_field(Json& source) {
  with(source, "fieldRef", [](Json& reference) { set_default(reference, "apiVersion", "v1"); });
}

void default_container(Json& container) {
  set_default(container, "imagePullPolicy", pull_policy(string_at(container, {"image"})));
  set_default(container, "terminationMessagePath", "/dev/termination-log");
  set_default(container, "terminationMessagePolicy", "File");
  set_default(container, "resources", Json::object());
  each(container, "ports", [](Json& port) { set_default(port, "protocol", "TCP"); });
  each(container, "env", [](Json& variable) { with(variable, "valueFrom", default_field); });
  for (const char* probe : {"livenessProbe", "readinessProbe", "startupProbe"}) with(container, probe, default_probe);
  with(container, "lifecycle", [](Json& lifecycle) {
    for (const char* hook : {"postStart", "preStop"})
      with(lifecycle, hook, [](Json& handler) { with(handler, "httpGet", default_http_get); });
  });
}

void default_downward_files(Json& files) {
  each(files, "items", default_field);
}

void default_volume(Json& volume) {
  for (const char* source : {"secret", "configMap", "downwardAPI", "projected"})
    with(volume, source, [](Json& files) { set_default(files, "defaultMode", file_mode); });
  with(volume, "downwardAPI", default_downward_files);
  with(volume, "projected", [](Json& projected) {
    each(projected, "sources", [](Json& source) {
      with(source, "serviceAccountToken", [](Json& token) { set_default(token, "expirationSeconds", 3600); });
      with(source, "downwardAPI", default_downward_files);
    });
  });
  with(volume, "hostPath", [](Json& path) { set_default(path, "type", ""); });
  if (volume.size() == 1) volume["emptyDir"] = Json::object();  // a name and nothing else
}

// A pod whose containers have limits and no requests asks for its limits.
void default_requests(Json& container) {
  const Json limits = at_path(container, {"resources", "limits"});
  if (!limits.is_object()) return;
  for (const auto& [name, amount] : limits.items()) set_default(container["resources"]["requests"], name, amount);
}

}  // namespace

void set_default(Json& object, std::string_view field, Json value) {
  if (object.is_null()) object = Json::object();
  if (!object.contains(field)) object[std::string(field)] = std::move(value);
}

void default_pod_spec(Json& spec) {
  if (!spec.is_object()) return;
  set_default(spec, "restartPolicy", "Always");
  set_default(spec, "terminationGracePeriodSeconds", 30);
  set_default(spec, "dnsPolicy", "ClusterFirst");
  set_default(spec, "securityContext", Json::object());
  set_default(spec, "schedulerName", "default-scheduler");
  if (spec.contains("serviceAccountName")) set_default(spec, "serviceAccount", spec["serviceAccountName"]);
  if (spec.contains("serviceAccount")) set_default(spec, "serviceAccountName", spec["serviceAccount"]);
  for (const char* list : {"initContainers", "containers", "ephemeralContainers"}) each(spec, list, default_container);
  each(spec, "volumes", default_volume);
}

void default_pod(Json& pod) {
  set_default(pod, "spec", Json::object());
  Json& spec = pod["spec"];
  default_pod_spec(spec);
  set_default(spec, "enableServiceLinks", true);
  for (const char* list : {"initContainers", "containers"}) each(spec, list, default_requests);
}

}  // namespace kforge::sandbox
