// SPDX-License-Identifier: Apache-2.0
#include "deploy/running.hpp"

#include "deploy/names.hpp"
#include "deploy/secrecy.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace kforge::deploy {
namespace {

const schema::Kind* known(std::string_view api_version, std::string_view kind) {
  return schema::Table::embedded().find(schema::kind_name(api_version, kind));
}

const schema::Kind* autoscaler_kind() {
  return known("autoscaling/v2", "HorizontalPodAutoscaler");
}

bool is_workload(const Json& object) {
  const std::string kind = string_at(object, {"kind"});
  return kind == "Deployment" || kind == "StatefulSet";
}

bool scales(const Json& object, const kube::ObjectRef& workload) {
  const Json& target = at_path(object, {"spec", "scaleTargetRef"});
  return string_at(object, {"kind"}) == "HorizontalPodAutoscaler" &&
         string_at(object, {"metadata", "namespace"}) == workload.name_space &&
         string_at(target, {"kind"}) == workload.kind.kind && string_at(target, {"name"}) == workload.name;
}

// Autoscalers without a label of the project count too: `kubectl autoscale` makes such.
void read_autoscalers(Session& session, const std::set<std::string>& namespaces, LiveObjects& into) {
  std::optional<Error> failure;
  RequestGroup group(session);
  for (const std::string& name_space : namespaces)
    group.send(kube::list_request(*autoscaler_kind(), name_space, ""), [&into, &failure](kube::ApiResult result) {
      if (result.ok())
        for (Json& object : kube::items_of(std::move(result.body))) into.add(std::move(object));
      else if (!result.not_found() && !failure)
        failure = *result.error;
    });
  group.finish("reading the project's autoscalers");
  if (failure) throw *failure;
}

}  // namespace

bool RunningService::is_deployment() const {
  return string_at(*workload, {"kind"}) == "Deployment";
}

bool RunningService::is_paused() const {
  return bool_at(*workload, {"spec", "paused"});
}

std::int64_t RunningService::replicas() const {
  return int_at(*workload, {"spec", "replicas"}, 1);
}

project::Tier tier_of_service(const project::Project& project, const std::string& service) {
  if (project.find_service(service) != nullptr) return project::Tier::backend;
  if (service == "postgres") return project::Tier::database;
  return service == "keycloak" ? project::Tier::auth : project::Tier::gateway;
}

Running::Running(Session& session, const std::vector<std::string>& services) {
  const project::Project& project = session.project();
  std::set<std::string> namespaces;
  for (const std::string& service : services)
    namespaces.insert(project.namespaces.of(tier_of_service(project, service)));
  std::set<Scope> scopes, secrets;
  for (const std::string& name_space : namespaces) {
    scopes.insert({known("apps/v1", "Deployment"), name_space});
    scopes.insert({known("apps/v1", "StatefulSet"), name_space});
    secrets.insert({known("v1", "Secret"), name_space});
  }
  read_scopes(session, scopes, live_);
  read_autoscalers(session, namespaces, live_);
  LiveObjects hidden;
  read_visible_scopes(session, secrets, hidden);
  for (const auto& [ref, secret] : hidden) learn_secret(session.masker(), secret);

  for (const std::string& service : services) {
    RunningService found{.name = service, .tier = tier_of_service(project, service)};
    for (const auto& [ref, object] : live_)
      if (is_workload(object) && string_at(object, {"metadata", "labels", service_label}) == service &&
          ref.name_space == project.namespaces.of(found.tier))
        found.workload = &object;
    if (found.workload == nullptr)
      throw Error(ErrorKind::not_found, fmt::format("'{}' is not deployed", service))
          .hint(fmt::format("`kforge up {}` deploys it", service));
    for (const auto& [ref, object] : live_)
      if (scales(object, kube::ref_of(*found.workload))) found.autoscaler = &object;
    services_.push_back(found);
  }
}

const RunningService& Running::find(const std::string& name) const {
  return *std::ranges::find(services_, name, &RunningService::name);
}

}  // namespace kforge::deploy
