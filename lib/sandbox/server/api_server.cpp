// SPDX-License-Identifier: Apache-2.0
#include "sandbox/server/api_server.hpp"

#include "base/text.hpp"
#include "sandbox/api/body.hpp"
#include "sandbox/api/object_meta.hpp"
#include "sandbox/api/reviews.hpp"
#include "sandbox/pods/faults.hpp"
#include "sandbox/server/discovery.hpp"
#include "sandbox/server/openapi.hpp"
#include "sandbox/server/openapi_v2.hpp"
#include "sandbox/server/pod_metrics.hpp"
#include "sandbox/server/pod_streams.hpp"
#include "sandbox/server/protobuf.hpp"
#include "sandbox/server/route.hpp"
#include "sandbox/server/tables.hpp"
#include "sandbox/server/url.hpp"
#include "sandbox/server/watching.hpp"
#include "yaml/node.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace kforge::sandbox {
namespace {

enum class Form { object, table, metadata };

// What the client accepts first, of what there is. Throws Refusal (406) when there is nothing of it.
Form form_of(const HttpRequest& request) {
  if (request.header("accept").empty()) return Form::object;
  for (const std::string& part : split(request.header("accept"), ',')) {
    if (contains(part, "as=Table")) return Form::table;
    if (contains(part, "as=PartialObjectMetadata")) return Form::metadata;
    if (contains(part, "application/json") || contains(part, "application/yaml") || contains(part, "/*"))
      return Form::object;
  }
  throw not_acceptable("application/json, application/yaml");
}

// JSON is the answer unless YAML is asked for alone.
void encode(const HttpRequest& request, const Json& body, HttpResponse& response) {
  const std::string_view accept = request.header("accept");
  if (!contains(accept, "application/yaml") || contains(accept, "application/json")) return;
  response.content_type = "application/yaml";
  response.body = yaml::emit(body);
}

// The body as JSON, whatever it came as. Throws Refusal (415).
std::string json_body(const HttpRequest& request) {
  const std::string_view type = request.header("content-type");
  if (is_protobuf(request.body)) return to_text(object_from_protobuf(request.body));
  if (contains(type, "application/yaml")) return to_text(parse_yaml_body(request.body));
  if (type.empty() || contains(type, "json") || contains(type, "protobuf")) return request.body;
  throw unsupported_media_type("application/json, application/yaml, application/vnd.kubernetes.protobuf");
}

bool writes_object(Verb verb) {
  return verb == Verb::create || verb == Verb::update;
}

bool is_known_group(const Registry& registry, const std::vector<std::string>& segments) {
  if (segments.empty() || segments[0] != "apis") return !segments.empty() && segments[0] == "api";
  return segments.size() > 1 &&
         std::ranges::any_of(registry.all(), [&](const Resource* resource) { return resource->group == segments[1]; });
}

HttpResponse no_such_page() {
  return {404, {}, "text/plain; charset=utf-8", "404 page not found\n"};
}

std::size_t number(const std::string& text) {
  std::size_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

HttpResponse json_response(int status, const Json& body, std::string content_type = "application/json") {
  return {status, {}, std::move(content_type), to_text(body) + "\n"};
}

}  // namespace

struct ApiServer::State {
  Api& api;
  Timers& timers;
  const schema::Table& table;
  const PodRuntime& runtime;
  Watches watches;
  PodStreams streams;

  WallTime now() const { return timers.wall_time(); }

  IncludeObject include_of(const HttpRequest& request) const {
    const std::string wanted = request.parameter("includeObject");
    return wanted == "None"     ? IncludeObject::none
           : wanted == "Object" ? IncludeObject::object
                                : IncludeObject::metadata;
  }

  // Go leaves kind and version out of the items of its typed lists; custom resources keep theirs.
  static Json whole_list(const Resource& resource, Json list) {
    if (resource.schema == nullptr) {
      if (!list["metadata"].contains("continue")) list["metadata"]["continue"] = "";
      return list;
    }
    for (Json& item : list["items"]) {
      item.erase("kind");
      item.erase("apiVersion");
    }
    return list;
  }

  // An object or a list as the client wants to see it.
  Json shaped(const HttpRequest& request, const Resource& resource, Json body) const {
    const Form form = form_of(request);
    const bool list = body.contains("items");
    if (form == Form::object) return list ? whole_list(resource, std::move(body)) : body;
    std::vector<const Json*> objects;
    if (list)
      for (const Json& item : body["items"]) objects.push_back(&item);
    else
      objects.push_back(&body);
    if (form == Form::table) {
      Json shown =
          table_of(resource, objects, string_at(body, {"metadata", "resourceVersion"}), now(), include_of(request));
      if (list && body["metadata"].contains("continue")) shown["metadata"]["continue"] = body["metadata"]["continue"];
      return shown;
    }
    if (!list) return metadata_only(body);
    Json items = Json::array();
    for (const Json* object : objects) items.push_back(metadata_only(*object));
    return {{"kind", "PartialObjectMetadataList"},
            {"apiVersion", "meta.k8s.io/v1"},
            {"metadata", body["metadata"]},
            {"items", items}};
  }

  ObjectForm watch_form(const HttpRequest& request, const Resource& resource) const {
    const Form form = form_of(request);
    if (form == Form::object) return nullptr;
    if (form == Form::metadata) return metadata_only;
    return [this, resource, include = include_of(request)](const Json& object) {
      return table_of(resource, {&object}, string_at(object, {"metadata", "resourceVersion"}), now(), include);
    };
  }

