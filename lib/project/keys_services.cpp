// SPDX-License-Identifier: Apache-2.0
#include "project/keys.hpp"
#include "project/rows.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace kforge::project {
namespace {

constexpr int most_pods = 1000;

void read_health(const yaml::Entry& entry, const Field&, Service& service, Reader& reader) {
  if (!entry.value.is_mapping()) {
    service.probes = probes_of(entry.value.scalar);
    return;
  }
  Probes given;
  reader.section(health_section(), entry.value, &given);
  for (const std::string& path : {given.live, given.ready, given.startup})
    if (!path.empty()) {
      service.probes = probes_of(path);
      break;
    }
  if (!given.startup.empty()) service.probes.startup = given.startup;
  if (!given.live.empty()) service.probes.live = given.live;
  if (!given.ready.empty()) service.probes.ready = given.ready;
}

// One bound given, the default of the other follows it.
void read_scale(const yaml::Entry& entry, const Field&, Service& service, Reader& reader) {
  Scale scale;
  reader.section(scale_section(), entry.value, &scale);
  if (entry.value.find("min") == nullptr) scale.min = std::min(scale.min, scale.max);
  if (entry.value.find("max") == nullptr) scale.max = std::max(scale.min, scale.max);
  service.scale = scale;
}

void read_replicas(const yaml::Entry& entry, const Field& field, Service& service, Reader& reader) {
  reader.read(entry, field, service.replicas);
  service.scale.reset();
}

void read_database(const yaml::Entry& entry, const Field&, Service& service, Reader&) {
  service.database = entry.value.is_null() || entry.value.scalar == "none" ? "" : entry.value.scalar;
}

void read_routes(const yaml::Entry& entry, const Field& field, Service& service, Reader& reader) {
  service.routes.clear();
  reader.each_item(entry, field, [&](const yaml::Node& item) {
    Route& route = service.routes.emplace_back();
    if (item.is_mapping())
      reader.section(route_section(), item, &route);
    else
      route.path = item.scalar;
  });
}

void read_secret_env(const yaml::Entry& entry, const Field& field, Service& service, Reader& reader) {
  reader.each_entry(entry, field, [&](const yaml::Entry& item) {
    const std::size_t dot = item.value.scalar.find('.');
    service.secret_env[item.key.scalar] = {item.value.scalar.substr(0, dot), item.value.scalar.substr(dot + 1)};
  });
}

std::vector<Field> network_rows() {
  return rows(
      row<Service>(
          {"image", "", "Container image with a tag or digest; joined with defaults.registry when it names no registry",
           required | interpolated, "", "product-service:v1.0.0"},
          text(formats::image), &Service::image),
      row<Service>(
          {"port", "",
           "The port that the service listens on for HTTP; it gets it as PORT, and others reach it there by its name",
           required, "", "8000"},
          integer(1, 65535), &Service::port),
      row_with<Service>({"health", "/health",
                         "Path of the health checks: one for all, told apart by a query 'probe', or one for each", 0,
                         "", "{live: /live, ready: /ready}"},
                        {text(formats::probe_path), mapping_of(health_section)}, read_health),
      row_with<Service>({"routes", "", "Paths of the gateway that lead to this service", 0, "",
                         "[/api/products, {path: /api/orders, auth: jwt}]"},
                        {list_of({text(formats::route_path), mapping_of(route_section)}, 200)}, read_routes));
}

std::vector<Field> environment_rows() {
  return rows(
      row<Service>(
          {"env", "", "Environment variables. They win over those that kforge sets; docs/manifests.md lists these",
           interpolated, "", "{LOG_LEVEL: debug}"},
          map_of(formats::env_name, {scalar(formats::any_text)}), &Service::env),
      row_with<Service>({"secretEnv", "", "Environment variables out of 'secrets'", 0, "",
                         "{PAYMENT_API_KEY: payment-provider.apiKey}"},
                        {map_of(formats::env_name, {text(formats::secret_reference)})}, read_secret_env),
      row_with<Service>({"database", "", "Its database; one of its own unless given, 'none' for no database", nullable,
                         "", "product"},
                        {text(formats::database_name)}, read_database),
      row<Service>({"uses", "", "Services that it calls; it gets the address of each, such as PAYMENT_SERVICE_URL", 0,
                    "", "[payment-service]"},
                   list_of({text(formats::service_name)}), &Service::uses));
}

std::vector<Field> size_rows() {
  return rows(
      row_with<Service>({"scale", "", "Automatic scaling between two numbers of pods by CPU use", 0, "replicas",
                         "{min: 2, max: 5, cpu: 80}"},
                        {mapping_of(scale_section)}, read_scale),
      row_with<Service>({"replicas", "", "A fixed number of pods instead of automatic scaling", 0, "scale", "2"},
                        {integer(0, most_pods)}, read_replicas),
      row_with<Service>(
          {"resources", "", "CPU and memory of a pod; a limit lowers a request that is not given beside it"},
          {mapping_of(resources_section)},
          [](const yaml::Entry& entry, const Field&, Service& out, Reader& reader) {
            read_resources(entry, out.resources, reader);
          }),
      row<Service>({"rollout", "", "How new pods replace old ones"}, mapping_of(rollout_section), &Service::rollout),
      row<Service>({"drain", "", "How pods end"}, mapping_of(drain_section), &Service::drain));
}

std::vector<Field> container_rows() {
  return rows(
      row<Service>({"imagePullPolicy", "", "When nodes pull the image"}, one_of({"Always", "IfNotPresent", "Never"}),
                   &Service::image_pull_policy),
      row<Service>({"command", "", "Replaces the entry point of the image", shell_text, "", "[node, server.js]"},
                   list_of({text(formats::any_text)}, 100), &Service::command),
      row<Service>({"args", "", "Replaces the arguments of the image", shell_text, "", "[--workers, \"2\"]"},
                   list_of({text(formats::any_text)}, 1000), &Service::args),
      row<Service>({"writablePaths", "", "Folders that the service writes to, besides /tmp; they start empty", 0, "",
                    "[/app/cache]"},
                   list_of({text(formats::absolute_path)}, 20), &Service::writable_paths),
      row<Service>({"uid", "10001", "The user and group id that it runs as"}, integer(1, 2'147'483'647), &Service::uid),
      row<Service>({"labels", "", "More labels of its Deployment and pods", 0, "", "{team: catalog}"},
                   map_of(formats::label_key, {scalar(formats::label_value)}), &Service::labels),
      row<Service>({"annotations", "", "More annotations of its pods", 0, "", "{example.com/contact: catalog}"},
                   map_of(formats::label_key, {scalar(formats::any_text)}), &Service::annotations));
}

}  // namespace

const Section& service_section() {
  static const Section table{"service", "A program of the project that serves HTTP.", [] {
                               std::vector<Field> all;
                               for (const auto& group : {network_rows, environment_rows, size_rows, container_rows})
                                 for (Field& field : group()) all.push_back(std::move(field));
                               return all;
                             }()};
  return table;
}

const Section& health_section() {
  static const Section table{
      "health", "",
      rows(row<Probes>({"startup", "", "Answers as soon as the service has started; like 'live' unless given", 0, "",
                        "/health"},
                       text(formats::probe_path), &Probes::startup),
           row<Probes>({"live", "", "Fails when only a restart helps", 0, "", "/live"}, text(formats::probe_path),
                       &Probes::live),
           row<Probes>({"ready", "", "Fails while the service can take no requests", 0, "", "/ready"},
                       text(formats::probe_path), &Probes::ready))};
  return table;
}

const Section& scale_section() {
  static const Section table{
      "scale", "",
      rows(row<Scale>({"min", "2", "Smallest number of pods; not above max"}, integer(1, most_pods), &Scale::min),
           row<Scale>({"max", "5", "Largest number of pods; not below min"}, integer(1, most_pods), &Scale::max),
           row<Scale>({"cpu", "80", "CPU use in percent of the request that scaling aims at"}, integer(1, 100),
                      &Scale::cpu))};
  return table;
}

const Section& route_section() {
  static const Section table{
      "route", "",
      rows(row<Route>({"path", "", "Beginning of the paths that lead here", required, "", "/api/orders"},
                      text(formats::route_path), &Route::path),
           row_of_words<Route>(
               {"auth", "none", "What a request must bring: a token of gateway.jwt, or a key of gateway.consumers"},
               std::vector<std::pair<std::string_view, RouteAuth>>{
                   {"none", RouteAuth::none}, {"jwt", RouteAuth::jwt}, {"key", RouteAuth::key}},
               &Route::auth),
           row<Route>({"rateLimit", "", "Requests that one address may make", 0, "", "{minute: 120}"},
                      mapping_of(rate_limit_section), &Route::rate_limit_per_minute),
           row<Route>({"methods", "", "HTTP methods; all unless given", 0, "", "[GET, POST]"},
                      list_of({one_of({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})}, 7),
                      &Route::methods),
           row<Route>({"stripPath", "false", "Whether the service sees the path without this beginning"}, boolean(),
                      &Route::strip_path))};
  return table;
}

const Section& rate_limit_section() {
  static const Section table{
      "rate limit", "",
      rows(row_with<int>({"minute", "", "Requests in a minute, counted by each gateway pod", required, "", "120"},
                         {integer(1, 1'000'000)},
                         [](const yaml::Entry& entry, const Field& field, int& out, Reader& reader) {
                           reader.read(entry, field, out);
                         }))};
  return table;
}

Probes probes_of(const std::string& path) {
  const char separator = path.find('?') == std::string::npos ? '?' : '&';
  const auto probe = [&](std::string_view name) { return fmt::format("{}{}probe={}", path, separator, name); };
  return {.startup = probe("startup"), .live = probe("live"), .ready = probe("ready")};
}

Service service_from(const Defaults& defaults, const std::string& name) {
  Service service;
  service.name = name;
  service.probes = probes_of("/health");
  service.scale = Scale{};
  service.resources = defaults.resources;
  service.rollout = defaults.rollout;
  service.drain = defaults.drain;
  service.image_pull_policy = defaults.image_pull_policy;
  return service;
}

}  // namespace kforge::project
