// SPDX-License-Identifier: Apache-2.0
#include "deploy/cluster_guard.hpp"

#include <fmt/format.h>

namespace kforge::deploy {

ClusterIdentity::ClusterIdentity(Session& session)
    : session_(session), identity_(session.client().access().connection.base_url), group_(session) {
  static const schema::Kind& namespaces = *schema::Table::embedded().find(schema::kind_name("v1", "Namespace"));
  group_.send(kube::get_request(namespaces, {namespaces.name, "", "kube-system"}),
              [this](const kube::ApiResult& result) {
                if (result.ok()) identity_ = kube::uid_of(result.body);
                hidden_ = result.status == 403;
                if (!result.ok() && !hidden_ && !result.not_found()) failure_ = *result.error;
              });
}

const std::string& ClusterIdentity::get() {
  group_.finish("asking which cluster this is");
  if (failure_) throw Error(*failure_);
  return identity_;
}

void ClusterIdentity::check(const ClusterGuard& guard) {
  if (guard.expected.empty() || get() == guard.expected) return;
  const kube::ClusterAccess& access = session_.client().access();
  const std::string& environment = session_.project().environment;
  const std::string what = environment.empty() ? fmt::format("project '{}'", session_.project().name)
                                               : fmt::format("environment '{}'", environment);
  if (hidden_)
    throw Error(ErrorKind::forbidden, fmt::format("this account may not see which cluster this is, and {} belongs to "
                                                  "a certain one",
                                                  what))
        .why(guard.reason)
        .hint("grant it 'get' on the namespace kube-system");
  throw Error(ErrorKind::guard_refused,
              fmt::format("{} belongs to another cluster than {}", what,
                          access.context.empty() ? access.connection.base_url
                                                 : fmt::format("that of context '{}'", access.context)))
      .why(fmt::format("{}; this one is {} at {}", guard.reason, identity_, access.connection.base_url))
      .hint(guard.way_out);
}

}  // namespace kforge::deploy
