// SPDX-License-Identifier: Apache-2.0
#include "kube/request_line.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

namespace kforge::kube {
namespace {

std::string verb_of(const ApiRequest& request, const RequestLine& line) {
  if (request.method == "POST") return "create";
  if (request.method == "PUT") return "update";
  if (request.method == "PATCH") return "patch";
  if (request.method == "DELETE") return "delete";
  if (!line.name.empty()) return "get";
  return contains(request.path, "watch=1") ? "watch" : "list";
}

const char* word_for(const ApiRequest& request, const std::string& verb) {
  if (contains(request.content_type, "apply-patch")) return "apply";
  if (verb == "get") return "read";
  if (verb == "patch" || verb == "update") return "change";
  return verb == "create" ? "create" : verb == "delete" ? "delete" : verb == "watch" ? "watch" : "list";
}

}  // namespace

std::string RequestLine::qualified_resource() const {
  return resource + (group.empty() ? "" : "." + group) + (subresource.empty() ? "" : "/" + subresource);
}

RequestLine request_line(const ApiRequest& request) {
  RequestLine line;
  const std::string path = request.path.substr(0, request.path.find('?'));
  std::vector<std::string> parts = split(path.starts_with('/') ? path.substr(1) : path, '/');
  const std::size_t head = parts[0] == "api" ? 2 : 3;
  if ((parts[0] == "api" || parts[0] == "apis") && parts.size() > head) {
    line.version = parts[head - 1];
    if (head == 3) line.group = parts[1];
    std::size_t at = head;
    // ".../namespaces/NS/pods" is in a namespace; ".../namespaces/NS" and its status are the Namespace itself.
    const bool namespaced =
        parts[at] == "namespaces" && parts.size() > at + 2 && parts[at + 2] != "status" && parts[at + 2] != "finalize";
    if (namespaced) line.name_space = parts[at + 1];
    if (namespaced) at += 2;
    line.resource = parts[at];
    if (parts.size() > at + 1) line.name = parts[at + 1];
    if (parts.size() > at + 2) line.subresource = parts[at + 2];
  }
  line.verb = verb_of(request, line);
  return line;
}

std::string in_words(const ApiRequest& request) {
  const RequestLine line = request_line(request);
  const char* verb = line.is_resource() ? word_for(request, line.verb) : "read";
  if (request.object && !request.object->name.empty()) {
    const std::string part = line.subresource.empty() ? "" : " (" + line.subresource + ")";
    return fmt::format("{} {}{}", verb, request.object->to_string(), part);
  }
  if (!line.is_resource()) return fmt::format("{} {}", verb, request.path.substr(0, request.path.find('?')));
  const std::string what = line.name.empty() ? line.qualified_resource() : line.qualified_resource() + " " + line.name;
  if (line.name_space.empty()) return fmt::format("{} {}", verb, what);
  return fmt::format("{} {} in namespace '{}'", verb, what, line.name_space);
}

}  // namespace kforge::kube
