// SPDX-License-Identifier: Apache-2.0
// The parts of a project: each drafts its own objects from the bases of manifests/.
#pragma once

#include "render/drafts.hpp"

#include <functional>
#include <map>
#include <string>
#include <vector>

namespace kforge::render {

// Tiers that have objects, in deploy order; without Tier::namespaces.
std::vector<project::Tier> used_tiers(const project::Project& project);

void draft_namespaces(Drafts& drafts);
void draft_database(Drafts& drafts);
void draft_auth(Drafts& drafts);
void draft_services(Drafts& drafts);
void draft_gateway(Drafts& drafts);
// The objects of `manifests:`, marked as own.
void draft_own_manifests(Drafts& drafts);

// `patches:` on what has been drafted. Throws InvalidInput naming every patch that hits nothing or cannot be applied.
void apply_patches(Drafts& drafts);

// postgresql.conf for the server's memory limit and number of clients, with database.parameters on top.
std::string postgres_config(const project::Project& project);
// Connections that the clients of each role may have open, at the height of a rollout.
std::map<std::string, int> connection_limits(const project::Project& project);
// The database entry that provisions `database`; throws InvalidInput when there is none.
const project::DatabaseUser& database_user(const project::Project& project, const std::string& database);

// The name of the realm that tokens come from: the first one, or the one that kforge makes.
std::string main_realm(const project::Project& project);
// A realm as kforge makes it when the project gives none.
Json made_realm(const std::string& name);

// The hosts that the gateway answers to, from gateway.host and auth.hostname.
std::vector<std::string> public_hosts(const project::Project& project);
// kong.yml as a value. `key` gives the key of a consumer, or what stands for it.
Json kong_config(const project::Project& project, const std::function<std::string(const project::SecretRef&)>& key);

}  // namespace kforge::render
