// SPDX-License-Identifier: Apache-2.0
#include "cli/commands/commands.hpp"
#include "cli/services.hpp"
#include "cli/session.hpp"
#include "http/url.hpp"
#include "observe/gathering.hpp"
#include "observe/health.hpp"
#include "os/clock.hpp"
#include "rollout/reading.hpp"

#include <fmt/format.h>

#include <memory>

namespace kforge::cli {
namespace {

constexpr std::chrono::seconds patience{5};

struct OpenOptions {
  std::string service;
  bool no_try = false;
};

// How people outside of the cluster reach the gateway.
struct Entrance {
  std::string base;  // "http://203.0.113.7"
  std::string host;  // name that the gateway is known by; empty: any
};

std::vector<Json> read(Session& session, const schema::KindName& name, const std::string& name_space) {
  kube::Client& client = session.client();
  const schema::Kind& kind = kube::resolve_kind(client, name);
  observe::Gathering gathering(client);
  const std::string selector = name_space.empty() ? "" : "kforge.dev/service=kong";
  gathering.read(kube::list_request(kind, name_space, selector), observe::Need::optional);
  return gathering.finish();
}

std::string authority(const std::string& scheme, const std::string& host, std::int64_t port) {
  const http::Url url{.scheme = scheme, .userinfo = {}, .host = host, .port = static_cast<int>(port), .path = {}};
  const bool usual = port == (scheme == "https" ? 443 : 80);
  return fmt::format("{}://{}", scheme, usual ? host : url.authority());
}

// The port that browsers would take: TLS where there is some.
const Json& best_port(const Json& service) {
  static const Json none;
  const Json* best = &none;
  for (const Json& port : rollout::list_at(service, {"spec", "ports"}))
    if (best->is_null() || string_at(port, {"name"}) == "https") best = &port;
  return *best;
}

std::string scheme_of(const Json& port) {
  return string_at(port, {"name"}) == "https" ? "https" : "http";
}

std::string node_address(Session& session) {
  std::string internal;
  for (const Json& node : read(session, {.group = "", .version = "v1", .kind = "Node"}, ""))
    for (const Json& address : rollout::list_at(node, {"status", "addresses"})) {
      if (string_at(address, {"type"}) == "ExternalIP") return string_at(address, {"address"});
      if (string_at(address, {"type"}) == "InternalIP" && internal.empty()) internal = string_at(address, {"address"});
    }
  return internal;
}

Error unreachable(const std::string& why) {
  return Error(ErrorKind::not_found, "the gateway has no address outside of the cluster")
      .why(why)
      .hint("`kforge port-forward kong 8080:80` makes one on this machine");
}

Entrance entrance_of(Session& session) {
  const project::Gateway& gateway = *session.project().gateway;
  if (gateway.expose == project::Expose::ingress) {
    if (gateway.host.empty()) throw unreachable("it is behind an Ingress and has no 'host' in the project file");
    return {fmt::format("{}://{}", gateway.tls_secret.empty() ? "http" : "https", gateway.host), gateway.host};
  }
  const std::vector<Json> services =
      read(session, {.group = "", .version = "v1", .kind = "Service"}, session.project().namespaces.gateway);
  if (services.empty()) throw unreachable("it is not deployed: `kforge up` deploys it");
  const Json& port = best_port(services.front());
  const std::string scheme = scheme_of(port), type = string_at(services.front(), {"spec", "type"});
  if (type == "LoadBalancer") {
    for (const Json& each : rollout::list_at(services.front(), {"status", "loadBalancer", "ingress"}))
      return {authority(scheme, string_at(each, {"ip"}, string_at(each, {"hostname"})), int_at(port, {"port"})),
              gateway.host};
    if (int_at(port, {"nodePort"}) == 0) throw unreachable("its load balancer has got no address yet");
  }
  const std::string node = int_at(port, {"nodePort"}) > 0 ? node_address(session) : "";
  if (node.empty()) throw unreachable(fmt::format("its Service is of type {}", type));
  return {authority(scheme, node, int_at(port, {"nodePort"})), gateway.host};
}

struct Answer final : http::Handler {
  std::optional<http::Completion> end;
  void on_done(http::Completion completion) override { end = std::move(completion); }
};

// One GET, whatever it says; false when nobody answers.
bool try_url(Session& session, const Entrance& entrance, const std::string& path) {
  http::Connection connection;
  connection.base_url = entrance.base;
  connection.system_ca_file = session.access().connection.system_ca_file;
  connection.tls_server_name = entrance.host;
  const Clock& clock = session.deps().clock;
  const Clock::time_point started = clock.now();
  http::Transport& transport = session.deps().transport();
  http::Request request{.connection = &connection, .path = path, .timeout = patience};
  if (!entrance.host.empty()) request.headers.emplace_back("Host", entrance.host);
  Answer answer;
  transport.start(request, answer);
  while (!answer.end) transport.wait(started + patience);
  const auto took = std::chrono::duration_cast<Milliseconds>(clock.now() - started);
  if (answer.end->response.status == 0) {
    session.warn(fmt::format("no answer from there: {}", answer.end->message));
    return false;
  }
  session.note(fmt::format("it answers {} in {}\n", answer.end->response.status, observe::latency_text(took)));
  return true;
}

struct Target {
  Entrance entrance;
  std::string path;
};

Target target_of(Session& session, const std::string& name) {
  const project::Project& project = session.project();
  if (name == "keycloak" && !project.auth->hostname.empty()) return {{project.auth->hostname, {}}, "/"};
  const project::Service* service = project.find_service(name);
  const bool routed = name == "kong" || (service != nullptr && !service->routes.empty());
  if (!routed || !project.gateway)
    throw Error(ErrorKind::not_found, fmt::format("'{}' has no route of a gateway", name))
        .hint(fmt::format("`kforge port-forward {}` reaches it from this machine", name));
  return {entrance_of(session), service != nullptr ? service->routes.front().path : "/"};
}

int run_open(Session& session, const OpenOptions& options) {
  const std::string name = services_named(session.project(), {options.service}).front();
  const Target target = target_of(session, name);
  const std::string url = target.entrance.base + target.path;
  session.print(url + "\n");
  if (!target.entrance.host.empty() && target.entrance.base.find(target.entrance.host) == std::string::npos)
    session.note(
        fmt::format("the gateway is known as {0}: a name server has to lead {0} there\n", target.entrance.host));
  if (options.no_try || try_url(session, target.entrance, target.path)) return 0;
  throw Error(ErrorKind::unreachable, fmt::format("nobody answers at {}", url))
      .hint(fmt::format("`kforge health {} --from-gateway` asks the gateway itself", name));
}

}  // namespace

Action bind_open(OptionTable& table) {
  const auto options = std::make_shared<OpenOptions>();
  table.argument({.name = "SERVICE",
                  .description = "a service with a route, 'kong' or 'keycloak'",
                  .target = &options->service,
                  .required = true,
                  .complete = Complete::service});
  table.option({.names = "--no-try", .value = "", .description = "only print the URL", .target = &options->no_try});
  return [options](Session& session) { return run_open(session, *options); };
}

}  // namespace kforge::cli
