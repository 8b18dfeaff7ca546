// SPDX-License-Identifier: Apache-2.0
#include "ui/health_table.hpp"

#include "base/text.hpp"
#include "ui/table.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace kforge::ui {
namespace {

using observe::PodHealth;
using observe::ServiceHealth;

Line mark(bool good, std::string_view word, const Style& style) {
  return Line(good ? style.tick() : style.cross(), good ? Colour::green : Colour::red).add(" ").add(word);
}

Line verdict(const ServiceHealth& service, const Style& style) {
  if (service.stopped()) return Line("stopped", Colour::dim);
  return service.problem().empty() ? mark(true, "healthy", style) : mark(false, "unhealthy", style);
}

// "200 in 3ms..12ms" of all pods that answered alike.
std::string answers_text(const ServiceHealth& service) {
  std::vector<observe::HealthAnswer> answers;
  for (const PodHealth& pod : service.pods)
    if (pod.answer && pod.answer->error.empty()) answers.push_back(*pod.answer);
  if (answers.empty()) return {};
  const auto [fast, slow] = std::ranges::minmax(answers, {}, &observe::HealthAnswer::took);
  const bool alike = std::ranges::all_of(answers, [&](const auto& each) { return each.status == fast.status; });
  if (!alike) return "see below";
  return fast.took == slow.took ? fast.to_string()
                                : fmt::format("{} in {}..{}", fast.status, observe::latency_text(fast.took),
                                              observe::latency_text(slow.took));
}

bool is_remarkable(const PodHealth& pod) {
  return !pod.ready || (pod.answer && !pod.answer->good());
}

Line pod_line(const PodHealth& pod, const Style& style) {
  Line line("    ");
  line.add(mark(!is_remarkable(pod), pod.pod, style)).add("  ");
  line.add(pod.ready ? "ready" : pod.state == "Running" ? "not ready" : pod.state);
  if (pod.answer) line.add(", " + pod.answer->to_string());
  return line;
}

int width_of(const Style& style) {
  return style.terminal ? style.width : 0;
}

}  // namespace

std::vector<Line> health_lines(const std::vector<ServiceHealth>& services, const Style& style, Detail detail) {
  Table table({{.title = "SERVICE"},
               {.title = "HEALTH"},
               {.title = "PODS", .align = Align::right},
               {.title = "ENDPOINTS", .align = Align::right},
               {.title = "ASKED", .importance = 1},
               {.title = "ANSWER", .importance = 2, .flexible = true, .enough = 12}});
  for (const ServiceHealth& service : services) {
    const auto ready = std::ranges::count_if(service.pods, &PodHealth::ready);
    table.add({Line(service.service), verdict(service, style), Line(fmt::format("{}/{}", ready, service.wanted)),
               Line(service.endpoints ? fmt::format("{}/{}", service.endpoints->ready, service.endpoints->all)
                                      : std::string(style.dash())),
               Line(service.url.empty() ? std::string(style.dash()) : service.url, Colour::dim),
               Line(answers_text(service))});
    if (const std::string problem = service.problem(); !problem.empty()) table.add_note(Line("    " + problem));
    for (const PodHealth& pod : service.pods)
      if (detail == Detail::full || is_remarkable(pod)) table.add_note(pod_line(pod, style));
  }
  return table.lines(style, width_of(style));
}

std::vector<Line> route_lines(const std::vector<observe::RouteHealth>& routes, const Style& style) {
  Table table({{.title = "ROUTE"}, {.title = "SERVICE"}, {.title = "HEALTH"}, {.title = "ANSWER"}});
  for (const observe::RouteHealth& route : routes) {
    const std::string problem = route.problem();
    const bool refused = route.answer.status == 401 || route.answer.status == 403;
    std::string answer = route.answer.to_string();
    if (refused && route.guarded) answer += ", asks for credentials";
    table.add({Line(route.path), Line(route.service),
               problem.empty() ? mark(true, "reached", style) : mark(false, "broken", style), Line(answer)});
    if (!problem.empty() && problem != answer) table.add_note(Line("    " + problem));
  }
  return table.lines(style, width_of(style));
}

}  // namespace kforge::ui
