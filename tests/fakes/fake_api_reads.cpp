// SPDX-License-Identifier: Apache-2.0
// How a FakeCluster takes requests apart, and answers those that only read.
#include "base/text.hpp"
#include "tests/fakes/fake_api.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace kforge::tests {
namespace {

std::string percent_decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size()) {
      out += static_cast<char>(std::stoi(std::string(text.substr(i + 1, 2)), nullptr, 16));
      i += 2;
    } else {
      out += text[i] == '+' ? ' ' : text[i];
    }
  }
  return out;
}

std::map<std::string, std::string> parse_query(std::string_view text) {
  std::map<std::string, std::string> query;
  for (const std::string& pair : split(text, '&')) {
    const auto at = pair.find('=');
    if (at != std::string::npos) query[percent_decoded(pair.substr(0, at))] = percent_decoded(pair.substr(at + 1));
  }
  return query;
}

std::string read_verb(const ApiCall& call) {
  if (!call.name.empty()) return "get";
  const std::string watch = call.query_or("watch");
  return watch == "1" || watch == "true" ? "watch" : "list";
}

std::string verb_of(const std::string& method, const ApiCall& call) {
  if (method == "GET") return read_verb(call);
  if (method == "POST") return "create";
  if (method == "PUT") return "update";
  if (method == "PATCH") return "patch";
  return method == "DELETE" ? "delete" : "";
}

}  // namespace

std::string ApiCall::query_or(const std::string& key, const std::string& fallback) const {
  const auto found = query.find(key);
  return found == query.end() ? fallback : found->second;
}

bool ApiCall::dry_run() const {
  return query_or("dryRun") == "All";
}

const FakeCluster::Served* FakeCluster::served(const ApiCall& call) const {
  const auto found = std::ranges::find_if(kinds_, [&](const Served& kind) {
    return kind.group == call.group && kind.version == call.version && kind.plural == call.plural;
  });
  return found == kinds_.end() ? nullptr : &*found;
}

// /api/v1/… or /apis/G/V/…, then [namespaces/NS/]PLURAL[/NAME[/SUBRESOURCE]]; empty for every other path.
std::optional<ApiCall> FakeCluster::parse(const http::Request& request) const {
  const auto question = request.path.find('?');
  std::vector<std::string> parts = split(request.path.substr(1, question - 1), '/');
  ApiCall call;
  if (question != std::string::npos) call.query = parse_query(std::string_view(request.path).substr(question + 1));
  const bool core = parts[0] == "api";
  if ((!core && parts[0] != "apis") || parts.size() < (core ? 3u : 4u)) return std::nullopt;
  if (!core) call.group = parts[1];
  call.version = parts[core ? 1 : 2];
  parts.erase(parts.begin(), parts.begin() + (core ? 2 : 3));
  std::ranges::transform(parts, parts.begin(), percent_decoded);
  const auto is_plural = [&](const std::string& word) {
    return std::ranges::any_of(kinds_,
                               [&](const Served& kind) { return kind.group == call.group && kind.plural == word; });
  };
  if (parts.size() >= 3 && parts[0] == "namespaces" && is_plural(parts[2])) {
    call.name_space = parts[1];
    parts.erase(parts.begin(), parts.begin() + 2);
  }
  call.plural = parts[0];
  if (parts.size() > 1) call.name = parts[1];
  if (parts.size() > 2) call.subresource = parts[2];
  call.verb = verb_of(request.method, call);
  return call;
}

std::optional<Reply> FakeCluster::answer(http::TransferId id, const Received& received) {
  if (const auto fault = faults_.find(id - 1); fault != faults_.end()) return fault->second;
  const std::optional<ApiCall> call = parse(received.request);
  Reply reply = call ? dispatch(id, *call, received) : discovery(received.request.path);
  if (reply.latency.count() == 0) reply.latency = latency;
  return reply;
}

