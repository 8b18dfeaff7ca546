// SPDX-License-Identifier: Apache-2.0
#include "observe/health.hpp"

#include "stream/pod_http.hpp"

#include "base/exit_code.hpp"
#include "cli/commands/commands.hpp"
#include "cli/looking.hpp"
#include "cli/service_pods.hpp"
#include "cli/services.hpp"
#include "observe/rows.hpp"
#include "rollout/pod_reading.hpp"
#include "ui/health_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <memory>

namespace kforge::cli {
namespace {

constexpr std::chrono::milliseconds usual_patience{5'000};

struct HealthOptions {
  std::vector<std::string> services;
  bool from_gateway = false;
};

// Questions to pods, and where each answer belongs.
class Survey {
 public:
  explicit Survey(Session& session) : session_(session) {}

  void add(stream::PodQuestion question, std::function<void(const stream::PodAnswer&)> take) {
    questions_.push_back(std::move(question));
    takers_.push_back(std::move(take));
  }

  void ask() {
    const stream::Patience patience{.each = session_.settings().timeout.value_or(usual_patience)};
    const auto answers = stream::ask_pods(session_.client(), session_.deps().signals, questions_, patience);
    for (std::size_t i = 0; i < answers.size(); ++i) takers_[i](answers[i]);
  }

 private:
  Session& session_;
  std::vector<stream::PodQuestion> questions_;
  std::vector<std::function<void(const stream::PodAnswer&)>> takers_;
};

observe::HealthAnswer answer_of(const stream::PodAnswer& answer) {
  observe::HealthAnswer result{.status = answer.status, .took = answer.took};
  if (!answer.error) return result;
  // An account that may not ask learns that, not that everything is ill.
  if (answer.error->kind == ErrorKind::forbidden || answer.error->kind == ErrorKind::not_authenticated)
    throw Error(*answer.error);
  result.error = answer.error->cause.empty() ? answer.error->what()
                                             : fmt::format("{}: {}", answer.error->what(), answer.error->cause);
  return result;
}

const Json* find_pod(const Look& look, const std::string& name_space, const std::string& name) {
  const auto found = std::ranges::find_if(look.objects, [&](const Json& object) {
    return rollout::kind_of(object) == "Pod" && rollout::name_of(object) == name &&
           rollout::namespace_of(object) == name_space;
  });
  return found == look.objects.end() ? nullptr : &*found;
}

observe::ServiceHealth health_of(const observe::ObjectRow& row) {
  observe::ServiceHealth health{.service = row.service, .tier = row.tier, .url = {}, .endpoints = row.endpoints};
  health.wanted = row.counts ? row.counts->wanted : 0;
  for (const observe::PodRow& pod : row.pods)
    health.pods.push_back({.pod = pod.name, .state = pod.state, .ready = pod.ready, .answer = std::nullopt});
  return health;
}

std::vector<observe::ServiceHealth> look_and_ask(Session& session, const std::vector<std::string>& services) {
  const Look look = look_at(session, services, observe::Kinds::workloads);
  std::vector<observe::ServiceHealth> all;
  for (const observe::ObjectRow& row : look.status.objects)
    if (is_long_running(row) && !row.service.empty()) all.push_back(health_of(row));
  Survey survey(session);
  for (observe::ServiceHealth& health : all)
    for (observe::PodHealth& pod : health.pods) {
      const std::string name_space = namespace_of(session.project(), health.service);
      const Json* live = find_pod(look, name_space, pod.pod);
      const auto url = live == nullptr || pod.state != "Running" ? std::nullopt : observe::health_url_of(*live);
      if (!url) continue;
      if (health.url.empty()) health.url = url->to_string();
      survey.add({.target = {name_space, pod.pod, url->port}, .path = url->path, .host = {}},
                 [&pod](const stream::PodAnswer& answer) { pod.answer = answer_of(answer); });
    }
  survey.ask();
  if (all.empty()) session.note(not_deployed(look.status) + "\n");
  return all;
}

std::vector<observe::RouteHealth> ask_gateway(Session& session, const std::vector<std::string>& services) {
  const project::Project& project = session.project();
  if (!project.gateway)
    throw Error(ErrorKind::not_found, fmt::format("project '{}' has no gateway", project.name))
        .hint("leave out --from-gateway to ask the pods themselves");
  const Json kong =
      running_pods(session, {.service = "kong", .name_space = project.namespaces.gateway, .pod = {}}).front();
  const int port = port_of(kong, "http").value_or(8000);
  std::vector<observe::RouteHealth> routes;
  for (const project::Service& service : project.services)
    if (services.empty() || std::ranges::find(services, service.name) != services.end())
      for (const project::Route& route : service.routes)
        routes.push_back({.service = service.name,
                          .path = route.path,
                          .guarded = route.auth != project::RouteAuth::none,
                          .answer = {},
                          .body = {}});
  Survey survey(session);
  for (observe::RouteHealth& route : routes)
    survey.add({.target = {project.namespaces.gateway, std::string(rollout::name_of(kong)), port},
                .path = route.path,
                .host = project.gateway->host},
               [&route](const stream::PodAnswer& answer) {
                 route.answer = answer_of(answer);
                 route.body = answer.body;
               });
  survey.ask();
  return routes;
}

// Tells the result and ends with 20 when something is wrong, so that scripts can wait for health.
template <class Row>
int conclude(Session& session, const std::vector<Row>& rows, const std::vector<ui::Line>& lines) {
  const auto ill = std::ranges::count_if(rows, [](const Row& row) { return !row.problem().empty(); });
  const int code = ill > 0 || rows.empty() ? exit_code(ErrorKind::rollout_failed) : 0;
  if (session.json())
    session.print_json({{"project", session.project().name},
                        {"healthy", code == 0},
                        {"exitCode", code},
                        {std::is_same_v<Row, observe::RouteHealth> ? "routes" : "services", observe::to_json(rows)}});
  else
    session.print(ui::paint_all(lines, session.out_style()));
  return code;
}

int run_health(Session& session, const HealthOptions& options) {
  const std::vector<std::string> services = services_named(session.project(), options.services);
  if (options.from_gateway) {
    const auto routes = ask_gateway(session, services);
    return conclude(session, routes, ui::route_lines(routes, session.out_style()));
  }
  const auto all = look_and_ask(session, services);
  return conclude(session, all, ui::health_lines(all, session.out_style(), session.settings().detail));
}

}  // namespace

Action bind_health(OptionTable& table) {
  const auto options = std::make_shared<HealthOptions>();
  table.argument({.name = "SERVICE",
                  .description = "services to ask; default: the whole project",
                  .target = &options->services,
                  .complete = Complete::service});
  table.option({.names = "--from-gateway",
                .value = "",
                .description = "ask for the routes at the gateway instead",
                .target = &options->from_gateway});
  return [options](Session& session) { return run_health(session, *options); };
}

}  // namespace kforge::cli
