// SPDX-License-Identifier: Apache-2.0
#include "sandbox/api/reviews.hpp"

#include "base/digest.hpp"
#include "sandbox/api/object_meta.hpp"

#include <algorithm>
#include <array>

namespace kforge::sandbox {
namespace {

constexpr std::array<std::string_view, 5> reviews{"localsubjectaccessreviews", "selfsubjectaccessreviews",
                                                  "selfsubjectreviews", "selfsubjectrulesreviews",
                                                  "subjectaccessreviews"};

Outcome evict(Api& api, const Caller& caller, Target target, const Json& eviction) {
  target.subresource.clear();
  DeleteOptions options;
  if (const Json& grace = at_path(eviction, {"deleteOptions", "gracePeriodSeconds"}); grace.is_number_integer())
    options.grace_seconds = grace.get<int>();
  Outcome outcome = api.remove(caller, target, options);
  if (outcome.ok())
    return {
        201,
        {{"kind", "Status"}, {"apiVersion", "v1"}, {"metadata", Json::object()}, {"status", "Success"}, {"code", 201}},
        {}};
  return outcome;
}

Outcome bind_pod(Api& api, const Caller& caller, Target target, const Json& binding) {
  target.subresource.clear();
  Outcome found = api.get(target);
  if (!found.ok()) return found;
  found.body["spec"]["nodeName"] = string_at(binding, {"target", "name"});
  Outcome outcome = api.update(caller, target, found.body, {});
  if (outcome.ok())
    return {
        201,
        {{"kind", "Status"}, {"apiVersion", "v1"}, {"metadata", Json::object()}, {"status", "Success"}, {"code", 201}},
        {}};
  return outcome;
}

// Nothing in a sandbox checks tokens; clients still expect the shape.
Outcome token(Json request) {
  request["status"] = {{"token", "sandbox-" + random_alphanumeric(32)},
                       {"expirationTimestamp", "2099-01-01T00:00:00Z"}};
  return {201, std::move(request), {}};
}

}  // namespace

bool is_review(const Target& target) {
  return (target.group == "authorization.k8s.io" || target.group == "authentication.k8s.io") &&
         std::ranges::find(reviews, target.resource) != reviews.end();
}

Json answer_review(const Target& target, Json review, const Caller& caller) {
  if (target.resource == "selfsubjectreviews")
    review["status"] = {{"userInfo", {{"username", caller.user}, {"groups", caller.groups}}}};
  else if (target.resource == "selfsubjectrulesreviews")
    review["status"] = {{"resourceRules", {{{"verbs", {"*"}}, {"apiGroups", {"*"}}, {"resources", {"*"}}}}},
                        {"nonResourceRules", Json::array()},
                        {"incomplete", false}};
  else
    review["status"] = {{"allowed", true}};
  return review;
}

Outcome create_subresource(Api& api, const Caller& caller, const Target& target, Json object) {
  if (target.resource == "pods" && target.subresource == "eviction") return evict(api, caller, target, object);
  if (target.resource == "pods" && target.subresource == "binding") return bind_pod(api, caller, target, object);
  if (target.resource == "serviceaccounts" && target.subresource == "token") return token(std::move(object));
  const Refusal refusal = method_not_allowed();
  return {refusal.code, refusal.status, {}};
}

}  // namespace kforge::sandbox