Reply FakeCluster::dispatch(http::TransferId id, const ApiCall& call, const Received& received) {
  const Served* kind = served(call);
  if (kind == nullptr) return Reply::status_error(404, "NotFound", "the server could not find the requested resource");
  if (call.plural == "selfsubjectaccessreviews") return access_review(received);
  if (std::optional<Reply> no = denied(call, *kind)) return *no;
  if (call.plural == "pods" && call.subresource == "log") return pod_log(call, received);
  if (call.verb == "get") return read(call, *kind);
  if (call.verb == "list") return list(call, *kind);
  if (call.verb == "watch") return start_watch(id, call, *kind);
  Reply reply = write(call, *kind, received);
  if (const auto warning = warnings_.find(kind->kind); warning != warnings_.end())
    reply.headers.emplace_back("warning", "299 - \"" + warning->second + "\"");
  return reply;
}

std::optional<Reply> FakeCluster::denied(const ApiCall& call, const Served& kind) const {
  const bool no = std::ranges::any_of(denials_, [&](const Denial& denial) {
    return (denial.verb == "*" || denial.verb == call.verb) && (denial.plural == "*" || denial.plural == call.plural) &&
           (denial.name_space.empty() || denial.name_space == call.name_space);
  });
  if (!no) return std::nullopt;
  const std::string resource = kind.plural + (call.subresource.empty() ? "" : "/" + call.subresource);
  const std::string qualified = kind.plural + (kind.group.empty() ? "" : "." + kind.group);
  const std::string scope =
      call.name_space.empty() ? "at the cluster scope" : fmt::format("in the namespace \"{}\"", call.name_space);
  return Reply::status_error(
      403, "Forbidden",
      fmt::format("{}{} is forbidden: User \"tester\" cannot {} resource \"{}\" in API group \"{}\" {}", qualified,
                  call.name.empty() ? "" : " \"" + call.name + "\"", call.verb, resource, kind.group, scope),
      {{"name", call.name}, {"group", kind.group}, {"kind", kind.plural}});
}

Reply FakeCluster::read(const ApiCall& call, const Served& kind) const {
  const auto found = objects_.find({call.group, call.plural, call.name_space, call.name});
  if (found != objects_.end())
    return Reply::json(200, call.subresource == "scale" ? scale_of(found->second) : found->second);
  const std::string resource = kind.plural + (kind.group.empty() ? "" : "." + kind.group);
  return Reply::status_error(404, "NotFound", fmt::format("{} \"{}\" not found", resource, call.name),
                             {{"name", call.name}, {"group", kind.group}, {"kind", kind.plural}});
}

Json FakeCluster::scale_of(const Json& object) const {
  return {{"kind", "Scale"},
          {"apiVersion", "autoscaling/v1"},
          {"metadata",
           {{"name", object["metadata"]["name"]},
            {"namespace", object["metadata"]["namespace"]},
            {"resourceVersion", object["metadata"]["resourceVersion"]}}},
          {"spec", {{"replicas", int_at(object, {"spec", "replicas"}, 1)}}},
          {"status", {{"replicas", int_at(object, {"status", "replicas"})}}}};
}

// Items come without apiVersion and kind, as from a real server. A continue token is "VERSION:INDEX".
Reply FakeCluster::list(const ApiCall& call, const Served& kind) const {
  std::vector<Json> matching;
  for (const auto& [key, object] : objects_) {
    if (key.group != call.group || key.plural != call.plural) continue;
    if (!call.name_space.empty() && key.name_space != call.name_space) continue;
    if (!matches_labels(object, call.query_or("labelSelector")) ||
        !matches_fields(object, call.query_or("fieldSelector")))
      continue;
    matching.push_back(object);
    for (const char* field : {"apiVersion", "kind"}) matching.back().erase(field);
  }
  const std::vector<std::string> token = split(call.query_or("continue", std::to_string(version_) + ":0"), ':');
  if (std::stoull(token.at(0)) < compacted_)
    return Reply::status_error(410, "Expired",
                               "The provided continue parameter is too old to display a consistent list result.");
  const std::size_t first = std::min(matching.size(), std::size_t{std::stoull(token.at(1))});
  const std::size_t limit = std::stoull(call.query_or("limit", "0"));
  const std::size_t last = limit == 0 ? matching.size() : std::min(matching.size(), first + limit);
  Json metadata = {{"resourceVersion", std::to_string(version_)}};
  if (last < matching.size()) metadata["continue"] = token.at(0) + ":" + std::to_string(last);
  return Reply::json(200, {{"kind", kind.kind + "List"},
                           {"apiVersion", kind.api_version()},
                           {"metadata", metadata},
                           {"items", std::vector<Json>(matching.begin() + static_cast<std::ptrdiff_t>(first),
                                                       matching.begin() + static_cast<std::ptrdiff_t>(last))}});
}

