// SPDX-License-Identifier: Apache-2.0
// Writes that were sent to a real kube-apiserver (tools/schema/capture.py), replayed step by step.
#include "schema/merge.hpp"

#include "base/text.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/golden.hpp"

#include <algorithm>
#include <set>

using namespace kforge;
using namespace kforge::schema;

namespace {

struct Request {
  std::string path, manager, subresource;
  Force force = Force::no;
};

// "/api/v1/namespaces/NS/configmaps/NAME/status?fieldManager=M&force=true"
Request read_request(const std::string& target) {
  const std::vector<std::string> parts = split(target, '?');
  Request request;
  request.path = parts[0];
  for (const std::string& parameter : split(parts[1], '&')) {
    if (parameter.starts_with("fieldManager=")) request.manager = parameter.substr(std::string("fieldManager=").size());
    if (parameter == "force=true") request.force = Force::yes;
  }
  const std::vector<std::string> segments = split(parts[0], '/');
  const auto name_space = std::ranges::find(segments, "namespaces");
  if (segments.end() - name_space == 5) request.subresource = segments.back();  // namespaces, NS, PLURAL, NAME, …
  return request;
}

bool is_status(const Json& answer) {
  return string_at(answer, {"kind"}) == "Status";
}

// What the storage and the defaulting of a server do and a merge does not.
Json without_bookkeeping(Json object) {
  for (const char* field : {"managedFields", "resourceVersion", "generation", "uid", "creationTimestamp"})
    object["metadata"].erase(field);
  return object;
}

std::set<std::string> lines(const std::string& text) {
  const std::vector<std::string> all = split(text, '\n');
  return {all.begin(), all.end()};
}

// One line for each path that a manager owns.
std::set<std::string> ownership(const Json& object) {
  std::set<std::string> lines;
  for (const ManagedEntry& entry : managed_fields_of(object))
    for (const std::string& path : paths_of(entry.fields))
      lines.insert(join({entry.manager, entry.operation == Operation::apply ? "applies" : "updates", entry.api_version,
                         entry.subresource, entry.time, path},
                        " "));
  return lines;
}

// Empty when both objects have the same owners; otherwise what only one of them says.
std::string difference_in_ownership(const Json& ours, const Json& theirs) {
  const std::set<std::string> a = ownership(ours), b = ownership(theirs);
  std::string text;
  for (const std::string& line : a)
    if (!b.contains(line)) text += "only ours:   " + line + "\n";
  for (const std::string& line : b)
    if (!a.contains(line)) text += "only theirs: " + line + "\n";
  const bool same = at_path(ours, {"metadata", "managedFields"}) == at_path(theirs, {"metadata", "managedFields"});
  return text.empty() && !same ? "the entries stand in another order" : text;
}

struct Replay {
  Json live;  // null before the object exists

  void apply_step(const Json& step, const Request& request) {
    const Json& answer = step["answer"];
    const Kind* kind = Table::embedded().find(kind_name(step["body"]));
    const Writer writer{.manager = request.manager,
                        .subresource = request.subresource,
                        .now = *parse_http_date(step["date"].get<std::string>())};
    const Applied ours = apply(kind, live, step["body"], writer, request.force);
    if (is_status(answer)) {
      const std::string message = answer["message"];
      const std::string said =
          !ours.invalid.empty() ? invalid_message(step["body"], ours.invalid) : conflict_message(ours.conflicts);
      CHECK(lines(said) == lines(message));  // Go orders maps at random
      CHECK(ours.object == live);
      return;
    }
    CHECK(ours.invalid.empty());
    CHECK(ours.conflicts.empty());
    CHECK(difference_in_ownership(ours.object, answer) == "");
    const Comparison difference = set_diff(kind, without_bookkeeping(ours.object), without_bookkeeping(answer));
    CHECK(paths_of(difference.removed) == std::vector<std::string>{});
    CHECK(paths_of(difference.modified) == std::vector<std::string>{});
    if (!live.is_null()) check_defaults(step, paths_of(difference.added));
    live = answer;
  }

