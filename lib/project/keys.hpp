// SPDX-License-Identifier: Apache-2.0
// The sections of the field table, one function each; every key of kforge.yaml is a row of one of them.
#pragma once

#include "project/field.hpp"
#include "project/model.hpp"

namespace kforge::project {

const Section& top_section();         // -> Project
const Section& kubernetes_section();  // -> Project
const Section& defaults_section();    // -> Defaults
const Section& releases_section();    // -> Releases
const Section& namespaces_section();  // -> Namespaces

const Section& resources_section();        // -> Resources
const Section& requests_section();         // -> ResourceAmounts
const Section& limits_section();           // -> ResourceAmounts
const Section& rollout_section();          // -> Rollout
const Section& default_rollout_section();  // -> Rollout, with what counts for a whole run
const Section& drain_section();            // -> Drain

const Section& secret_section();         // -> SecretSpec
const Section& secret_source_section();  // -> SecretSource
const Section& generate_section();       // -> SecretSource

const Section& database_section();       // -> Database
const Section& storage_section();        // -> Database
const Section& database_user_section();  // -> DatabaseUser

const Section& auth_section();   // -> Auth
const Section& realm_section();  // -> Realm

const Section& service_section();     // -> Service
const Section& health_section();      // -> Probes
const Section& scale_section();       // -> Scale
const Section& route_section();       // -> Route
const Section& rate_limit_section();  // -> std::optional<int>

const Section& gateway_section();   // -> Gateway
const Section& expose_section();    // -> Gateway
const Section& tls_section();       // -> Gateway
const Section& jwt_section();       // -> Gateway
const Section& jwt_key_section();   // -> JwtKey
const Section& consumer_section();  // -> KeyConsumer
const Section& plugins_section();   // -> Gateway
const Section& cors_section();      // -> Gateway

const Section& patch_section();     // -> Patch
const Section& manifest_section();  // -> OwnManifest

// Reads `resources:` over what they are already.
void read_resources(const yaml::Entry& entry, Resources& resources, Reader& reader);

// What a value starts from before its keys are read.
Defaults product_defaults();
Database product_database();
Auth product_auth();
Gateway product_gateway();
Service service_from(const Defaults& defaults, const std::string& name);
// Three probes that differ in their query, from one path.
Probes probes_of(const std::string& path);

}  // namespace kforge::project
