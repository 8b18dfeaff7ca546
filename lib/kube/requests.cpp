// SPDX-License-Identifier: Apache-2.0
// Requests for the usual verbs, and what their answers hold.
#include "base/text.hpp"
#include "kube/client.hpp"

#include <fmt/format.h>

namespace kforge::kube {
namespace {

constexpr int page_size = 500;  // client-go's pager

ObjectRef ref(const schema::Kind& kind, const ObjectRef& object) {
  return {.kind = kind.name, .name_space = kind.namespaced ? object.name_space : "", .name = object.name};
}

std::string manager_of(const std::string& conflict_message) {
  const std::size_t start = conflict_message.find('"');
  const std::size_t end = conflict_message.find('"', start + 1);
  if (start == std::string::npos || end == std::string::npos) return {};
  return conflict_message.substr(start + 1, end - start - 1);
}

std::string_view to_string(Propagation propagation) {
  switch (propagation) {
    case Propagation::background:
      return "Background";
    case Propagation::foreground:
      return "Foreground";
    case Propagation::orphan:
      return "Orphan";
  }
  return "Background";
}

}  // namespace

std::string ApiResult::reason() const {
  return string_at(body, {"reason"});
}

ApiRequest get_request(const schema::Kind& kind, const ObjectRef& object) {
  ApiRequest request;
  request.path = schema::object_path(kind, object.name_space, object.name);
  request.object = ref(kind, object);
  return request;
}

ApiRequest list_request(const schema::Kind& kind, const std::string& name_space, const std::string& label_selector) {
  ApiRequest request;
  request.path = fmt::format("{}?limit={}", schema::collection_path(kind, name_space), page_size);
  if (!label_selector.empty()) request.path += "&labelSelector=" + url_encode(label_selector);
  request.follow_pages = true;
  return request;
}

ApiRequest apply_request(const schema::Kind& kind, const Json& object, const ApplyOptions& options) {
  ApiRequest request;
  request.method = "PATCH";
  request.object = ref(kind, ref_of(object));
  request.path = fmt::format("{}?fieldManager={}&force={}&fieldValidation=Strict{}",
                             schema::object_path(kind, request.object->name_space, request.object->name),
                             url_encode(options.field_manager), options.force,
                             options.dry_run == DryRun::server ? "&dryRun=All" : "");
  request.content_type = "application/apply-patch+yaml";  // every JSON document is YAML
  request.body = to_text(object);
  return request;
}

ApiRequest merge_patch_request(const schema::Kind& kind, const ObjectRef& object, const Json& patch,
                               const std::string& field_manager) {
  ApiRequest request = get_request(kind, object);
  request.method = "PATCH";
  request.path += "?fieldManager=" + url_encode(field_manager);
  request.content_type = "application/merge-patch+json";
  request.body = to_text(patch);
  return request;
}

ApiRequest delete_request(const schema::Kind& kind, const ObjectRef& object, const std::string& uid,
                          Propagation propagation) {
  ApiRequest request = get_request(kind, object);
  request.method = "DELETE";
  request.content_type = "application/json";
  // Without the uid a replay could delete an object that somebody created meanwhile.
  request.replay = uid.empty() ? Replay::unsafe : Replay::safe;
  Json options = {{"kind", "DeleteOptions"}, {"apiVersion", "v1"}, {"propagationPolicy", to_string(propagation)}};
  if (!uid.empty()) options["preconditions"] = {{"uid", uid}};
  request.body = to_text(options);
  return request;
}

std::vector<FieldConflict> conflicts_of(const ApiResult& result) {
  std::vector<FieldConflict> conflicts;
  const Json& causes = at_path(result.body, {"details", "causes"});
  if (result.status != 409 || !causes.is_array()) return conflicts;
  for (const Json& cause : causes)
    if (string_at(cause, {"reason"}) == "FieldManagerConflict")
      conflicts.push_back({string_at(cause, {"field"}), manager_of(string_at(cause, {"message"}))});
  return conflicts;
}

std::vector<Json> items_of(Json list) {
  const std::string api_version = string_at(list, {"apiVersion"});
  std::string kind = string_at(list, {"kind"});
  if (kind.ends_with("List")) kind.resize(kind.size() - 4);
  std::vector<Json> items;
  const auto found = list.find("items");
  if (!list.is_object() || found == list.end() || !found->is_array()) return items;
  items.reserve(found->size());
  for (Json& item : *found) {
    if (!item.is_object()) continue;
    if (!item.contains("apiVersion")) item["apiVersion"] = api_version;
    if (!item.contains("kind")) item["kind"] = kind;
    items.push_back(std::move(item));
  }
  return items;
}

}  // namespace kforge::kube
