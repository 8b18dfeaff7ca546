// SPDX-License-Identifier: Apache-2.0
#include "base/text.hpp"
#include "kube/access_parts.hpp"
#include "kube/pem.hpp"
#include "os/files.hpp"

#include <fmt/format.h>

namespace kforge::kube {
namespace {

std::string address(const Environment& environment) {
  const std::string host = *environment.get("KUBERNETES_SERVICE_HOST");
  const std::string port = *environment.get("KUBERNETES_SERVICE_PORT");
  return contains(host, ":") ? fmt::format("https://[{}]:{}", host, port) : fmt::format("https://{}:{}", host, port);
}

}  // namespace

bool in_cluster_available(const Environment& environment, const std::string& service_account) {
  return environment.has("KUBERNETES_SERVICE_HOST") && environment.has("KUBERNETES_SERVICE_PORT") &&
         file_exists(service_account + "/token");
}

void add_in_cluster(ClusterAccess& access, const ConnectionFlags& flags, const std::string& service_account,
                    const Environment& environment, Problems& problems) {
  access.cluster = access.context = "in-cluster";
  access.user = "service account";
  access.sources = {"in-cluster"};
  const auto given_or = [&](const std::string& flag, const std::string& fallback) {
    return flag.empty() ? fallback : absolute_path(flag, environment.working_directory);
  };
  ClusterEntry cluster;
  cluster.server = address(environment);
  cluster.certificate_authority = given_or(flags.certificate_authority, service_account + "/ca.crt");
  add_cluster(access, cluster, environment, problems);
  UserEntry user;
  user.token_file = given_or(flags.token_file, service_account + "/token");
  add_user(access, user, environment, problems);
  access.warnings.clear();  // the kubelet sets the modes of these files
}

}  // namespace kforge::kube
