// SPDX-License-Identifier: Apache-2.0
// Everything about one service on one page: `kforge describe`.
#pragma once

#include "observe/event_rows.hpp"
#include "observe/status.hpp"

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace kforge::observe {

struct ProbeView {
  std::string name;     // "startup", "ready", "live"
  std::string check;    // "GET :8000/health every 10s, 3 failures in a row"
  std::string result;   // "2 of 2 pods pass"
  std::string trouble;  // what the node said last, verbatim; empty when it said nothing
  bool good = true;
};
struct ContainerView {
  std::string name, image;
  std::string requests, limits;  // "250m CPU, 256Mi"
  std::vector<std::string> command;
  std::vector<std::pair<std::string, std::string>> environment;  // name; value, or where it comes from
  std::vector<ProbeView> probes;
};
// One revision of a Deployment or StatefulSet.
struct Change {
  std::string revision, what;  // "3"; "image v1.0.0 -> v1.1.0, LOG_LEVEL changed"
  std::optional<WallTime> at;
};
struct ServiceView {
  ObjectRow row;
  std::vector<ContainerView> containers;  // the main one first
  std::vector<std::string> addresses;     // "product-service.backend.svc.cluster.local:8000"
  std::vector<std::string> volumes;       // "/tmp: emptyDir"
  std::string strategy;                   // "rolling, 1 more, 0 fewer"
  std::vector<Change> changes;            // newest first
  std::string changed_by;                 // the field manager that changed its spec last
  std::vector<EventRow> events;           // newest last
};

// The ConfigMaps that its containers take all their variables from; read_project() does not read them.
std::vector<kube::ObjectRef> config_maps_of(const ObjectRow& row, const std::vector<Json>& objects);

// What `objects` (read_project) and `events` say about the workload of a row of status_of(). ConfigMaps
// among the objects show their values.
ServiceView service_view(const ObjectRow& row, const std::vector<Json>& objects, const std::vector<Json>& events);

Json to_json(const ServiceView& view);

}  // namespace kforge::observe
