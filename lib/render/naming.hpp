// SPDX-License-Identifier: Apache-2.0
// Content-hashed names: a ConfigMap, Secret or Job whose content changes gets another name, so that pods roll with
// their configuration and a rollback finds the old one.
#pragma once

#include "render/drafts.hpp"

#include <functional>
#include <set>
#include <string>

namespace kforge::render {

// Calls `visit` with the kind ("Secret" or "ConfigMap") and the name field of every reference that pods of the object
// hold (env, envFrom, volumes, pull secrets), or an Ingress to its certificates.
void for_each_reference(Draft& draft, const std::function<void(std::string_view kind, Json& name)>& visit);

// "ConfigMap/name" and "Secret/name" of what a pod spec refers to.
std::set<std::string> references_of(Json pod_spec);

// The pod spec of a workload, or nullptr: Deployment, StatefulSet, DaemonSet, ReplicaSet, Job, CronJob, Pod.
Json* find_pod_spec(std::string_view kind, Json& manifest);

// Drafts the entries of `secrets:` that pods refer to by name, in the namespaces of those pods.
void place_secrets(Drafts& drafts);

// Gives hashed drafts their names and lets all references follow. References to what kforge did not draft stay.
void assign_names(Drafts& drafts);

}  // namespace kforge::render
