// SPDX-License-Identifier: Apache-2.0
#include "base/text.hpp"
#include "http/url.hpp"
#include "kube/errors.hpp"
#include "kube/redact.hpp"
#include "kube/request_line.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace kforge::kube {
namespace {

constexpr std::size_t shown_foreign_text = 2048;

// An answer on its way into words.
struct Answer {
  const ApiRequest& request;
  const ClusterAccess& access;
  const http::Response& response;
  const Json& body;

  std::string reason() const { return string_at(body, {"reason"}); }
  std::string message() const { return safe_text(string_at(body, {"message"})); }
  bool about_secret() const {
    return (request.object && request.object->kind.kind == "Secret") || request_line(request).resource == "secrets";
  }
};

// Messages about a rejected Secret may quote its values: only field names are passed on.
std::string message_without_values(const Answer& answer) {
  std::set<std::string> fields;
  const Json& causes = at_path(answer.body, {"details", "causes"});
  if (causes.is_array())
    for (const Json& cause : causes) fields.insert(safe_text(string_at(cause, {"field"})));
  fields.erase("");
  const std::string reason =
      answer.reason().empty() ? fmt::format("HTTP {}", answer.response.status) : safe_text(answer.reason());
  if (fields.empty()) return reason + " (the server's text is not shown, as it may quote the secret)";
  return fmt::format("{} at {} (the server's text is not shown, as it may quote the secret)", reason,
                     join({fields.begin(), fields.end()}, ", "));
}

// One line for each distinct cause: "spec.replicas: Invalid value: -1: must be greater than or equal to 0".
std::string causes_or_message(const Answer& answer) {
  if (answer.about_secret()) return message_without_values(answer);
  std::vector<std::string> lines;
  const Json& causes = at_path(answer.body, {"details", "causes"});
  if (causes.is_array())
    for (const Json& cause : causes) {
      const std::string field = safe_text(string_at(cause, {"field"})), text = safe_text(string_at(cause, {"message"}));
      const std::string line = field.empty() ? text : field + ": " + text;
      if (std::ranges::find(lines, line) == lines.end()) lines.push_back(line);
    }
  return lines.empty() ? answer.message() : join(lines, "\n");
}

Error rejected(const Answer& answer, std::string why, std::string hint = {}) {
  return Error(ErrorKind::rejected, "cannot " + in_words(answer.request)).why(std::move(why)).hint(std::move(hint));
}

std::string login_hint(const ClusterAccess& access) {
  switch (access.method) {
    case AuthMethod::token:
      if (!access.token_file.empty()) return fmt::format("the token in {} may have expired", access.token_file);
      return fmt::format("the token of user '{}' may have expired: log in again", access.user);
    case AuthMethod::client_certificate:
      return fmt::format(
          "the certificate of user '{}' may be of another or an older cluster: fetch the kubeconfig again",
          access.user);
    case AuthMethod::exec:
      return fmt::format("log in again with the tool that '{}' belongs to",
                         access.exec ? printable(access.exec->command) : "");
    case AuthMethod::basic:
      return fmt::format("user '{}' has a password, which Kubernetes no longer accepts since 1.19", access.user);
    case AuthMethod::none:
      break;
  }
  return fmt::format("user '{}' has no credentials in the kubeconfig", access.user);
}

Error unauthorized(const Answer& answer) {
  const ClusterAccess& access = answer.access;
  return Error(ErrorKind::not_authenticated,
               fmt::format("{} does not accept the credentials (context '{}', user '{}', {})",
                           http::without_userinfo(access.connection.base_url), access.context, access.user,
                           to_string(access.method)))
      .why(answer.message())
      .hint(login_hint(access));
}

std::string between(const std::string& text, std::string_view before, std::string_view after) {
  const std::size_t start = text.find(before);
  if (start == std::string::npos) return {};
  const std::size_t end = text.find(after, start + before.size());
  return end == std::string::npos ? "" : text.substr(start + before.size(), end - start - before.size());
}

// The right that RBAC missed, as its message names it: an apply needs `patch`, and `create` for a new object.
RequestLine missing_right(const Answer& answer) {
  RequestLine right = request_line(answer.request);
  const std::string text = answer.message();
  const std::string verb = between(text, " cannot ", " resource \"");
  if (verb.empty()) return right;
  right.verb = verb;
  const std::vector<std::string> resource = split(between(text, "resource \"", "\""), '/');
  right.resource = resource[0];
  right.subresource = resource.size() > 1 ? resource[1] : "";
  right.group = between(text, "API group \"", "\"");
  right.name_space = between(text, "in the namespace \"", "\"");
  return right;
}

Error forbidden_by_rbac(const Answer& answer) {
  const RequestLine right = missing_right(answer);
  const std::string resource = right.qualified_resource();
  const std::string place =
      right.name_space.empty() ? "the whole cluster" : fmt::format("namespace '{}'", right.name_space);
  const std::string flag = right.name_space.empty() ? "" : " -n " + right.name_space;
  return Error(ErrorKind::forbidden, "not allowed to " + in_words(answer.request))
      .why(answer.message())
      .hint(fmt::format("the account needs '{}' on {} in {}; check it with: kubectl auth can-i {} {}{}", right.verb,
                        resource, place, right.verb, resource, flag));
}

Error anonymous(const Answer& answer) {
  return Error(ErrorKind::not_authenticated, "not allowed to " + in_words(answer.request) + " without credentials")
      .why(answer.message())
      .hint(login_hint(answer.access));
}

// 403 has four meanings: RBAC, quota, PodSecurity or another admission plugin, and a namespace on its way out.
Error forbidden(const Answer& answer) {
  const std::string message = answer.message();
  if (contains(message, "User \"system:anonymous\"")) return anonymous(answer);
  if (contains(message, "User \"") && contains(message, "\" cannot ")) return forbidden_by_rbac(answer);
  if (contains(message, "exceeded quota"))
    return rejected(answer, message, "raise the namespace's ResourceQuota, or ask for less");
  if (contains(message, "violates PodSecurity"))
    return rejected(answer, message,
                    "change the pod's security context, or the namespace's pod-security.kubernetes.io labels");
  if (contains(message, "because it is being terminated"))
    return rejected(answer, message, "wait until the namespace is gone, then try again");
  return rejected(answer, message);
}

Error not_found(const Answer& answer) {
  if (!string_at(answer.body, {"details", "name"}).empty())
    return Error(ErrorKind::not_found, "cannot " + in_words(answer.request)).why(answer.message());
  const RequestLine line = request_line(answer.request);
  if (!line.is_resource())
    return Error(ErrorKind::not_found, "cannot " + in_words(answer.request)).why(answer.message());
  return rejected(answer,
                  fmt::format("this cluster does not serve {} of {}", line.resource,
                              line.group.empty() ? line.version : line.group + "/" + line.version),
                  "is its CustomResourceDefinition installed, and is the cluster new enough?");
}

Error conflict(const Answer& answer) {
  Error error = Error(ErrorKind::conflict, "cannot " + in_words(answer.request)).why(causes_or_message(answer));
  const Json& causes = at_path(answer.body, {"details", "causes"});
  const bool managers = causes.is_array() && std::ranges::any_of(causes, [](const Json& cause) {
                          return string_at(cause, {"reason"}) == "FieldManagerConflict";
                        });
  if (managers) return std::move(error).hint("take these fields over with --force-conflicts, or leave them out");
  if (answer.reason() == "AlreadyExists") return error;
  return std::move(error).hint("somebody else changed the object meanwhile: try again");
}

std::string with_audit_id(const Answer& answer, std::string text) {
  const std::string id = safe_text(answer.response.header("audit-id"));
  return id.empty() ? text : fmt::format("{} (audit id {})", text, id);
}

Error internal_error(const Answer& answer) {
  const std::string message = answer.about_secret() ? message_without_values(answer) : answer.message();
  const std::string webhook = between(string_at(answer.body, {"message"}), "webhook \"", "\"");
  if (contains(message, "etcdserver: request is too large"))
    return rejected(answer, message, "make the object smaller (limit 1.5 MiB)");
  if (!webhook.empty())
    return rejected(answer, with_audit_id(answer, message),
                    fmt::format("the admission webhook '{}' is down: repair or remove it", safe_text(webhook)));
  return rejected(answer, with_audit_id(answer, message));
}

Error not_ready(const Answer& answer, const std::string& hint) {
  return Error(ErrorKind::unreachable, "cannot " + in_words(answer.request))
      .why(with_audit_id(answer, answer.message()))
      .hint(hint);
}

Error by_code(const Answer& answer) {
  switch (answer.response.status) {
    case 401:
      return unauthorized(answer);
    case 403:
      return forbidden(answer);
    case 404:
      return not_found(answer);
    case 409:
      return conflict(answer);
    case 413:
      return rejected(
          answer, fmt::format("the object of {} KiB is too large for the server", answer.request.body.size() / 1024),
          "make it smaller (limits: 3 MiB for a request, 1.5 MiB for an object)");
    case 415:
      return rejected(answer, answer.message(), "the server does not know server-side apply for this kind");
    case 429:
      return not_ready(answer, "the server is overloaded: try again later");
    case 500:
      return internal_error(answer);
    case 502:
    case 503:
    case 504:
      return not_ready(answer, "the server is not ready: try again later");
    default:
      return rejected(answer, causes_or_message(answer));
  }
}

std::string foreign_text(const http::Response& response) {
  if (!contains(response.header("content-type"), "text/") && !contains(response.header("content-type"), "json"))
    return {};
  std::string text = safe_text(response.body.substr(0, shown_foreign_text));
  std::ranges::replace(text, '\n', ' ');
  return std::string(trim(text));
}

}  // namespace

Error not_kubernetes_error(const ApiRequest&, const ClusterAccess& access, const http::Response& response) {
  const std::string text = foreign_text(response);
  return Error(ErrorKind::unreachable, http::without_userinfo(access.connection.base_url) + " is not a Kubernetes API")
      .why(fmt::format("it answers HTTP {}{}", response.status, text.empty() ? "" : ": " + text))
      .hint(contains(text, "HTTP request to an HTTPS server")
                ? "the server address needs https://"
                : fmt::format("check the server address of cluster '{}'; a proxy or a login page may stand in between",
                              access.cluster));
}

Error status_error(const ApiRequest& request, const ClusterAccess& access, const http::Response& response,
                   const Json& body) {
  const Answer answer{request, access, response, body};
  if (string_at(body, {"kind"}) == "Status") return by_code(answer);
  if (response.status == 401) return unauthorized(answer);
  return not_kubernetes_error(request, access, response);
}

}  // namespace kforge::kube
