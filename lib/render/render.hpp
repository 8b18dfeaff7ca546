// SPDX-License-Identifier: Apache-2.0
// Project -> Kubernetes objects in stages. Pure: no clock, no files, no network, no randomness.
#pragma once

#include "base/json.hpp"
#include "base/secret.hpp"
#include "project/model.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace kforge::render {

// One value of a secret. `token` enters content hashes in place of a value that may be unknown: for generated values it
// is "generated" plus the rotation count, so that `kforge render` and `kforge up` give the same names.
struct SecretValue {
  std::optional<Secret> value;  // absent offline, when it is generated in the cluster
  std::string token;
};
// The token of a generated value, which a rotation changes.
std::string generated_token(int rotations);
// By "secret/key", for every entry of Project::secrets that is not `existing`.
using SecretValues = std::map<std::string, SecretValue>;

struct Object {
  Json manifest;
  project::Tier tier = project::Tier::namespaces;
  std::string service;  // the service, or "postgres", "keycloak", "kong"; empty for what all share
  SourcePlace origin;   // place in kforge.yaml that caused it
};

// Ordered by tier, then kind order, then namespace and name. Every object carries the labels of docs/manifests.md;
// ApplySet and project labels included. Two objects of one identity, or a patch that hits nothing, throw InvalidInput.
struct Rendered {
  std::vector<Object> objects;
};
Rendered render(const project::Project& project, const SecretValues& secrets);

// Values that need no cluster: env, file and literal sources; generated ones stay without a value.
// Throws InvalidInput naming every unset variable and missing file.
SecretValues resolve_local(const project::Project& project,
                           const std::map<std::string, std::string, std::less<>>& environment);

// For showing: Secret data and stringData without values, their keys kept in the annotation kforge.dev/redacted.
Json redacted(Json object);

// Position of a kind inside a stage: namespaces, policy, identity, config, services, workloads, jobs, autoscalers, ….
// Equal numbers may be applied together.
enum class Wave : int { scope, policy, identity, binding, config, network, workload, job, scaling, edge, webhook };
Wave wave_of(const Json& object);

// applyset-… id of KEP-3659 for the project's parent Secret.
std::string applyset_id(std::string_view name, std::string_view name_space, std::string_view kind,
                        std::string_view group);
// The namespace that holds the project's own records: the first of database, auth, backend, gateway that is used.
std::string state_namespace(const project::Project& project);
std::string applyset_parent_name(const project::Project& project);  // "kforge.shop"

// All objects for showing: Secrets redacted, and those left out that an API server refuses without their keys (of the
// types for certificates, registries, …), so that what is shown can be applied.
Rendered for_showing(Rendered rendered);

// Whether redacted() has something to hide in it.
bool is_secret(const Json& object);

// What `kforge render` prints: all objects as YAML documents, secrets redacted.
std::string to_yaml(const Rendered& rendered);
// Files of `kforge render --dir`: relative path -> YAML text ("backend/product-service.yaml"), secrets redacted.
// `kubectl apply -f` takes the folders in the order of the tiers.
std::map<std::string, std::string> files_of(const Rendered& rendered);

}  // namespace kforge::render