Reply FakeCluster::start_watch(http::TransferId id, const ApiCall& call, const Served&) {
  const std::string version = call.query_or("resourceVersion", "0");
  const std::uint64_t since = version.empty() ? 0 : std::stoull(version);
  Reply reply{.status = 200, .headers = {{"content-type", "application/json"}}, .end = StreamEnd::stay_open};
  if (since != 0 && since < compacted_) {
    Reply error =
        Reply::status_error(410, "Expired", fmt::format("too old resource version: {} ({})", since, compacted_));
    if (gone == Gone::as_http_status) return error;
    reply.body = line("ERROR", Json::parse(error.body));
    reply.end = StreamEnd::close;
    return reply;
  }
  const Watch watch{id, call};
  // The past comes when the answer begins, before anything newer.
  schedule(latency, [this, watch, since] {
    for (const Change& change : history_)
      if (change.version > since) notify(watch, change);
    watches_.push_back(watch);
    if (const std::string seconds = watch.call.query_or("timeoutSeconds"); !seconds.empty())
      schedule(Milliseconds{std::stoll(seconds) * 1000}, [this, watch] {
        std::erase_if(watches_, [&](const Watch& other) { return other.id == watch.id; });
        finish(watch.id);
      });
  });
  return reply;
}

Reply FakeCluster::pod_log(const ApiCall& call, const Received& received) const {
  // As an API server does: it has no serializer for "text/plain".
  if (const std::string accept = received.header("accept"); accept.find("*/*") == std::string::npos)
    return Reply::status_error(406, "NotAcceptable", "only the following media types are accepted: application/json");
  const auto text =
      logs_.find(call.name_space + "/" + call.name + (call.query_or("previous") == "true" ? "/previous" : ""));
  if (!objects_.contains({"", "pods", call.name_space, call.name}))
    return Reply::status_error(404, "NotFound", fmt::format("pods \"{}\" not found", call.name));
  Reply reply{.headers = {{"content-type", "text/plain"}}, .body = text == logs_.end() ? "" : text->second};
  if (call.query_or("follow") == "true") reply.end = StreamEnd::stay_open;
  return reply;
}

Reply FakeCluster::access_review(const Received& received) const {
  Json review = received.json();
  const Json& wanted = at_path(review, {"spec", "resourceAttributes"});
  ApiCall call;
  call.verb = string_at(wanted, {"verb"});
  call.plural = string_at(wanted, {"resource"});
  call.name_space = string_at(wanted, {"namespace"});
  const bool allowed = !denied(call, Served{string_at(wanted, {"group"}), "", "", call.plural, true, nullptr});
  review["status"] = {{"allowed", allowed}};
  return Reply::json(201, review);
}

Reply FakeCluster::discovery(const std::string& path) const {
  if (path.starts_with("/version"))
    return Reply::json(200, {{"major", "1"}, {"minor", "36"}, {"gitVersion", "v1.36.3"}});
  if (path.starts_with("/readyz") || path.starts_with("/livez")) return {.body = "ok"};
  for (const Served& kind : kinds_)
    if (!kind.group.empty() && path == "/apis/" + kind.group)
      return Reply::json(
          200, {{"kind", "APIGroup"}, {"name", kind.group}, {"preferredVersion", {{"version", kind.version}}}});
  Json resources = Json::array();
  for (const Served& kind : kinds_)
    if (path == (kind.group.empty() ? "/api/" : "/apis/") + kind.api_version())
      resources.push_back({{"name", kind.plural},
                           {"singularName", to_lower(kind.kind)},
                           {"namespaced", kind.namespaced},
                           {"kind", kind.kind},
                           {"verbs", {"create", "delete", "get", "list", "patch", "update", "watch"}}});
  if (resources.empty())
    return Reply::status_error(404, "NotFound", "the server could not find the requested resource");
  return Reply::json(200, {{"kind", "APIResourceList"},
                           {"apiVersion", "v1"},
                           {"groupVersion", path.substr(path.find('/', 1) + 1)},
                           {"resources", resources}});
}

}  // namespace kforge::tests
