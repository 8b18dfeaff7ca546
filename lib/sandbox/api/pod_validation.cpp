// SPDX-License-Identifier: Apache-2.0
#include "sandbox/api/pod_validation.hpp"

#include <fmt/format.h>

#include <array>
#include <set>

namespace kforge::sandbox {
namespace {

using Type = FieldError::Type;

// --- volumes
// -------------------------------------------------------------------------------------------------------------

// Kinds of volumes in the order of the server's checks, and the field without which one means nothing.
struct VolumeSource {
  std::string_view kind, needs;
};
constexpr std::array<VolumeSource, 14> volume_sources{{{"emptyDir", ""},
                                                       {"hostPath", "path"},
                                                       {"awsElasticBlockStore", "volumeID"},
                                                       {"secret", "secretName"},
                                                       {"nfs", "path"},
                                                       {"iscsi", "iqn"},
                                                       {"persistentVolumeClaim", "claimName"},
                                                       {"downwardAPI", ""},
                                                       {"fc", ""},
                                                       {"configMap", "name"},
                                                       {"projected", ""},
                                                       {"csi", "driver"},
                                                       {"ephemeral", "volumeClaimTemplate"},
                                                       {"image", ""}}};

void check_volume_source(const Json& volume, const std::string& path, FieldErrors& errors) {
  int found = 0;
  for (const VolumeSource& source : volume_sources) {
    if (!volume.contains(source.kind)) continue;
    const std::string here = fmt::format("{}.{}", path, source.kind);
    if (++found > 1)
      errors.push_back({Type::forbidden, here, "may not specify more than 1 volume type", nullptr});
    else if (!source.needs.empty())
      require_text(at_path(volume, {source.kind, source.needs}), fmt::format("{}.{}", here, source.needs), errors);
  }
  if (volume.size() <= 1) errors.push_back({Type::required, path, "must specify a volume type", nullptr});
}

// Names of the volumes, for the mounts.
Json check_volumes(const Json& spec, const std::string& path, FieldErrors& errors) {
  Json names = Json::array();
  std::set<std::string> known;
  std::size_t index = 0;
  for (const Json& volume : at_path(spec, {"volumes"})) {
    const std::string here = fmt::format("{}.volumes[{}]", path, index++), name = string_at(volume, {"name"});
    check_volume_source(volume, here, errors);
    if (name.empty())
      errors.push_back({Type::required, here + ".name", "", nullptr});
    else
      check_text(dns_label_complaints, name, here + ".name", errors);
    if (!known.insert(name).second) errors.push_back({Type::duplicate, here + ".name", "", name});
    names.push_back(name);
  }
  return names;
}

// --- probes
// --------------------------------------------------------------------------------------------------------------

void check_http_get(const Json& action, const std::string& path, FieldErrors& errors) {
  require_text(at_path(action, {"path"}), path + ".path", errors);
  check_port_number_or_name(at_path(action, {"port"}), path + ".port", errors);
  check_supported(string_at(action, {"scheme"}), {"HTTP", "HTTPS"}, path + ".scheme", errors);
}

void check_action(const Json& handler, std::string_view kind, const std::string& path, FieldErrors& errors) {
  const Json& action = at_path(handler, {kind});
  if (kind == "httpGet") check_http_get(action, path, errors);
  if (kind == "tcpSocket") check_port_number_or_name(at_path(action, {"port"}), path + ".port", errors);
  if (kind == "grpc") check_port_number(int_at(action, {"port"}), path + ".port", errors);
  if (kind == "exec" && at_path(action, {"command"}).empty())
    errors.push_back({Type::required, path + ".command", "", nullptr});
}

// Of a probe or a lifecycle hook: exactly one thing to do.
void check_handler(const Json& handler, const std::string& path, FieldErrors& errors) {
  int found = 0;
  for (const std::string_view kind : {"exec", "httpGet", "tcpSocket", "grpc", "sleep"}) {
    if (!handler.contains(kind)) continue;
    const std::string here = fmt::format("{}.{}", path, kind);
    if (++found > 1)
      errors.push_back({Type::forbidden, here, "may not specify more than 1 handler type", nullptr});
    else
      check_action(handler, kind, here, errors);
  }
  if (found == 0) errors.push_back({Type::required, path, "must specify a handler type", nullptr});
}

void check_probe(const Json& container, const char* name, const std::string& path, FieldErrors& errors) {
  const Json& probe = at_path(container, {name});
  if (!probe.is_object()) return;
  const std::string here = fmt::format("{}.{}", path, name);
  check_handler(probe, here, errors);
  FieldErrors numbers;
  for (const char* field :
       {"initialDelaySeconds", "timeoutSeconds", "periodSeconds", "successThreshold", "failureThreshold"})
    check_not_negative(probe, {field}, numbers);
  for (FieldError& error : numbers) {
    error.field = here + "." + error.field;
    errors.push_back(std::move(error));
  }
  if (std::string_view(name) != "readinessProbe" && int_at(probe, {"successThreshold"}, 1) != 1)
    errors.push_back({Type::invalid, here + ".successThreshold", "must be 1", at_path(probe, {"successThreshold"})});
}

void check_probes(const Json& container, const std::string& path, FieldErrors& errors) {
  const Json& lifecycle = at_path(container, {"lifecycle"});
  for (const char* hook : {"postStart", "preStop"})
    if (lifecycle.contains(hook)) check_handler(lifecycle[hook], fmt::format("{}.lifecycle.{}", path, hook), errors);
  for (const char* probe : {"livenessProbe", "readinessProbe", "startupProbe"})
    check_probe(container, probe, path, errors);
}

// --- containers
// ----------------------------------------------------------------------------------------------------------

struct ContainerList {
  const char* field;
  std::string path;
  const Json& volumes;
};

void check_containers(const Json& spec, const ContainerList& list, std::set<std::string>& names, FieldErrors& errors) {
  std::size_t index = 0;
  for (const Json& container : at_path(spec, {list.field})) {
    const std::string here = fmt::format("{}.{}[{}]", list.path, list.field, index++),
                      name = string_at(container, {"name"});
    validate_container(container, here, list.volumes, errors);
    if (!names.insert(name).second) errors.push_back({Type::duplicate, here + ".name", "", name});
    check_probes(container, here, errors);
  }
}

}  // namespace

void validate_pod_spec(const Json& spec, const std::string& path, FieldErrors& errors, const Json& claims) {
  Json volumes = check_volumes(spec, path, errors);
  for (const Json& claim : claims) volumes.push_back(string_at(claim, {"metadata", "name"}));
  if (at_path(spec, {"containers"}).empty()) errors.push_back({Type::required, path + ".containers", "", nullptr});
  std::set<std::string> names;
  for (const char* field : {"containers", "initContainers"})
    check_containers(spec, {field, path, volumes}, names, errors);
  check_supported(string_at(spec, {"restartPolicy"}), {"Always", "Never", "OnFailure"}, path + ".restartPolicy",
                  errors);
  check_supported(string_at(spec, {"dnsPolicy"}), {"ClusterFirst", "ClusterFirstWithHostNet", "Default", "None"},
                  path + ".dnsPolicy", errors);
}

}  // namespace kforge::sandbox
