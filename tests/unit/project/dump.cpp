// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/project/text.hpp"

namespace kforge::tests {
namespace {

using namespace project;

Json of(const ResourceAmounts& amounts) {
  return {amounts.cpu, amounts.memory, amounts.ephemeral_storage};
}
Json of(const Resources& resources) {
  return {of(resources.requests), of(resources.limits)};
}
Json of(const Rollout& r) {
  return {r.max_surge,        r.max_unavailable, r.min_ready_seconds,
          r.deadline.count(), r.history,         static_cast<int>(r.on_failure)};
}
Json of(const Drain& drain) {
  return {drain.sleep.count(), drain.grace.count()};
}
Json of(const SecretRef& reference) {
  return {reference.secret, reference.key};
}
Json of(const Probes& probes) {
  return {probes.startup, probes.live, probes.ready};
}
Json of(const Scale& scale) {
  return {scale.min, scale.max, scale.cpu};
}
Json of(const SecretSource& source) {
  return {static_cast<int>(source.kind), source.length, source.name};
}
Json of(const DatabaseUser& user) {
  return {user.database, user.owner};
}
Json of(const Realm& realm) {
  return {realm.name, realm.file, realm.content};
}
Json of(const JwtKey& key) {
  return {key.kid, key.file, key.pem};
}
Json of(const KeyConsumer& consumer) {
  return {consumer.name, of(consumer.key)};
}
Json of(int number) {
  return number;
}
Json of(const Route& route);
Json of(const SecretSpec& secret);
Json of(const Database& database);
Json of(const Auth& auth);
Json of(const Service& service);
Json of(const Gateway& gateway);
Json of(const Patch& patch);
Json of(const OwnManifest& manifest);

template <class Value>
Json of(const std::optional<Value>& value) {
  return value ? of(*value) : Json();
}
template <class Value>
Json of(const std::vector<Value>& values) {
  Json all = Json::array();
  for (const Value& value : values) all.push_back(of(value));
  return all;
}
template <class Value>
Json of(const std::map<std::string, Value>& values) {
  Json all = Json::object();
  for (const auto& [name, value] : values) all[name] = of(value);
  return all;
}

Json of(const Route& route) {
  return {route.path, static_cast<int>(route.auth), of(route.rate_limit_per_minute), route.methods, route.strip_path};
}

Json of(const SecretSpec& secret) {
  return {secret.name, secret.existing, of(secret.values)};
}

Json of(const Defaults& d) {
  return {{"registry", d.registry},
          {"pull", d.image_pull_policy},
          {"pullSecrets", d.image_pull_secrets},
          {"uids", static_cast<int>(d.uids)},
          {"resources", of(d.resources)},
          {"rollout", of(d.rollout)},
          {"drain", of(d.drain)},
          {"labels", d.labels}};
}

Json of(const Namespaces& n) {
  return {n.database, n.auth, n.backend, n.gateway, n.pod_security, n.create};
}

Json of(const Database& d) {
  return {{"image", d.image},
          {"major", d.major},
          {"size", d.storage_size},
          {"class", d.storage_class},
          {"resources", of(d.resources)},
          {"parameters", d.parameters},
          {"shared", d.shared},
          {"databases", of(d.databases)},
          {"superuser", d.superuser_secret}};
}

Json of(const Auth& a) {
  return {{"image", a.image},       {"optimized", a.optimized},    {"replicas", a.replicas},
          {"hostname", a.hostname}, {"database", a.database},      {"admin", a.admin_secret},
          {"realms", of(a.realms)}, {"resources", of(a.resources)}};
}

Json of(const Service& s) {
  return {{"name", s.name},
          {"image", s.image},
          {"port", s.port},
          {"probes", of(s.probes)},
          {"env", s.env},
          {"secretEnv", of(s.secret_env)},
          {"database", s.database},
          {"uses", s.uses},
          {"scale", of(s.scale)},
          {"replicas", s.replicas},
          {"routes", of(s.routes)},
          {"resources", of(s.resources)},
          {"rollout", of(s.rollout)},
          {"drain", of(s.drain)},
          {"pull", s.image_pull_policy},
          {"command", s.command},
          {"args", s.args},
          {"writable", s.writable_paths},
          {"uid", s.uid},
          {"labels", s.labels},
          {"annotations", s.annotations}};
}

Json of(const Gateway& g) {
  return {{"image", g.image},
          {"replicas", g.replicas},
          {"host", g.host},
          {"expose", static_cast<int>(g.expose)},
          {"class", g.ingress_class},
          {"tls", g.tls_secret},
          {"realm", g.jwt_realm},
          {"keys", of(g.jwt_keys)},
          {"consumers", of(g.consumers)},
          {"origins", g.cors_origins},
          {"rate", of(g.rate_limit_per_minute)},
          {"body", g.max_body_mb},
          {"resources", of(g.resources)}};
}

Json of(const Patch& p) {
  return {p.kind, p.name, p.name_space, yaml::to_json(p.content)};
}
Json of(const OwnManifest& m) {
  Json objects = Json::array();
  for (const yaml::Node& node : m.objects) objects.push_back(yaml::to_json(node));
  return {static_cast<int>(m.tier), m.file, objects};
}

}  // namespace

Json dump(const Project& p) {
  return {{"name", p.name},
          {"environment", p.environment},
          {"context", p.context},
          {"minVersion", p.min_version},
          {"defaults", of(p.defaults)},
          {"releases", p.releases.keep_secret_values},
          {"namespaces", of(p.namespaces)},
          {"secrets", of(p.secrets)},
          {"database", of(p.database)},
          {"auth", of(p.auth)},
          {"services", of(p.services)},
          {"gateway", of(p.gateway)},
          {"patches", of(p.patches)},
          {"manifests", of(p.manifests)}};
}

}  // namespace kforge::tests