  // Fields that come by defaulting are named in the scenario.
  void check_defaults(const Json& step, const std::vector<std::string>& added) {
    const Json expected = step.value("defaulted", Json::array());
    CHECK(Json(added) == expected);
  }

  void update_step(const Json& step, const Request& request) {
    const Json& answer = step["answer"];
    if (is_status(answer)) return;
    const Kind* kind = Table::embedded().find(kind_name(answer));
    Json updated = answer;
    const Json& given = at_path(step, {"body", "metadata", "managedFields"});
    const Json& stored = at_path(live, {"metadata", "managedFields"});
    updated["metadata"]["managedFields"] = given.is_null() ? stored : given;
    Json allocated;
    for (const Json& pointer : step.value("allocated", Json::array())) {
      const Json::json_pointer path(pointer.get<std::string>());
      allocated[path] = updated[path];
      updated[path.parent_pointer()].erase(path.back());
    }
    const Writer writer{.manager = request.manager,
                        .subresource = request.subresource,
                        .now = *parse_http_date(step["date"].get<std::string>())};
    Json ours = track_update(kind, live, updated, writer);
    if (!allocated.is_null()) ours.update(allocated, true);
    CHECK(difference_in_ownership(ours, answer) == "");
    CHECK(without_bookkeeping(ours) == without_bookkeeping(answer));
    live = answer;
  }
};

}  // namespace

TEST_CASE("writes own, take, share and remove fields as kube-apiserver does") {
  const Json scenarios = Json::parse(tests::repository_file("tests/unit/schema/captured/merge.json"));
  for (const Json& scenario : scenarios) {
    std::map<std::string, Replay> objects;
    for (std::size_t index = 0; index < scenario["steps"].size(); ++index) {
      const Json& step = scenario["steps"][index];
      const std::string target = step["path"];
      INFO(scenario["name"].get<std::string>()
           << ", step " << index << ": " << step["method"].get<std::string>() << " " << target);
      const Request request = read_request(target);
      const bool creates = step["method"] == "POST";
      std::string name =
          creates ? request.path + "/" + step["body"]["metadata"]["name"].get<std::string>() : request.path;
      if (!request.subresource.empty()) name = name.substr(0, name.rfind('/'));
      Replay& replay = objects[name];
      if (step.value("type", "") == "application/apply-patch+yaml")
        replay.apply_step(step, request);
      else
        replay.update_step(step, request);
    }
  }
}

TEST_CASE("objects are encoded with the fields that an API server always writes") {
  for (const char* file : {"field_sets", "merge"}) {
    const Json scenarios =
        Json::parse(tests::repository_file(std::string("tests/unit/schema/captured/") + file + ".json"));
    for (const Json& scenario : scenarios) {
      for (const Json& step : scenario["steps"]) {
        const Json& answer = step["answer"];
        const Kind* kind = is_status(answer) ? nullptr : Table::embedded().find(kind_name(answer));
        if (kind == nullptr) continue;
        INFO(scenario["name"].get<std::string>() << ": " << step["path"].get<std::string>());
        CHECK(with_constant_fields(*kind, answer) == answer);
      }
    }
  }
  const Kind* deployment = Table::embedded().find({"apps", "v1", "Deployment"});
  const Json bare = Json::parse(R"({"spec":{"template":{"spec":{"containers":[{"name":"a"}]}}}})");
  const Json encoded = with_constant_fields(*deployment, bare);
  CHECK(encoded["status"] == Json::object());
  CHECK(encoded["spec"]["strategy"] == Json::object());
  CHECK(encoded["spec"]["template"]["spec"]["containers"][0]["resources"] == Json::object());
  CHECK_FALSE(encoded["spec"].contains("selector"));
}
