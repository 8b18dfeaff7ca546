// SPDX-License-Identifier: Apache-2.0
#include "sandbox/server/route.hpp"

#include "base/text.hpp"
#include "sandbox/api/body.hpp"
#include "sandbox/api/name_rules.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace kforge::sandbox {
namespace {

// "a/b/c" from the remaining segments: resource, name, subresource.
void set_rest(Target& target, const std::vector<std::string>& segments, std::size_t at) {
  if (at < segments.size()) target.resource = segments[at];
  if (at + 1 < segments.size()) target.name = segments[at + 1];
  if (at + 2 < segments.size()) target.subresource = segments[at + 2];
}

std::string manager_of(const HttpRequest& request) {
  if (std::string manager = request.parameter("fieldManager"); !manager.empty()) return manager;
  const std::string agent(request.header("user-agent"));
  return agent.substr(0, agent.find('/'));
}

// Options of a request are checked as an object of their own kind.
StatusSubject options_subject(const HttpRequest& request) {
  const std::string kind = request.method == "POST"    ? "CreateOptions"
                           : request.method == "PUT"   ? "UpdateOptions"
                           : request.method == "PATCH" ? "PatchOptions"
                           : request.method == "GET"   ? "ListOptions"
                                                       : "DeleteOptions";
  return {"meta.k8s.io", "", kind, "", ""};
}

FieldValidation field_validation_of(const HttpRequest& request, FieldErrors& errors) {
  const std::string text = request.parameter("fieldValidation");
  check_supported(text, {"", "Ignore", "Strict", "Warn"}, "fieldValidation", errors);
  return text == "Strict"   ? FieldValidation::strict
         : text == "Ignore" ? FieldValidation::ignore
                            : FieldValidation::warn;
}

bool dry_run_of(const Json& values, FieldErrors& errors) {
  if (std::ranges::any_of(values, [](const Json& value) { return value != "All"; }))
    errors.push_back({FieldError::Type::not_supported, "dryRun", "supported values: \"All\"", values});
  return !values.empty();
}

std::optional<int> integer(const std::string& text) {
  int value = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  return failure == std::errc{} && end == text.data() + text.size() ? std::optional(value) : std::nullopt;
}

}  // namespace

std::optional<Target> target_of(const std::vector<std::string>& segments) {
  Target target;
  std::size_t at = 0;
  if (segments.size() >= 3 && segments[0] == "api") {
    target.version = segments[1];
    at = 2;
  } else if (segments.size() >= 4 && segments[0] == "apis") {
    target.group = segments[1];
    target.version = segments[2];
    at = 3;
  } else {
    return std::nullopt;
  }
  // "namespaces/x/pods" is about pods; "namespaces/x" and "namespaces/x/status" are about the namespace.
  const bool inside = segments[at] == "namespaces" && at + 2 < segments.size() && segments[at + 2] != "status" &&
                      segments[at + 2] != "finalize";
  if (inside) target.name_space = segments[at + 1];
  set_rest(target, segments, inside ? at + 2 : at);
  const std::size_t used = (inside ? at + 2 : at) + 3;
  if (segments.size() > used && target.subresource != "proxy") return std::nullopt;
  return target;
}

Route route_of(const HttpRequest& request, Target target) {
  const bool one = !target.name.empty();
  const std::string& method = request.method;
  const auto with = [&](Verb verb) { return Route{verb, std::move(target)}; };
  if (method == "GET" || method == "HEAD") {
    if (request.flag("watch")) return with(Verb::watch);
    return with(one ? Verb::get : Verb::list);
  }
  if (method == "POST" && (!one || !target.subresource.empty())) return with(Verb::create);
  if (method == "PUT" && one) return with(Verb::update);
  if (method == "PATCH" && one) return with(Verb::patch);
  if (method == "DELETE") return with(one ? Verb::remove : Verb::remove_collection);
  throw method_not_allowed();
}

