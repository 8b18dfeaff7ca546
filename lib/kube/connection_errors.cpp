// SPDX-License-Identifier: Apache-2.0
#include "base/text.hpp"
#include "http/url.hpp"
#include "kube/errors.hpp"
#include "kube/pem.hpp"
#include "kube/redact.hpp"
#include "kube/request_line.hpp"

#include <fmt/format.h>

namespace kforge::kube {
namespace {

std::string server_of(const ClusterAccess& access) {
  return http::without_userinfo(access.connection.base_url);
}

std::string cluster_of(const ClusterAccess& access) {
  return access.cluster.empty() ? "the kubeconfig" : fmt::format("cluster '{}'", access.cluster);
}

std::string context_hint(const ClusterAccess& access) {
  if (access.context.empty()) return "is the cluster running, and is the address right?";
  return fmt::format("is the cluster running, and is '{}' the right context?", access.context);
}

std::string expiry_text(const ClusterAccess& access) {
  if (!access.connection.client_certificate_pem) return {};
  const std::optional<WallTime> expiry = certificate_expiry(*access.connection.client_certificate_pem);
  return expiry ? fmt::format("; it is valid until {}", format_rfc3339(*expiry)) : "";
}

Error unreachable(const std::string& what, const http::Completion& completion, std::string hint) {
  return Error(ErrorKind::unreachable, what).why(safe_text(completion.message)).hint(std::move(hint));
}

Error proxy_error(const ClusterAccess& access, const http::Completion& completion) {
  const bool configured = access.connection.proxy_url.has_value();
  const std::string& url = configured ? *access.connection.proxy_url : access.connection.https_proxy;
  return unreachable(
      "no way through the proxy to " + server_of(access), completion,
      fmt::format("check {} ({})", configured ? "proxy-url of " + cluster_of(access) : "HTTPS_PROXY and NO_PROXY",
                  http::without_userinfo(url)));
}

}  // namespace

Error connection_error(const ApiRequest& request, const ClusterAccess& access, const http::Completion& completion) {
  const std::string server = server_of(access);
  switch (completion.failure) {
    case http::Failure::resolve:
      return unreachable("cannot find " + server, completion,
                         fmt::format("check the server address of {} and the network (VPN?)", cluster_of(access)));
    case http::Failure::refused:
    case http::Failure::connect_timeout:
      return unreachable("cannot reach " + server, completion, context_hint(access));
    case http::Failure::tls_untrusted:
      return unreachable(
          "cannot trust " + server, completion,
          fmt::format("the certificate-authority of {} does not match; if the cluster was created anew, fetch "
                      "its kubeconfig again",
                      cluster_of(access)));
    case http::Failure::tls_name_mismatch:
      return unreachable(
          "cannot trust " + server, completion,
          fmt::format("use one of these names as server, or set tls-server-name of {} to it", cluster_of(access)));
    case http::Failure::tls_expired:
      return unreachable("cannot trust " + server, completion,
                         "renew the server's certificate, or check this machine's clock");
    case http::Failure::tls_client_rejected:
      return Error(ErrorKind::not_authenticated, server + " refuses the client certificate")
          .why(safe_text(completion.message) + expiry_text(access))
          .hint(fmt::format("fetch a new certificate for user '{}'", access.user));
    case http::Failure::tls_other:
      return unreachable("cannot speak TLS with " + server, completion,
                         fmt::format("check the server address of {}", cluster_of(access)));
    case http::Failure::proxy:
      return proxy_error(access, completion);
    case http::Failure::reset:
      return unreachable("the connection to " + server + " broke", completion, context_hint(access));
    case http::Failure::timeout:
      return unreachable("cannot " + in_words(request), completion, "is the cluster overloaded?");
    case http::Failure::too_large:
      return unreachable("cannot " + in_words(request), completion, "narrow the request down");
    case http::Failure::redirect:
      return unreachable(
          server + " is not a Kubernetes API", completion,
          fmt::format("kforge follows no redirects, as they can steal credentials; check the server address of {}",
                      cluster_of(access)));
    case http::Failure::none:
    case http::Failure::cancelled:
    case http::Failure::other:
      break;
  }
  return unreachable("cannot " + in_words(request), completion, "");
}

}  // namespace kforge::kube
