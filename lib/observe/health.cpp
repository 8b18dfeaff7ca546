// SPDX-License-Identifier: Apache-2.0
#include "observe/health.hpp"

#include "base/text.hpp"
#include "observe/rows.hpp"
#include "rollout/reading.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace kforge::observe {
namespace {

using rollout::list_at;
using rollout::text_at;

const Json& main_container(const Json& pod) {
  const auto& containers = list_at(pod, {"spec", "containers"});
  const Json& chosen =
      rollout::named(containers, text_at(pod, {"metadata", "annotations", "kubectl.kubernetes.io/default-container"}));
  static const Json none;
  return !chosen.is_null() ? chosen : containers.empty() ? none : containers.front();
}

int port_of(const Json& container, const Json& port) {
  if (port.is_number_integer()) return port.get<int>();
  for (const Json& declared : list_at(container, {"ports"}))
    if (port.is_string() && text_at(declared, {"name"}) == port.get_ref<const std::string&>())
      return static_cast<int>(rollout::count_at(declared, {"containerPort"}));
  return 0;
}

// Kong's own words for a request that no route takes.
constexpr std::string_view no_route = "no Route matched";

Json answer_json(const HealthAnswer& answer) {
  Json json = {{"status", answer.status}, {"tookMs", answer.took.count()}};
  if (!answer.error.empty()) json["error"] = answer.error;
  return json;
}

}  // namespace

std::string latency_text(std::chrono::milliseconds took) {
  return took < std::chrono::seconds(1) ? fmt::format("{}ms", took.count()) : format_duration(took);
}

std::string HealthUrl::to_string() const {
  return fmt::format(":{}{}", port, path);
}

std::optional<HealthUrl> health_url_of(const Json& pod) {
  const Json& container = main_container(pod);
  for (const char* probe : {"readinessProbe", "livenessProbe"}) {
    const Json& get = at_path(container, {probe, "httpGet"});
    if (!get.is_object() || text_at(get, {"scheme"}) == "HTTPS") continue;
    const int port = port_of(container, at_path(get, {"port"}));
    if (port > 0) return HealthUrl{.port = port, .path = string_at(get, {"path"}, "/")};
  }
  return std::nullopt;
}

std::string HealthAnswer::to_string() const {
  return error.empty() ? fmt::format("{} in {}", status, latency_text(took)) : error;
}

std::string ServiceHealth::problem() const {
  if (stopped()) return {};
  std::vector<std::string> parts;
  const auto ready = std::ranges::count_if(pods, &PodHealth::ready);
  if (ready < wanted) parts.push_back(fmt::format("{} of {} pods ready", ready, wanted));
  const auto silent =
      std::ranges::count_if(pods, [](const PodHealth& pod) { return pod.answer && !pod.answer->good(); });
  if (silent > 0)
    parts.push_back(fmt::format("{} do{} not answer well", counted(static_cast<std::size_t>(silent), "pod"),
                                silent == 1 ? "es" : ""));
  if (endpoints && endpoints->ready == 0) parts.emplace_back("no endpoints: nobody reaches it");
  return join(parts, ", ");
}

std::string RouteHealth::problem() const {
  if (!answer.error.empty()) return answer.error;
  if (answer.status == 404 && contains(body, no_route)) return "the gateway has no such route";
  if (answer.status == 502 || answer.status == 503 || answer.status == 504)
    return fmt::format("the gateway does not reach {} ({})", service, answer.status);
  if (answer.status >= 500) return fmt::format("{} answers {}", service, answer.status);
  return {};
}

Json to_json(const std::vector<ServiceHealth>& services) {
  Json list = Json::array();
  for (const ServiceHealth& service : services) {
    Json pods = Json::array();
    for (const PodHealth& pod : service.pods)
      pods.push_back({{"name", pod.pod},
                      {"state", pod.state},
                      {"ready", pod.ready},
                      {"answer", pod.answer ? answer_json(*pod.answer) : Json()}});
    const std::string problem = service.problem();
    list.push_back(
        {{"service", service.service},
         {"stage", service.tier},
         {"healthy", problem.empty()},
         {"problem", problem.empty() ? Json() : Json(problem)},
         {"url", service.url.empty() ? Json() : Json(service.url)},
         {"endpoints",
          service.endpoints ? Json{{"ready", service.endpoints->ready}, {"all", service.endpoints->all}} : Json()},
         {"pods", std::move(pods)}});
  }
  return list;
}

Json to_json(const std::vector<RouteHealth>& routes) {
  Json list = Json::array();
  for (const RouteHealth& route : routes) {
    const std::string problem = route.problem();
    list.push_back({{"service", route.service},
                    {"path", route.path},
                    {"healthy", problem.empty()},
                    {"problem", problem.empty() ? Json() : Json(problem)},
                    {"answer", answer_json(route.answer)}});
  }
  return list;
}

}  // namespace kforge::observe
