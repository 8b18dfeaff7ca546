// SPDX-License-Identifier: Apache-2.0
#include "tests/fakes/fake_logs.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <utility>

namespace kforge::tests {
namespace {

constexpr const char* name_space = "backend";

std::map<std::string, std::string> query_of(const std::string& path) {
  std::map<std::string, std::string> query;
  for (const std::string& pair : split(path.substr(std::min(path.find('?'), path.size() - 1) + 1), '&'))
    query[pair.substr(0, pair.find('='))] = replace_all(pair.substr(pair.find('=') + 1), "%3A", ":");
  return query;
}

Json container_status(const std::string& name) {
  return {{"name", name}, {"restartCount", 0}, {"ready", true}, {"state", {{"running", Json::object()}}}};
}

}  // namespace

FakeLogs::FakeLogs(FakeCluster& cluster) : cluster_(cluster) {
  cluster_.respond([this](const Received& received) { return answer(received); });
}

void FakeLogs::start_pod(const std::string& service, const std::string& pod) {
  put({{"apiVersion", "v1"},
       {"kind", "Pod"},
       {"metadata",
        {{"name", pod},
         {"namespace", name_space},
         {"labels", {{"kforge.dev/project", "shop"}, {"kforge.dev/service", service}, {"tier", "backend"}}}}},
       {"spec", {{"containers", {{{"name", "app"}}}}}},
       {"status", {{"phase", "Running"}, {"containerStatuses", {container_status("app")}}}}});
}

void FakeLogs::put(Json pod) {
  const std::string name = pod["metadata"]["name"];
  for (const char* list : {"initContainers", "containers"})
    for (const Json& container : at_path(pod, {"spec", list}))
      logs_[name + "/" + container["name"].get<std::string>()] = {Run{}};
  cluster_.put(std::move(pod));
}

void FakeLogs::write(const std::string& pod, const std::string& text, const std::string& container) {
  write_raw(pod, format_rfc3339_micro(cluster_.clock().wall_time()) + " " + text + "\n", container);
}

void FakeLogs::write_raw(const std::string& pod, const std::string& bytes, const std::string& container) {
  const std::string key = pod + "/" + container;
  Run& run = logs_.at(key).back();
  const std::optional<WallTime> time = parse_rfc3339(bytes.substr(0, bytes.find(' ')));
  run.lines.push_back({time.value_or(cluster_.clock().wall_time()), bytes});
  for (const Stream& stream : streams_)
    if (stream.key == key && stream.run + 1 == logs_.at(key).size()) cluster_.push(stream.id, bytes);
}

void FakeLogs::set_state(const std::string& pod, const Json& state, bool restarted, Milliseconds later) {
  cluster_.schedule(later, [this, pod, state, restarted] {
    cluster_.edit("Pod", name_space, pod, [&](Json& object) {
      Json& status = object["status"]["containerStatuses"][0];
      if (restarted) {
        if (!at_path(status, {"state", "terminated"}).is_null()) status["lastState"] = status["state"];
        status["restartCount"] = status["restartCount"].get<int>() + 1;
      }
      status["state"] = state;
    });
  });
}

void FakeLogs::end_run(const std::string& pod, Milliseconds later) {
  Run& run = logs_.at(pod + "/app").back();
  run.over = true;
  end_streams(pod + "/app", logs_.at(pod + "/app").size() - 1, http::Failure::none);
  set_state(pod, {{"terminated", {{"exitCode", 1}, {"reason", "Error"}}}}, false, later);
}

void FakeLogs::start_run(const std::string& pod, Milliseconds later) {
  logs_.at(pod + "/app").emplace_back();
  const std::string now = format_rfc3339(cluster_.clock().wall_time());
  set_state(pod, {{"running", {{"startedAt", now}}}}, true, later);
}

void FakeLogs::rotate(const std::string& pod, const std::string& container) {
  Run& run = logs_.at(pod + "/" + container).back();
  run.first = run.lines.size();
}

void FakeLogs::end_streams(const std::string& key, std::size_t run, http::Failure failure) {
  for (const Stream& stream : streams_)
    if (stream.key == key && stream.run == run) cluster_.finish(stream.id, failure);
  std::erase_if(streams_, [&](const Stream& stream) { return stream.key == key && stream.run == run; });
}

void FakeLogs::cut(http::Failure failure) {
  for (const Stream& stream : std::exchange(streams_, {})) cluster_.finish(stream.id, failure);
}

void FakeLogs::remove_pod(const std::string& pod) {
  for (const auto& [key, runs] : logs_)
    if (key.starts_with(pod + "/")) end_streams(key, runs.size() - 1, http::Failure::none);
  cluster_.remove("Pod", name_space, pod);
}

std::string FakeLogs::text_of(const Run& run, const ApiCall& call) const {
  std::size_t first = run.first;
  if (const std::string since = call.query_or("sinceTime"); !since.empty())
    while (first < run.lines.size() && run.lines[first].time < *parse_rfc3339(since)) ++first;
  if (const std::string tail = call.query_or("tailLines"); !tail.empty())
    first = std::max(first, run.lines.size() - std::min(run.lines.size(), std::size_t{std::stoull(tail)}));
  std::string text;
  for (; first < run.lines.size(); ++first) text += run.lines[first].bytes;
  return text;
}

std::optional<Reply> FakeLogs::answer(const Received& received) {
  const std::string& path = received.request.path;
  const std::vector<std::string> parts = split(path.substr(0, path.find('?')), '/');
  if (parts.size() < 4 || parts.back() != "log" || !received.request.stream) return std::nullopt;
  requests.push_back(path.substr(path.find('?') + 1));
  if (!refusals_.empty()) {
    Reply refusal = std::move(refusals_.front());
    refusals_.pop_front();
    return refusal;
  }
  ApiCall call;
  call.query = query_of(path);
  const std::string key = parts[parts.size() - 2] + "/" + call.query_or("container");
  const auto log = logs_.find(key);
  if (log == logs_.end()) return std::nullopt;
  const bool previous = call.query_or("previous") == "true";
  if (previous && log->second.size() < 2)
    return Reply::status_error(400, "BadRequest", "previous terminated container \"app\" not found");
  const std::size_t number = log->second.size() - (previous ? 2 : 1);
  Reply reply{.headers = {{"content-type", "text/plain"}}, .body = text_of(log->second[number], call)};
  if (cut_after_ > 0 && reply.body.size() > cut_after_) {
    reply.body.resize(cut_after_);
    reply.end = cut_end_;
  } else if (call.query_or("follow") == "true" && !log->second[number].over) {
    reply.end = StreamEnd::stay_open;
    streams_.push_back({cluster_.requests().size(), key, number});
  }
  return reply;
}

}  // namespace kforge::tests
