// SPDX-License-Identifier: Apache-2.0
// What a kforge.yaml says, after overlays, interpolation and defaults. Plain values; parse.cpp fills them from the
// field table, lib/render reads them.
#pragma once

#include "base/error.hpp"
#include "base/json.hpp"
#include "yaml/node.hpp"

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace kforge::project {

// The parts of an application in deploy order.
enum class Tier { namespaces, database, auth, backend, gateway };
std::string_view to_string(Tier tier);

struct ResourceAmounts {
  std::string cpu, memory, ephemeral_storage;  // canonical quantities; empty: not set; a limit may be "none"
};
struct Resources {
  ResourceAmounts requests, limits;
};

// What becomes of a rollout that failed: it stays for everybody to look at, or the last good release comes back.
enum class OnFailure { keep, rollback };

struct Rollout {
  std::string max_surge = "1", max_unavailable = "0";  // a number or "25%"
  int min_ready_seconds = 3;
  std::chrono::seconds deadline{300};      // progressDeadlineSeconds
  int history = 5;                         // revisionHistoryLimit
  OnFailure on_failure = OnFailure::keep;  // of the whole run; only in `defaults`
};

struct Drain {
  std::chrono::seconds sleep{10}, grace{45};
};

enum class Uids { upstream, high };

struct Defaults {
  std::string registry;           // joined with images that have no registry part
  std::string image_pull_policy;  // "" means: IfNotPresent for a fixed tag
  std::vector<std::string> image_pull_secrets;
  Uids uids = Uids::upstream;
  Resources resources;
  Rollout rollout;
  Drain drain;
  std::map<std::string, std::string> labels;  // added to every object
};

struct Releases {
  bool keep_secret_values = false;  // in the records, beside their digests
};

struct Namespaces {
  std::string database = "database", auth = "auth", backend = "backend", gateway = "gateway";
  std::string pod_security = "restricted";  // restricted | baseline | privileged
  bool create = true;                       // false: they exist and are managed by somebody else
  const std::string& of(Tier tier) const;
};

// Where one value of a secret comes from.
struct SecretSource {
  enum class Kind { generate, env, file, literal };
  Kind kind = Kind::generate;
  int length = 32;   // of generate
  std::string name;  // of env: variable; of file: path relative to the project file; of literal: the value
};
struct SecretSpec {
  std::string name;
  bool existing = false;                       // made by somebody else; only its name is used
  std::map<std::string, SecretSource> values;  // by key
};

struct DatabaseUser {
  std::string database;  // name of the database
  std::string owner;     // role that owns it
};

// The implied secret of a role that owns a database: one key, "password". Object names have no '_'.
std::string role_secret_name(std::string_view role);

struct Database {
  std::string image;
  int major = 0;                                     // of the image's tag
  std::string storage_size = "20Gi", storage_class;  // empty class: the cluster's default
  Resources resources;
  std::map<std::string, std::string> parameters;  // postgresql.conf
  bool shared = false;                            // one database and role for all services
  std::vector<DatabaseUser> databases;            // every database to provision, sorted by name; keycloak's included
  std::string superuser_secret;                   // name of the secrets: entry; key "password"
};

struct Realm {
  std::string name;
  std::string file;     // relative to the project file; empty: a realm made by kforge
  std::string content;  // of the file, or the made realm
};

struct Auth {
  std::string image;
  bool optimized = false;  // the image was built with `kc.sh build`
  int replicas = 2;
  std::string hostname;  // full URL, or empty
  std::string database = "keycloak";
  std::string admin_secret;  // keys username, password
  std::vector<Realm> realms;
  Resources resources;
};

struct Scale {
  int min = 2, max = 5, cpu = 80;  // cpu: percent of the request
};

struct Probes {
  std::string startup, live, ready;  // paths, with query
};

enum class RouteAuth { none, jwt, key };
struct Route {
  std::string path;
  RouteAuth auth = RouteAuth::none;
  std::optional<int> rate_limit_per_minute;
  std::vector<std::string> methods;  // empty: all
  bool strip_path = false;
};

struct SecretRef {
  std::string secret, key;
};

struct Service {
  std::string name;
  std::string image;  // complete, registry joined
  int port = 0;
  Probes probes;
  std::map<std::string, std::string> env;
  std::map<std::string, SecretRef> secret_env;
  std::string database;           // empty: none
  std::vector<std::string> uses;  // other services
  std::optional<Scale> scale;     // an autoscaler; otherwise `replicas`
  int replicas = 2;
  std::vector<Route> routes;
  Resources resources;
  Rollout rollout;
  Drain drain;
  std::string image_pull_policy;
  std::vector<std::string> command, args;
  std::vector<std::string> writable_paths;  // besides /tmp
  int uid = 10001;
  std::map<std::string, std::string> labels, annotations;
};

// The variable that tells others where a service is: "product-service" and "product" -> "PRODUCT_SERVICE_URL".
std::string url_variable(std::string_view service);

struct KeyConsumer {
  std::string name;
  SecretRef key;  // key-auth credential
};
struct JwtKey {
  std::string kid;
  std::string file;  // PEM public key, relative to the project file
  std::string pem;
};

enum class Expose { load_balancer, node_port, cluster_ip, ingress };
struct Gateway {
  std::string image;
  int replicas = 2;
  std::string host;
  Expose expose = Expose::load_balancer;
  std::string ingress_class;
  std::string tls_secret;  // name of a kubernetes.io/tls Secret in the gateway namespace; empty: none
  std::string jwt_realm;
  std::vector<JwtKey> jwt_keys;
  std::vector<KeyConsumer> consumers;
  std::vector<std::string> cors_origins;
  std::optional<int> rate_limit_per_minute;
  int max_body_mb = 8;
  Resources resources;
};

// kube-system and the others that Kubernetes keeps for itself: the prefix is reserved.
bool is_kubernetes_own(std::string_view name_space);

// A strategic merge patch on a rendered object.
struct Patch {
  std::string kind, name, name_space;  // name_space empty: any
  yaml::Node content;                  // the patch body, with places
};

// Objects of the user's own, in the stage they belong to.
struct OwnManifest {
  Tier tier = Tier::backend;
  std::string file;
  std::vector<yaml::Node> objects;
};

struct Project {
  std::string name;
  std::string environment;  // chosen overlay; "" for none
  std::string file;         // as shown to people: "kforge.yaml"
  std::string directory;    // absolute folder of the file
  std::string context;      // kubernetes.context
  std::string min_version;  // kubernetes.minVersion
  Defaults defaults;
  Releases releases;
  Namespaces namespaces;
  std::map<std::string, SecretSpec>
      secrets;  // those of the file and the implied ones (superuser, admin, database roles)
  std::optional<Database> database;
  std::optional<Auth> auth;
  std::vector<Service> services;  // by name
  std::optional<Gateway> gateway;
  std::vector<Patch> patches;
  std::vector<OwnManifest> manifests;
  yaml::Node document;  // the merged document, for places

  const Service* find_service(std::string_view name) const;
  // The place of a key path such as {"services", "order-service", "image"}; of its longest existing prefix otherwise.
  SourcePlace place_of(const std::vector<std::string>& path) const;
};

}  // namespace kforge::project
