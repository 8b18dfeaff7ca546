// SPDX-License-Identifier: Apache-2.0
#include "deploy/origin.hpp"

#include "os/git_head.hpp"
#include "os/process_identity.hpp"

#include <initializer_list>

namespace kforge::deploy {
namespace {

std::string first_of(const Environment& environment, std::initializer_list<std::string_view> names) {
  for (const std::string_view name : names)
    if (environment.has(name)) return environment.get_or(name, "");
  return {};
}

std::string job_url(const Environment& environment) {
  if (environment.has("GITHUB_RUN_ID") && environment.has("GITHUB_REPOSITORY"))
    return environment.get_or("GITHUB_SERVER_URL", "https://github.com") + "/" +
           environment.get_or("GITHUB_REPOSITORY", "") + "/actions/runs/" + environment.get_or("GITHUB_RUN_ID", "");
  if (environment.has("BITBUCKET_BUILD_NUMBER"))
    return environment.get_or("BITBUCKET_GIT_HTTP_ORIGIN", "") + "/pipelines/results/" +
           environment.get_or("BITBUCKET_BUILD_NUMBER", "");
  if (environment.has("SYSTEM_TEAMFOUNDATIONCOLLECTIONURI"))
    return environment.get_or("SYSTEM_TEAMFOUNDATIONCOLLECTIONURI", "") + environment.get_or("SYSTEM_TEAMPROJECT", "") +
           "/_build/results?buildId=" + environment.get_or("BUILD_BUILDID", "");
  return first_of(environment, {"CI_JOB_URL", "BUILD_URL", "CIRCLE_BUILD_URL", "BUILDKITE_BUILD_URL"});
}

}  // namespace

std::string Origin::by() const {
  const std::string& name = user.empty() ? "unknown" : user;
  return host.empty() ? name : name + "@" + host;
}

Origin origin_of(const Environment& environment, const std::string& project_directory) {
  const GitHead head = git_head(project_directory);
  Origin origin;
  origin.user = first_of(environment, {"GITHUB_ACTOR", "GITLAB_USER_LOGIN", "CIRCLE_USERNAME",
                                       "BUILDKITE_BUILD_CREATOR", "BUILD_REQUESTEDFOR", "USER", "LOGNAME"});
  if (origin.user.empty()) origin.user = user_name();
  origin.host = host_name();
  origin.url = job_url(environment);
  origin.commit = first_of(environment, {"GITHUB_SHA", "CI_COMMIT_SHA", "GIT_COMMIT", "CIRCLE_SHA1", "BUILDKITE_COMMIT",
                                         "BUILD_SOURCEVERSION", "BITBUCKET_COMMIT"});
  if (origin.commit.empty()) origin.commit = head.commit;
  origin.branch = first_of(environment, {"GITHUB_REF_NAME", "CI_COMMIT_REF_NAME", "GIT_BRANCH", "CIRCLE_BRANCH",
                                         "BUILDKITE_BRANCH", "BUILD_SOURCEBRANCHNAME", "BITBUCKET_BRANCH"});
  if (origin.branch.empty()) origin.branch = head.branch;
  origin.process = own_process();
  origin.has_ended = process_has_ended;
  return origin;
}

}  // namespace kforge::deploy
