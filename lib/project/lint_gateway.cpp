// SPDX-License-Identifier: Apache-2.0
#include "project/lint.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

namespace kforge::project {
namespace {

struct PlacedRoute {
  const Service* service;
  const Route* route;
  std::size_t index;

  SourcePlace place(const Project& project) const {
    return project.place_of({"services", service->name, "routes", std::to_string(index)});
  }
};

std::vector<PlacedRoute> routes_of(const Project& project) {
  std::vector<PlacedRoute> routes;
  for (const Service& service : project.services)
    for (std::size_t i = 0; i < service.routes.size(); ++i) routes.push_back({&service, &service.routes[i], i});
  return routes;
}

bool share_a_method(const Route& a, const Route& b) {
  if (a.methods.empty() || b.methods.empty()) return true;
  return std::ranges::any_of(
      a.methods, [&](const std::string& method) { return std::ranges::find(b.methods, method) != b.methods.end(); });
}

// "/api" and "/api/" lead the same way.
std::string without_slash(std::string path) {
  while (path.size() > 1 && path.ends_with('/')) path.pop_back();
  return path;
}

void check_repeats(const Project& project, const std::vector<PlacedRoute>& routes, Diagnostics& problems) {
  std::map<std::string, std::vector<const PlacedRoute*>> by_path;
  for (const PlacedRoute& route : routes) {
    auto& same = by_path[without_slash(route.route->path)];
    for (const PlacedRoute* other : same)
      if (share_a_method(*route.route, *other->route)) {
        problems.error(route.place(project),
                       fmt::format("path '{}' of '{}' leads to '{}' already", route.route->path, route.service->name,
                                   other->service->name),
                       "give each its own path or methods");
        break;
      }
    same.push_back(&route);
  }
}

void check_auth(const Project& project, const PlacedRoute& route, Diagnostics& problems) {
  if (route.route->auth == RouteAuth::jwt && project.gateway->jwt_keys.empty())
    problems.error(route.place(project),
                   fmt::format("path '{}' wants a token, but gateway.jwt has no keys", route.route->path),
                   "add `jwt: {keys: [{kid: …, file: …}]}` to 'gateway'");
  if (route.route->auth == RouteAuth::key && project.gateway->consumers.empty())
    problems.error(route.place(project),
                   fmt::format("path '{}' wants a key, but gateway.consumers is empty", route.route->path),
                   "add `consumers: {name: {key: secret.key}}` to 'gateway'");
}

void check_jwt(const Project& project, Diagnostics& problems) {
  std::set<std::string> seen;
  for (std::size_t i = 0; i < project.gateway->jwt_keys.size(); ++i)
    if (!seen.insert(project.gateway->jwt_keys[i].kid).second)
      problems.error(project.place_of({"gateway", "jwt", "keys", std::to_string(i), "kid"}),
                     fmt::format("key id '{}' is listed twice", project.gateway->jwt_keys[i].kid));
}

void check_expose(const Project& project, Diagnostics& problems) {
  const Gateway& gateway = *project.gateway;
  if (!gateway.ingress_class.empty() && gateway.expose != Expose::ingress)
    problems.warning(project.place_of({"gateway", "expose", "class"}), "'class' counts for type Ingress only");
  if (gateway.expose == Expose::ingress && gateway.host.empty())
    problems.error(project.place_of({"gateway", "expose"}), "an Ingress needs 'gateway.host'",
                   "add `host: api.shop.example.com`");
}

}  // namespace

void lint_gateway(const Project& project, Diagnostics& problems) {
  const std::vector<PlacedRoute> routes = routes_of(project);
  check_repeats(project, routes, problems);
  if (!project.gateway) {
    if (!routes.empty())
      problems.warning(project.place_of({"services", routes.front().service->name, "routes"}),
                       "routes lead nowhere: the project has no gateway", "add `gateway: {kind: kong}`");
    return;
  }
  if (routes.empty() && !project.services.empty())
    problems.warning(project.place_of({"gateway"}), "the gateway leads nowhere: no service has routes",
                     "add `routes: [/path]` to a service");
  for (const PlacedRoute& route : routes) check_auth(project, route, problems);
  check_jwt(project, problems);
  check_expose(project, problems);
}

}  // namespace kforge::project
