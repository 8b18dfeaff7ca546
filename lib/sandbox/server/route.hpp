// SPDX-License-Identifier: Apache-2.0
// What a URL asks for.
#pragma once

#include "sandbox/api/api.hpp"
#include "sandbox/server/http_server.hpp"

#include <optional>

namespace kforge::sandbox {

enum class Verb { get, list, watch, create, update, patch, remove, remove_collection };

struct Route {
  Verb verb = Verb::get;
  Target target;
};

// A resource URL below /api/v1 or /apis/G/V; empty for anything else.
std::optional<Target> target_of(const std::vector<std::string>& segments);
// Throws Refusal (405) when the method does not fit the URL.
Route route_of(const HttpRequest& request, Target target);

// Whether a text is a resourceVersion, or none at all; and what the server says of one that is not.
bool is_version(const std::string& text);
std::string version_complaint(const std::string& text);
// Throws Refusal (400, 422, 500) for options of a list or watch that mean nothing.
void check_list_options(const HttpRequest& request, bool watch);

Caller caller_of(const HttpRequest& request);
WriteOptions write_options_of(const HttpRequest& request);
// From the body, overridden by the query, as a real server reads both. Throws Refusal (400).
DeleteOptions delete_options_of(const HttpRequest& request);
// By Content-Type. Throws Refusal (415).
PatchType patch_type_of(const HttpRequest& request);

HttpResponse to_response(const Outcome& outcome);

}  // namespace kforge::sandbox