Caller caller_of(const HttpRequest& request) {
  Caller caller{request.peer.user, request.peer.groups, manager_of(request)};
  if (const std::string_view as = request.header("impersonate-user"); !as.empty()) caller.user = std::string(as);
  return caller;
}

WriteOptions write_options_of(const HttpRequest& request) {
  WriteOptions options;
  FieldErrors errors;
  options.dry_run = dry_run_of(request.parameters("dryRun"), errors);
  options.force = request.flag("force");
  options.field_validation = field_validation_of(request, errors);
  if (!errors.empty()) throw invalid(options_subject(request), errors);
  return options;
}

bool is_version(const std::string& text) {
  return text.find_first_not_of("0123456789") == std::string::npos && text.size() <= 18;
}

std::string version_complaint(const std::string& text) {
  return fmt::format("resourceVersion: Invalid value: \"{}\": strconv.ParseUint: parsing \"{}\": invalid syntax", text,
                     text);
}

void check_list_options(const HttpRequest& request, bool watch) {
  FieldErrors errors;
  if (watch && request.flag("sendInitialEvents") && request.parameter("resourceVersionMatch") != "NotOlderThan")
    errors.push_back({FieldError::Type::forbidden, "resourceVersionMatch",
                      "sendInitialEvents requires setting resourceVersionMatch to NotOlderThan", nullptr});
  if (!errors.empty()) throw invalid(options_subject(request), errors);
  if (const std::string version = request.parameter("resourceVersion"); !watch && !is_version(version))
    throw bad_request("invalid resource version: " + version_complaint(version));
}

DeleteOptions delete_options_of(const HttpRequest& request) {
  const Json body = request.body.empty() ? Json::object() : parse_body("DeleteOptions", request.body);
  DeleteOptions options;
  options.propagation = request.parameter("propagationPolicy", string_at(body, {"propagationPolicy"}));
  if (options.propagation.empty() && body.contains("orphanDependents"))
    options.propagation = bool_at(body, {"orphanDependents"}) ? "Orphan" : "Background";
  if (const Json& uid = at_path(body, {"preconditions", "uid"}); uid.is_string()) options.uid = uid.get<std::string>();
  if (const Json& version = at_path(body, {"preconditions", "resourceVersion"}); version.is_string())
    options.resource_version = version.get<std::string>();
  if (const Json& grace = at_path(body, {"gracePeriodSeconds"}); grace.is_number_integer())
    options.grace_seconds = grace.get<int>();
  if (const auto grace = integer(request.parameter("gracePeriodSeconds"))) options.grace_seconds = grace;
  FieldErrors errors;
  options.dry_run = dry_run_of(body.contains("dryRun") ? body["dryRun"] : Json(request.parameters("dryRun")), errors);
  if (!options.propagation.empty())
    check_supported(options.propagation, {"Foreground", "Background", "Orphan", "nil"}, "propagationPolicy", errors);
  if (!errors.empty()) throw invalid(options_subject(request), errors);
  return options;
}

PatchType patch_type_of(const HttpRequest& request) {
  const std::string type(
      trim(std::string(request.header("content-type")).substr(0, request.header("content-type").find(';'))));
  if (type == "application/apply-patch+yaml") return PatchType::apply;
  if (type == "application/merge-patch+json") return PatchType::merge;
  if (type == "application/strategic-merge-patch+json") return PatchType::strategic_merge;
  if (type == "application/json-patch+json") return PatchType::json;
  throw Refusal{415, status_object(415, "UnsupportedMediaType", "415: Unsupported Media Type", Json::object())};
}

HttpResponse to_response(const Outcome& outcome) {
  HttpResponse response;
  response.status = outcome.code;
  for (const std::string& warning : outcome.warnings)
    response.headers.emplace_back(
        "Warning",
        fmt::format("299 - \"{}\"", replace_all(replace_all(printable(warning), "\\", "\\\\"), "\"", "\\\"")));
  response.body = to_text(outcome.body) + "\n";
  return response;
}

}  // namespace kforge::sandbox
