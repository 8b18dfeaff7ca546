// SPDX-License-Identifier: Apache-2.0
#include "stream/forwarder.hpp"

#include "cli/commands/commands.hpp"
#include "cli/port_pairs.hpp"
#include "cli/service_pods.hpp"
#include "http/url.hpp"
#include "observe/companions.hpp"
#include "observe/gathering.hpp"
#include "observe/status.hpp"
#include "rollout/reading.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <memory>

namespace kforge::cli {
namespace {

using rollout::count_at;
using rollout::list_at;
using rollout::name_of;

struct ForwardOptions {
  std::string target;
  std::vector<std::string> ports;
  std::string address = "localhost";
};

std::vector<Json> read_services(Session& session, const std::string& name_space) {
  kube::Client& client = session.client();
  const schema::Kind& kind = kube::resolve_kind(client, {.group = "", .version = "v1", .kind = "Service"});
  observe::Gathering gathering(client);
  gathering.read(kube::list_request(kind, name_space, observe::selector_of(session.project())),
                 observe::Need::optional);
  return gathering.finish();
}

// Which pod serves, and which of its ports a port of the Service means.
class Chooser {
 public:
  Chooser(Session& session, PodTarget target)
      : session_(session), target_(std::move(target)), services_(read_services(session, target_.name_space)) {
    look();
  }

  // The first port of the Service; the first port of the main container without one.
  int default_port() const {
    if (const Json* port = first_port()) return static_cast<int>(count_at(*port, {"port"}));
    for (const Json& container : list_at(pod_, {"spec", "containers"}))
      for (const Json& port : list_at(container, {"ports"})) return static_cast<int>(count_at(port, {"containerPort"}));
    throw Error(ErrorKind::usage, fmt::format("'{}' names no port", target_.service))
        .hint("say which one: LOCAL:REMOTE");
  }

  stream::PodPort pick(int remote, stream::Choice choice) {
    if (choice == stream::Choice::fresh) look();
    return {.name_space = target_.name_space, .pod = std::string(name_of(pod_)), .port = port_in_pod(remote)};
  }

 private:
  void look() {
    std::string before = pod_.is_null() ? "" : std::string(name_of(pod_));
    pod_ = running_pods(session_, target_).front();
    if (!before.empty() && before != name_of(pod_))
      session_.note(fmt::format("pod {} is gone; new connections go to {}\n", before, name_of(pod_)));
  }

  std::vector<const Json*> own_services() const { return observe::Companions(services_).services_of(pod_); }

  const Json* first_port() const {
    for (const Json* service : own_services())
      for (const Json& port : list_at(*service, {"spec", "ports"})) return &port;
    return nullptr;
  }

  int port_in_pod(int remote) const {
    for (const Json* service : own_services())
      for (const Json& port : list_at(*service, {"spec", "ports"}))
        if (count_at(port, {"port"}) == remote) return port_of(pod_, at_path(port, {"targetPort"})).value_or(remote);
    return remote;
  }

  Session& session_;
  PodTarget target_;
  std::vector<Json> services_;
  Json pod_;
};

int run_port_forward(Session& session, const ForwardOptions& options) {
  std::vector<PortPair> pairs;
  for (const std::string& text : options.ports) pairs.push_back(parse_port_pair(text));
  Chooser chooser(session, pod_target(session.project(), options.target));
  if (pairs.empty()) pairs.push_back({.local = chooser.default_port(), .remote = chooser.default_port()});
  stream::Forwarder forwarder({.client = session.client(),
                               .signals = session.deps().signals,
                               .pick = [&](int remote, stream::Choice choice) { return chooser.pick(remote, choice); },
                               .tell =
                                   [&](const Error& error) {
                                     session.warn(error.cause.empty()
                                                      ? std::string(error.what())
                                                      : fmt::format("{}: {}", error.what(), error.cause));
                                   }});
  if (options.address != "localhost" && !http::is_loopback(options.address))
    session.warn(fmt::format("everybody who reaches {} reaches the pod", options.address));
  for (const PortPair& pair : pairs) {
    const int port = forwarder.listen(options.address, pair.local, pair.remote);
    const stream::PodPort target = chooser.pick(pair.remote, stream::Choice::known);
    session.print(
        fmt::format("{}:{} -> {} port {} (pod {})\n", options.address, port, options.target, pair.remote, target.pod));
  }
  session.note("Ctrl-C ends it\n");
  forwarder.run();
  return 0;
}

}  // namespace

Action bind_port_forward(OptionTable& table) {
  const auto options = std::make_shared<ForwardOptions>();
  table.argument({.name = "SERVICE",
                  .description = "a service, or one of its pods by name",
                  .target = &options->target,
                  .required = true,
                  .complete = Complete::service});
  table.argument(
      {.name = "PORTS",
       .description = "LOCAL:REMOTE, REMOTE, or :REMOTE for any free local port; default: the service's port",
       .target = &options->ports});
  table.option({.names = "--address",
                .value = "ADDRESS",
                .description = "local address to listen on; default: localhost",
                .target = &options->address});
  return [options](Session& session) { return run_port_forward(session, *options); };
}

}  // namespace kforge::cli
