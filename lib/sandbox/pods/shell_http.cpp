// SPDX-License-Identifier: Apache-2.0
#include "sandbox/pods/shell_http.hpp"

#include "base/text.hpp"
#include "sandbox/api/object_meta.hpp"
#include "sandbox/controllers/toolkit.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace kforge::sandbox {
namespace {

struct Url {
  std::string host, path = "/";
  int port = 80;
};

Url parse_url(std::string text) {
  Url url;
  if (text.starts_with("https://")) url.port = 443;
  if (const std::size_t scheme = text.find("://"); scheme != std::string::npos) text.erase(0, scheme + 3);
  if (const std::size_t slash = text.find('/'); slash != std::string::npos) {
    url.path = text.substr(slash);
    text.resize(slash);
  }
  const std::size_t colon = text.find(':');
  if (colon != std::string::npos && colon + 1 < text.size() && text.size() - colon < 7 &&
      text.find_first_not_of("0123456789", colon + 1) == std::string::npos)
    url.port = std::stoi(text.substr(colon + 1));
  url.host = text.substr(0, colon);
  return url;
}

struct Reached {
  bool resolved = false, connected = false;
  std::string address, service;
};

bool pod_listens(const Json& pod, int port) {
  for (const Json& container : at_path(pod, {"spec", "containers"}))
    for (const Json& each : at_path(container, {"ports"}))
      if (int_at(each, {"containerPort"}) == port) return true;
  return false;
}

// orders, orders.backend, orders.backend.svc, orders.backend.svc.cluster.local
ObjectPtr service_of(const ShellWorld& world, const std::string& host) {
  const std::vector<std::string> parts = split(host, '.');
  const bool cluster_name = parts.size() <= 2 || parts[2] == "svc";
  if (!cluster_name) return nullptr;
  return world.store.get({"services", parts.size() > 1 ? parts[1] : namespace_of(world.pod), parts[0]});
}

bool has_ready_endpoint(const ShellWorld& world, const Json& service) {
  for (const ObjectPtr& slice : world.store.list("endpointslices.discovery.k8s.io", namespace_of(service))) {
    if (string_at(*slice, {"metadata", "labels", "kubernetes.io/service-name"}) != name_of(service)) continue;
    for (const Json& endpoint : at_path(*slice, {"endpoints"}))
      if (bool_at(endpoint, {"conditions", "ready"})) return true;
  }
  return false;
}

Reached reach(const ShellWorld& world, const Url& url) {
  if (url.host == "localhost" || url.host == "127.0.0.1" || url.host == string_at(world.pod, {"status", "podIP"}))
    return {true, pod_listens(world.pod, url.port), "127.0.0.1", string_at(world.container, {"name"})};
  if (const ObjectPtr service = service_of(world, url.host)) {
    const Json& ports = at_path(*service, {"spec", "ports"});
    const bool listens =
        std::any_of(ports.begin(), ports.end(), [&](const Json& port) { return int_at(port, {"port"}) == url.port; });
    return {true, listens && has_ready_endpoint(world, *service), string_at(*service, {"spec", "clusterIP"}),
            name_of(*service)};
  }
  for (const ObjectPtr& pod : world.store.list("pods", ""))
    if (string_at(*pod, {"status", "podIP"}) == url.host)
      return {true, pod_is_ready(*pod) && pod_listens(*pod, url.port), url.host, name_of(*pod)};
  return {};
}

std::string url_in(const std::vector<std::string>& words) {
  for (std::size_t i = words.size(); i-- > 1;)
    if (!words[i].starts_with('-')) return words[i];
  return {};
}

}  // namespace

std::string http_body(const std::string& service) {
  return fmt::format("{{\"status\":\"ok\",\"service\":\"{}\"}}\n", service);
}

ShellResult curl(const ShellWorld& world, const std::vector<std::string>& words) {
  const Url url = parse_url(url_in(words));
  const Reached reached = reach(world, url);
  if (!reached.resolved) return {"", fmt::format("curl: (6) Could not resolve host: {}\n", url.host), 6};
  if (!reached.connected)
    return {"", fmt::format("curl: (7) Failed to connect to {} port {}: Connection refused\n", url.host, url.port), 7};
  return {http_body(reached.service), "", 0};
}

ShellResult wget(const ShellWorld& world, const std::vector<std::string>& words) {
  const Url url = parse_url(url_in(words));
  const Reached reached = reach(world, url);
  if (!reached.resolved) return {"", fmt::format("wget: bad address '{}'\n", url.host), 1};
  if (!reached.connected)
    return {"", fmt::format("wget: can't connect to remote host ({}): Connection refused\n", reached.address), 1};
  return {http_body(reached.service), "", 0};
}

ShellResult look_up(const ShellWorld& world, const std::vector<std::string>& words) {
  const std::string host = url_in(words), server = "Server:\t\t10.96.0.10\nAddress:\t10.96.0.10:53\n\n";
  const ObjectPtr service = service_of(world, host);
  if (!service) return {server, fmt::format("** server can't find {}: NXDOMAIN\n", host), 1};
  return {fmt::format("{}Name:\t{}.{}.svc.cluster.local\nAddress: {}\n", server, name_of(*service),
                      namespace_of(*service), string_at(*service, {"spec", "clusterIP"})),
          "", 0};
}

}  // namespace kforge::sandbox
