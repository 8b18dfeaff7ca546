// SPDX-License-Identifier: Apache-2.0
// The steps that make a ClusterAccess out of kubeconfig entries and flags. Each adds its problems to a list, so that
// all of them are shown at once.
#pragma once

#include "kube/kubeconfig_file.hpp"

#include <string>
#include <vector>

namespace kforge::kube {

using Problems = std::vector<std::string>;

// Fills in server, trust and proxy. `entry` has the flags' overrides in it already.
void add_cluster(ClusterAccess& access, const ClusterEntry& entry, const Environment& environment, Problems& problems);
// Fills in who we are. Needs the cluster filled in, as exec plugins may ask for it.
void add_user(ClusterAccess& access, const UserEntry& entry, const Environment& environment, Problems& problems);
// The exec plugin of a user, checked against its API and KFORGE_EXEC_PLUGINS.
void add_exec(ClusterAccess& access, const ExecEntry& entry, const Environment& environment, Problems& problems);

// What a pod's service account gives (api-client §1.10), with the overrides of the flags. Only when available.
bool in_cluster_available(const Environment& environment, const std::string& service_account);
void add_in_cluster(ClusterAccess& access, const ConnectionFlags& flags, const std::string& service_account,
                    const Environment& environment, Problems& problems);

// The proxy variables and the system's roots, which no kubeconfig holds.
void add_surroundings(http::Connection& connection, const Environment& environment);
// The content of a file that an entry names, or a problem "cannot read F for user 'x': no such file or directory".
std::string read_named(const std::string& path, const std::string& owner, Problems& problems);
// A file with a token: its trimmed content.
Secret read_token(const std::string& path, const std::string& owner, ClusterAccess& access, Problems& problems);
// Whether a text would break out of an HTTP header.
bool has_control_characters(std::string_view text);
// KFORGE_EXEC_PLUGINS: "deny", "allow:aws,/usr/bin/gke-auth"; a problem when the plugin must not run.
std::string exec_policy_problem(const std::string& command, const Environment& environment);

}  // namespace kforge::kube
