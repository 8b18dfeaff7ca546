// SPDX-License-Identifier: Apache-2.0
// Setting the fields that workloads of all tiers have in common.
#pragma once

#include "render/drafts.hpp"

#include <map>
#include <string>
#include <vector>

namespace kforge::render {

Json& pod_spec_of(Json& workload);        // spec.template.spec
Json& main_container_of(Json& workload);  // its first container

// The image and pull policy of every container, and the project's pull secrets.
void set_image(Json& workload, const std::string& image, const project::Defaults& defaults);
// The pull policy that an image gets when the project names none.
std::string pull_policy_or_default(const std::string& policy);

// Resources of a container: an empty amount keeps the base's, the limit "none" takes the limit away.
void set_resources(Json& container, const project::Resources& resources);

// Runs the pod and its containers as a numeric user and group, which also owns its volumes.
void set_user(Json& workload, int uid);

// Rolling update, deadlines and history of a Deployment.
void set_rollout(Json& deployment, const project::Rollout& rollout);
// The sleep before SIGTERM and the whole time until SIGKILL.
void set_drain(Json& workload, const project::Drain& drain);

// An emptyDir mounted in the first container.
void add_scratch_volume(Json& workload, const std::string& name, const std::string& path, const std::string& size);
void add_secret_volume(Json& workload, const std::string& name, const std::string& secret, const std::string& path);

// Variables in the order of their names.
Json env_list(const std::map<std::string, Json>& variables);
Json secret_key(const std::string& secret, const std::string& key);  // {"valueFrom": {"secretKeyRef": …}}

// The item of a list with this name; it must be there.
Json& named(Json& list, std::string_view name);
void remove_named(Json& list, std::string_view name);

// Pods of a rollout at their most: replicas plus surge ("1", "25%").
int pods_at_most(int replicas, const std::string& max_surge);
// Bytes of a quantity, 0 when it is empty.
double amount_of(const std::string& quantity);
// As an API server stores it; text that is no quantity stays.
std::string canonical_quantity(const std::string& quantity);

}  // namespace kforge::render
