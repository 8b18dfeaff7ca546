// SPDX-License-Identifier: Apache-2.0
// Objects while they are being made: their names are without content hashes until patches have been applied.
#pragma once

#include "base/json.hpp"
#include "project/model.hpp"
#include "render/render.hpp"

#include <deque>
#include <map>
#include <optional>
#include <string>

namespace kforge::render {

// A program that runs, or is part of one: whose labels and selectors an object carries.
struct Workload {
  std::string name;       // app.kubernetes.io/name and instance: "product-service", "postgres-provision"
  std::string component;  // "api", "database", "provision", …; empty for what belongs to a whole tier
  std::string version;    // of the image, as a label value; may be empty
  std::string service;    // "product-service", "postgres"
  project::Tier tier = project::Tier::backend;
  SourcePlace origin;
};

// Text of a Secret. `token` stands for it in content hashes; the value may be unknown offline.
struct SecretText {
  std::optional<std::string> value;
  std::string token;
};
using SecretData = std::map<std::string, SecretText>;

struct Identity {
  std::string group, kind, name_space, name;
  auto operator<=>(const Identity&) const = default;
};
Identity identity_of(const Json& manifest);

struct Draft {
  Json manifest;
  Identity identity;  // that of the manifest, beside it: walking a thousand cold trees takes longer than the work
  const Workload* workload = nullptr;
  bool hashed = false;  // the name gets a hash of the content
  bool own = false;     // from `manifests:`: kforge adds labels and nothing else
  Json tokens;          // of a Secret: what its hash covers in place of the values
};

// Everything that a part of the project needs to draft its objects. References stay valid while drafts are added.
struct Drafts {
  const project::Project& project;
  const SecretValues& secrets;
  std::string applyset;
  std::deque<Draft> items;
  std::deque<Workload> workloads;

  // Keeps a workload, for the drafts that point to it.
  const Workload& begin(Workload workload);
  // Adds an object with the workload's namespace, labels and selectors, and the waivers that apply to it.
  Draft& add(const Workload& workload, Json manifest);
  // Adds an object of the user's own as it is, marked as a member.
  Draft& add_own(const Workload& workload, Json manifest);
  // The same for a ConfigMap, whose name will carry a hash of its data.
  Draft& add_config(const Workload& workload, Json manifest, const std::map<std::string, std::string>& data);
  // The same for a Secret; a value that is unknown leaves its key out and is listed in kforge.dev/redacted.
  Draft& add_secret(const Workload& workload, Json manifest, const SecretData& data);

  // The text of "secret/key" as a part of another secret. Throws InvalidInput when kforge does not know the secret's
  // values because it is `existing`, or when it has no such key.
  SecretText secret(const std::string& name, const std::string& key) const;
};

SecretText plain(std::string text);
// `before` + secret + `after`, percent-encoding the secret's value, as in a URL.
SecretText in_url(std::string_view before, const SecretText& secret, std::string_view after);

// "postgres.database.svc.cluster.local"
std::string service_host(const project::Project& project, project::Tier tier, std::string_view service);

inline constexpr const char* redacted_annotation = "kforge.dev/redacted";
inline constexpr const char* config_hash_annotation = "kforge.dev/config-hash";

}  // namespace kforge::render
