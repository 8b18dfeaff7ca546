// SPDX-License-Identifier: Apache-2.0
#include "project/keys.hpp"
#include "project/rows.hpp"

namespace kforge::project {
namespace {

const std::vector<std::pair<std::string_view, Expose>>& ways_to_expose() {
  static const std::vector<std::pair<std::string_view, Expose>> ways{{"LoadBalancer", Expose::load_balancer},
                                                                     {"NodePort", Expose::node_port},
                                                                     {"ClusterIP", Expose::cluster_ip},
                                                                     {"Ingress", Expose::ingress}};
  return ways;
}

std::vector<std::string_view> names_of_ways() {
  std::vector<std::string_view> names;
  for (const auto& [name, way] : ways_to_expose()) names.push_back(name);
  return names;
}

void read_expose(const yaml::Entry& entry, const Field&, Gateway& gateway, Reader& reader) {
  if (entry.value.is_mapping()) return reader.section(expose_section(), entry.value, &gateway);
  for (const auto& [name, way] : ways_to_expose())
    if (entry.value.scalar == name) gateway.expose = way;
}

void read_consumers(const yaml::Entry& entry, const Field& field, Gateway& gateway, Reader& reader) {
  reader.each_entry(entry, field, [&](const yaml::Entry& item) {
    KeyConsumer& consumer = gateway.consumers.emplace_back();
    consumer.name = item.key.scalar;
    reader.section(consumer_section(), item.value, &consumer);
  });
}

void read_jwt_keys(const yaml::Entry& entry, const Field& field, Gateway& gateway, Reader& reader) {
  gateway.jwt_keys.clear();
  reader.each_item(entry, field, [&](const yaml::Node& item) {
    reader.section(jwt_key_section(), item, &gateway.jwt_keys.emplace_back());
  });
}

}  // namespace

const Section& gateway_section() {
  static const Section table{
      "gateway", "",
      rows(row_of_constant<Gateway>({"kind", "", "The gateway", required, "", "kong"}, {"kong"}),
           row<Gateway>({"image", "kong:3.9.2", "Image", interpolated}, text(formats::image), &Gateway::image),
           row<Gateway>({"replicas", "2", "Number of pods"}, integer(0, 50), &Gateway::replicas),
           row<Gateway>({"host", "", "The host name that requests come for; any unless given", interpolated, "",
                         "api.shop.example.com"},
                        text(formats::host), &Gateway::host),
           row_with<Gateway>(
               {"expose", "LoadBalancer", "How it is reached from outside", 0, "", "{type: Ingress, class: nginx}"},
               {one_of(names_of_ways()), mapping_of(expose_section)}, read_expose),
           row_of_group<Gateway>({"tls", "", "The certificate that it serves HTTPS with"}, tls_section),
           row_of_group<Gateway>({"jwt", "", "Tokens that routes with 'auth: jwt' accept"}, jwt_section),
           row_with<Gateway>({"consumers", "", "Callers with a key, for routes with 'auth: key'", 0, "",
                              "{partner-a: {key: partners.a}}"},
                             {map_of(formats::dns_label, {mapping_of(consumer_section)})}, read_consumers),
           row_of_group<Gateway>({"plugins", "", "What applies to every request"}, plugins_section),
           row<Gateway>({"resources", "", "CPU and memory"}, mapping_of(resources_section), &Gateway::resources))};
  return table;
}

const Section& expose_section() {
  static const Section table{
      "expose", "",
      rows(row_of_words<Gateway>({"type", "LoadBalancer", "How it is reached from outside"}, ways_to_expose(),
                                 &Gateway::expose),
           row<Gateway>(
               {"class", "", "IngressClass, for type Ingress; the cluster's default unless given", 0, "", "nginx"},
               text(formats::object_name), &Gateway::ingress_class))};
  return table;
}

const Section& tls_section() {
  static const Section table{
      "tls", "",
      rows(row<Gateway>(
          {"secret", "", "A Secret of type kubernetes.io/tls in the gateway's namespace", required, "", "kong-tls"},
          text(formats::object_name), &Gateway::tls_secret))};
  return table;
}

const Section& jwt_section() {
  static const Section table{
      "jwt", "",
      rows(row<Gateway>(
               {"realm", "", "The realm that issues the tokens; the first one of auth unless given", 0, "", "shop"},
               text(formats::realm_name), &Gateway::jwt_realm),
           row_with<Gateway>({"keys", "", "Public keys that tokens may be signed with, by key id", required, "",
                              "[{kid: 2026-01, file: keys/shop.pem}]"},
                             {list_of({mapping_of(jwt_key_section)}, 50)}, read_jwt_keys))};
  return table;
}

const Section& jwt_key_section() {
  static const Section table{
      "jwt key", "",
      rows(row<JwtKey>({"kid", "", "The key id in the header of the tokens", required, "", "\"2026-01\""},
                       text(formats::line), &JwtKey::kid),
           row<JwtKey>({"file", "", "The public key in PEM form", required, "", "keys/shop.pem"},
                       text(formats::file_path), &JwtKey::file))};
  return table;
}

const Section& consumer_section() {
  static const Section table{
      "consumer", "",
      rows(row_with<KeyConsumer>({"key", "", "The key of a secret that holds its API key", required, "", "partners.a"},
                                 {text(formats::secret_reference)},
                                 [](const yaml::Entry& entry, const Field&, KeyConsumer& out, Reader&) {
                                   const std::size_t dot = entry.value.scalar.find('.');
                                   out.key = {entry.value.scalar.substr(0, dot), entry.value.scalar.substr(dot + 1)};
                                 }))};
  return table;
}

const Section& plugins_section() {
  static const Section table{
      "plugins", "",
      rows(row_of_group<Gateway>({"cors", "", "Which web sites may call it from a browser"}, cors_section),
           row<Gateway>({"rateLimit", "", "Requests that one address may make", 0, "", "{minute: 600}"},
                        mapping_of(rate_limit_section), &Gateway::rate_limit_per_minute),
           row<Gateway>({"maxBodyMb", "8", "Largest request body in megabytes"}, integer(1, 1024),
                        &Gateway::max_body_mb))};
  return table;
}

const Section& cors_section() {
  static const Section table{"cors", "",
                             rows(row<Gateway>({"origins", "", "Origins of these web sites", required | interpolated,
                                                "", "[https://shop.example.com]"},
                                               list_of({text(formats::origin)}, 100), &Gateway::cors_origins))};
  return table;
}

Gateway product_gateway() {
  Gateway gateway;
  gateway.image = "kong:3.9.2";
  return gateway;
}

}  // namespace kforge::project
