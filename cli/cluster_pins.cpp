// SPDX-License-Identifier: Apache-2.0
#include "cli/cluster_pins.hpp"

#include "base/digest.hpp"
#include "base/text.hpp"
#include "cli/state_folder.hpp"
#include "os/files.hpp"

#include <fmt/format.h>

namespace kforge::cli {
namespace {

// One file for each project folder and environment, so that commands that run at once never write the same one.
std::string pin_file(Session& session) {
  const Environment& environment = session.deps().environment;
  const project::Project& project = session.project();
  const std::string key =
      absolute_path(project.file, environment.working_directory) + "\n" + project.name + "\n" + project.environment;
  return fmt::format("{}/clusters/{}.json", state_folder(environment), sha256_hex(key).substr(0, 16));
}

bool is_local(const std::string& url) {
  const auto start = url.find("://");
  const std::string host = start == std::string::npos ? url : url.substr(start + 3);
  return host.starts_with("127.") || host.starts_with("localhost") || host.starts_with("[::1]");
}

void remember(const std::string& file, const Json& pin) {
  try {
    make_directories(file.substr(0, file.rfind('/')), 0700);
    write_file_atomically(file, to_text(pin) + "\n", 0600);
  } catch (const Error&) {  // nowhere to keep it, as in many CI jobs: --cluster-uid is for those
  }
}

std::string moved_hint(const std::string& context) {
  return fmt::format(
      "choose the cluster with --context{}; when the environment has moved here for good, run the "
      "command once with --new-cluster",
      context.empty() ? "" : " " + context);
}

}  // namespace

void add_cluster_options(OptionTable& table, ClusterChoice& choice) {
  table.option({.names = "--cluster-uid",
                .value = "UID",
                .description =
                    "refuse any other cluster: the uid of its namespace kube-system; $KFORGE_CLUSTER_UID says it, too",
                .target = &choice.uid});
  table.option({.names = "--new-cluster",
                .value = "",
                .description = "the environment has moved: this cluster is the right one from now on",
                .target = &choice.moved});
}

deploy::ClusterGuard cluster_guard(Session& session, const ClusterChoice& choice) {
  deploy::ClusterGuard guard;
  const std::string uid = choice.uid.empty() ? session.deps().environment.get_or("KFORGE_CLUSTER_UID", "") : choice.uid;
  if (!uid.empty()) {
    guard.expected = uid;
    guard.reason = fmt::format("--cluster-uid is {}", uid);
    guard.way_out = "choose the cluster with --context, or correct --cluster-uid (KFORGE_CLUSTER_UID)";
    return guard;
  }
  const kube::ClusterAccess& access = session.access();
  if (session.globals().sandbox || is_local(access.connection.base_url)) return guard;
  const std::string file = pin_file(session);
  const Json pin = Json::parse(read_file(file).value_or(""), nullptr, false);
  const std::string known = string_at(pin, {"cluster"});
  if (!choice.moved && !known.empty()) {
    guard.expected = known;
    guard.reason = fmt::format("it was deployed from here to {} ({})", string_at(pin, {"server"}), known);
    guard.way_out = moved_hint(string_at(pin, {"context"}));
    return guard;
  }
  guard.remember = [file, context = access.context, server = access.connection.base_url](const std::string& cluster) {
    remember(file, {{"cluster", cluster}, {"context", context}, {"server", server}});
  };
  return guard;
}

}  // namespace kforge::cli
