// SPDX-License-Identifier: Apache-2.0
#include "cli/service_pods.hpp"

#include "base/suggest.hpp"
#include "base/text.hpp"
#include "cli/services.hpp"
#include "observe/event_rows.hpp"
#include "observe/gathering.hpp"
#include "observe/rows.hpp"
#include "observe/status.hpp"
#include "rollout/pod_reading.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

namespace kforge::cli {
namespace {

using rollout::list_at;
using rollout::name_of;
using rollout::text_at;

// Ready before not ready, then the longest ready: kubectl's order.
auto usefulness(const Json& pod) {
  return std::make_tuple(!rollout::is_ready(pod),
                         std::string(text_at(rollout::condition_of(pod, "Ready"), {"lastTransitionTime"})),
                         std::string(name_of(pod)));
}

// The pods that are there to stay, in the server's order.
std::vector<Json> read_pods(Session& session, const PodTarget& target) {
  kube::Client& client = session.client();
  const schema::Kind& kind = kube::resolve_kind(client, {.group = "", .version = "v1", .kind = "Pod"});
  observe::Gathering gathering(client);
  gathering.read(kube::list_request(kind, target.name_space, observe::selector_of(session.project())),
                 observe::Need::required);
  std::vector<Json> pods = gathering.finish();
  std::erase_if(pods, [&](const Json& pod) {
    return observe::service_of(pod) != target.service || !name_of(pod).starts_with(target.pod) ||
           rollout::is_deleting(pod);
  });
  return pods;
}

}  // namespace

std::string namespace_of(const project::Project& project, const std::string& service) {
  if (project.find_service(service) != nullptr) return project.namespaces.backend;
  if (service == "postgres") return project.namespaces.database;
  return service == "keycloak" ? project.namespaces.auth : project.namespaces.gateway;
}

PodTarget pod_target(const project::Project& project, const std::string& typed) {
  const std::vector<std::string> names = service_names(project);
  const std::string owner = observe::service_of_name(typed, names);
  const bool is_pod = !owner.empty() && owner != typed && matching_prefix(typed, names).empty();
  const std::string service = is_pod ? owner : services_named(project, {typed}).front();
  return {.service = service, .name_space = namespace_of(project, service), .pod = is_pod ? typed : ""};
}

std::vector<Json> running_pods(Session& session, const PodTarget& target) {
  std::vector<Json> pods = read_pods(session, target);
  const std::size_t known = pods.size();
  std::erase_if(pods, [](const Json& pod) { return text_at(pod, {"status", "phase"}) != "Running"; });
  if (pods.empty()) {
    const std::string what =
        target.pod.empty() ? fmt::format("'{}'", target.service) : fmt::format("a pod named '{}'", target.pod);
    throw Error(ErrorKind::not_found, fmt::format("{} does not run in namespace '{}'", what, target.name_space))
        .why(known == 0 ? "it has no pods" : fmt::format("none of its {} is running", counted(known, "pod")))
        .hint(fmt::format("`kforge describe {}` says why", target.service));
  }
  std::ranges::stable_sort(pods, {}, usefulness);
  return pods;
}

std::string container_of(const Json& pod, const std::string& given) {
  std::vector<std::string> names;
  for (const Json& container : list_at(pod, {"spec", "containers"})) names.emplace_back(text_at(container, {"name"}));
  std::string wanted = given;
  if (wanted.empty()) wanted = text_at(pod, {"metadata", "annotations", "kubectl.kubernetes.io/default-container"});
  if (wanted.empty() && !names.empty()) return names.front();
  if (std::ranges::find(names, wanted) != names.end()) return wanted;
  const std::string suggestion = did_you_mean(wanted, names);
  throw Error(ErrorKind::not_found, fmt::format("pod '{}' has no container '{}'", name_of(pod), wanted))
      .hint(suggestion.empty() ? "there are " + quoted_list(names) : suggestion);
}

std::optional<int> port_of(const Json& pod, const Json& port) {
  if (port.is_number_integer()) return port.get<int>();
  if (!port.is_string()) return std::nullopt;
  for (const Json& container : list_at(pod, {"spec", "containers"}))
    for (const Json& declared : list_at(container, {"ports"}))
      if (text_at(declared, {"name"}) == port.get_ref<const std::string&>())
        return static_cast<int>(rollout::count_at(declared, {"containerPort"}));
  return std::nullopt;
}

}  // namespace kforge::cli
