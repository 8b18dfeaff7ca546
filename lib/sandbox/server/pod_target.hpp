// SPDX-License-Identifier: Apache-2.0
// Which container of which pod a stream is about, with the API server's words when there is none.
#pragma once

#include "sandbox/api/api.hpp"
#include "sandbox/pods/runtime.hpp"
#include "sandbox/server/http_server.hpp"

namespace kforge::sandbox {

// The pod of a target. Throws Refusal (404).
ObjectPtr pod_of(Api& api, const Target& target);

// The container that `?container=` names, or the only one, or the one that kubectl's annotation makes the default.
// Throws Refusal (400).
std::string container_of(const HttpRequest& request, const Json& pod);

// The run of a container whose log is asked for. Throws Refusal (400) when it waits to start or has no former run.
ContainerId log_container(const Json& pod, const std::string& container, bool previous);

// The run of a container that commands can be executed in. Throws Refusal (400, 404) when it does not run.
void check_running(const Json& pod, const std::string& container);

// tailLines, sinceSeconds, … Throws Refusal (400, 422).
LogQuery log_query_of(const HttpRequest& request);

}  // namespace kforge::sandbox
