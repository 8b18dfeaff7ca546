// SPDX-License-Identifier: Apache-2.0
#include "sandbox/server/pod_target.hpp"

#include "base/text.hpp"
#include "sandbox/api/object_meta.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace kforge::sandbox {
namespace {

constexpr const char* default_container_annotation = "kubectl.kubernetes.io/default-container";

std::vector<std::string> container_names(const Json& pod, const char* list) {
  std::vector<std::string> names;
  for (const Json& container : at_path(pod, {"spec", list})) names.push_back(string_at(container, {"name"}));
  return names;
}

const Json* status_of(const Json& pod, const std::string& container) {
  for (const char* list : {"containerStatuses", "initContainerStatuses", "ephemeralContainerStatuses"})
    for (const Json& status : at_path(pod, {"status", list}))
      if (string_at(status, {"name"}) == container) return &status;
  return nullptr;
}

std::optional<long> number_parameter(const HttpRequest& request, std::string_view name) {
  const std::string text = request.parameter(name);
  if (text.empty()) return std::nullopt;
  long value = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failure != std::errc{} || end != text.data() + text.size())
    throw bad_request(fmt::format("strconv.ParseInt: parsing \"{}\": invalid syntax", text));
  return value;
}

Refusal invalid_log_option(std::string_view field, long value, std::string_view detail) {
  return invalid({"", "podlogoptions", "PodLogOptions", "", ""},
                 {{FieldError::Type::invalid, std::string(field), std::string(detail), value}});
}

}  // namespace

ObjectPtr pod_of(Api& api, const Target& target) {
  ObjectPtr pod = api.store().get({"pods", target.name_space, target.name});
  if (!pod) throw not_found({"", "pods", "Pod", target.name, ""});
  return pod;
}

std::string container_of(const HttpRequest& request, const Json& pod) {
  const std::vector<std::string> containers = container_names(pod, "containers"),
                                 init = container_names(pod, "initContainers");
  std::string wanted = request.parameter("container");
  if (wanted.empty()) wanted = string_at(pod, {"metadata", "annotations", default_container_annotation});
  if (wanted.empty() && containers.size() == 1) return containers.front();
  if (std::ranges::find(containers, wanted) != containers.end() || std::ranges::find(init, wanted) != init.end())
    return wanted;
  if (!wanted.empty()) throw bad_request(fmt::format("container {} is not valid for pod {}", wanted, name_of(pod)));
  std::string choices = fmt::format("choose one of: [{}]", join(containers, " "));
  if (!init.empty()) choices += fmt::format(" or one of the init containers: [{}]", join(init, " "));
  throw bad_request(fmt::format("a container name must be specified for pod {}, {}", name_of(pod), choices));
}

ContainerId log_container(const Json& pod, const std::string& container, bool previous) {
  const Json* const status = status_of(pod, container);
  const int restarts = status == nullptr ? 0 : static_cast<int>(int_at(*status, {"restartCount"}));
  const std::string uid = string_at(pod, {"metadata", "uid"});
  if (previous) {
    const Json& last = status == nullptr ? Json() : at_path(*status, {"lastState", "terminated"});
    if (last.is_null() || restarts == 0)
      throw bad_request(
          fmt::format("previous terminated container \"{}\" in pod \"{}\" not found", container, name_of(pod)));
    return {uid, container, restarts - 1};
  }
  const Json& waiting = status == nullptr ? Json() : at_path(*status, {"state", "waiting"});
  if (status != nullptr && waiting.is_null()) return {uid, container, restarts};
  if (restarts > 0) return {uid, container, restarts - 1};  // between two runs the last one is what there is to read
  const std::string reason = string_at(waiting, {"reason"}, "ContainerCreating");
  const bool pull_failed = reason == "ErrImagePull" || reason == "ImagePullBackOff" || reason == "InvalidImageName";
  throw bad_request(fmt::format("container \"{}\" in pod \"{}\" is waiting to start: {}", container, name_of(pod),
                                pull_failed ? "trying and failing to pull image" : reason));
}

void check_running(const Json& pod, const std::string& container) {
  const std::string phase = string_at(pod, {"status", "phase"});
  if (phase == "Succeeded" || phase == "Failed")
    throw bad_request(fmt::format("cannot exec into a container in a completed pod; current phase is {}", phase));
  const Json* const status = status_of(pod, container);
  if (status == nullptr || at_path(*status, {"state", "running"}).is_null())
    throw internal_error(fmt::format("unable to upgrade connection: container not found (\"{}\")", container));
}

LogQuery log_query_of(const HttpRequest& request) {
  LogQuery query;
  query.follow = request.flag("follow");
  query.previous = request.flag("previous");
  query.timestamps = request.flag("timestamps");
  query.tail_lines = number_parameter(request, "tailLines");
  query.since_seconds = number_parameter(request, "sinceSeconds");
  query.limit_bytes = number_parameter(request, "limitBytes");
  if (const std::string since = request.parameter("sinceTime"); !since.empty()) {
    query.since_time = parse_rfc3339(since);
    if (!query.since_time) throw bad_request(fmt::format("parsing time \"{}\": not an RFC 3339 time", since));
  }
  if (query.tail_lines.value_or(0) < 0)
    throw invalid_log_option("tailLines", *query.tail_lines, "must be greater than or equal to 0");
  if (query.since_seconds.value_or(1) < 1)
    throw invalid_log_option("sinceSeconds", *query.since_seconds, "must be greater than 0");
  if (query.limit_bytes.value_or(1) < 1)
    throw invalid_log_option("limitBytes", *query.limit_bytes, "must be greater than 0");
  return query;
}

}  // namespace kforge::sandbox