  void watch(const HttpRequest& request, const Target& target, const Resource& resource,
             const std::shared_ptr<Responder>& responder) {
    check_list_options(request, true);
    std::string fields = request.parameter("fieldSelector");
    if (!target.name.empty()) fields = "metadata.name=" + target.name;
    WatchOptions options;
    options.resource_version = request.parameter("resourceVersion");
    options.bookmarks = request.flag("allowWatchBookmarks");
    options.initial_events = request.flag("sendInitialEvents");
    options.timeout = std::chrono::seconds(number(request.parameter("timeoutSeconds")));
    options.form = watch_form(request, resource);
    watches.begin(resource, target.name_space,
                  ObjectSelector(request.parameter("labelSelector"), fields, resource.id()), std::move(options),
                  responder);
  }

  Outcome execute(const HttpRequest& request, const Resource& resource, const Route& route) {
    const Caller caller = caller_of(request);
    const Json object = writes_object(route.verb) ? parse_body(resource.kind, json_body(request)) : Json();
    const Selector selector{request.parameter("labelSelector"), request.parameter("fieldSelector")};
    const Target& target = route.target;
    if (resource.group == metrics_group) {
      if (route.verb != Verb::get && route.verb != Verb::list) throw method_not_allowed();
      return metrics(api.store(), runtime, now(), target, selector);
    }
    switch (route.verb) {
      case Verb::get:
        return api.get(target);
      case Verb::list:
        check_list_options(request, false);
        return api.list(target, selector, number(request.parameter("limit")), request.parameter("continue"));
      case Verb::create:
        if (!target.subresource.empty()) return create_subresource(api, caller, target, object);
        return api.create(caller, target, object, write_options_of(request));
      case Verb::update:
        return api.update(caller, target, object, write_options_of(request));
      case Verb::patch:
        return api.patch(caller, target, patch_type_of(request), request.body, write_options_of(request));
      case Verb::remove:
        return api.remove(caller, target, delete_options_of(request));
      case Verb::remove_collection:
        return api.remove_collection(caller, target, selector, delete_options_of(request));
      case Verb::watch:
        break;
    }
    return {500, status_object(500, "InternalError", "watch is not a verb with an answer"), {}};
  }

  void resource_request(const HttpRequest& request, Target target, const std::shared_ptr<Responder>& responder) {
    if (const auto answer = review(target, request)) return responder->send(json_response(201, *answer));
    const Resource* resource = api.registry().find(target.group, target.version, target.resource);
    if (resource == nullptr) throw no_such_resource();
    if (streams.handle(request, target, responder)) return;
    const Route route = route_of(request, std::move(target));
    static_cast<void>(form_of(request));  // refuses before anything is done
    if (route.verb == Verb::watch) return watch(request, route.target, *resource, responder);
    Outcome outcome = execute(request, *resource, route);
    if (writes_object(route.verb) || route.verb == Verb::patch)
      if (std::string problem = fault_problem(outcome.body); !problem.empty())
        outcome.warnings.push_back(std::move(problem));
    const bool whole =
        route.target.subresource.empty() && outcome.ok() && string_at(outcome.body, {"kind"}) != "Status";
    if (whole && route.verb != Verb::remove) outcome.body = shaped(request, *resource, std::move(outcome.body));
    HttpResponse response = to_response(outcome);
    encode(request, outcome.body, response);
    if (const auto& details = at_path(outcome.body, {"details", "retryAfterSeconds"}); details.is_number())
      response.headers.emplace_back("Retry-After", to_text(details));
    responder->send(std::move(response));
  }

  std::optional<Json> review(const Target& target, const HttpRequest& request) const {
    if (request.method != "POST" || !is_review(target)) return std::nullopt;
    return answer_review(target, parse_body(target.resource, json_body(request)), caller_of(request));
  }

  HttpResponse swagger(const HttpRequest& request) const {
    const Json document = openapi_v2(openapi_schemas(api.registry()));
    if (!contains(request.header("accept"), openapi_v2_accepted_type)) return json_response(200, document);
    return {200, {}, openapi_v2_protobuf_type, openapi_v2_protobuf(document)};
  }

  void route(const HttpRequest& request, const std::shared_ptr<Responder>& responder) {
    const auto segments = path_segments(request.path);
    if (!segments) throw bad_request("the URL path holds a segment that is not allowed");
    if (request.peer.user.empty()) throw unauthorized();
    if (segments->size() == 1 &&
        (segments->front() == "healthz" || segments->front() == "livez" || segments->front() == "readyz"))
      return responder->send({200, {}, "text/plain; charset=utf-8", "ok"});
    if (segments->size() == 1 && segments->front() == "version")
      return responder->send(json_response(200, version_document(table.kubernetes_version())));
    if (const auto answer = discovery(api.registry(), *segments, request.header("accept"), request.header("host")))
      return responder->send(json_response(200, answer->body, answer->content_type));
    if (const auto answer = openapi(api.registry(), *segments)) return responder->send(json_response(200, *answer));
    if (*segments == std::vector<std::string>{"openapi", "v2"}) return responder->send(swagger(request));
    const auto target = target_of(*segments);
    if (!is_known_group(api.registry(), *segments)) return responder->send(no_such_page());
    if (!target) throw no_such_resource();
    resource_request(request, *target, responder);
  }
};

ApiServer::ApiServer(Api& api, Timers& timers, PodRuntime& runtime, const schema::Table& table)
    : state_(new State{api, timers, table, runtime, Watches(api.store(), timers), PodStreams(api, runtime)}) {}
ApiServer::~ApiServer() = default;

void ApiServer::handle(HttpRequest request, const std::shared_ptr<Responder>& responder) {
  try {
    state_->route(request, responder);
  } catch (const Refusal& refusal) {
    responder->send(json_response(refusal.code, refusal.status));
  }
}

void ApiServer::cut_watches() {
  state_->watches.cut();
}

}  // namespace kforge::sandbox
