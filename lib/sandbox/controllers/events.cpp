// SPDX-License-Identifier: Apache-2.0
// Events as client-go's recorder sends them: equal ones are counted, floods are put together (tools/record).
#include "base/digest.hpp"
#include "sandbox/controllers/toolkit.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace kforge::sandbox {
namespace {

constexpr std::ptrdiff_t most_of_a_kind = 10;

std::string event_name(const Json& about, const std::string& identity) {
  return fmt::format("{}.{}", name_of(about).substr(0, 200), sha256_hex(identity).substr(0, 16));
}

Json involved_object(const Json& about, const EventOrigin& origin) {
  Json involved{{"apiVersion", at_path(about, {"apiVersion"})},
                {"kind", at_path(about, {"kind"})},
                {"name", name_of(about)},
                {"namespace", namespace_of(about)},
                {"uid", uid_of(about)},
                {"resourceVersion", at_path(about, {"metadata", "resourceVersion"})}};
  if (!origin.field_path.empty()) involved["fieldPath"] = origin.field_path;
  return involved;
}

}  // namespace

void Kit::event(const Json& about, std::string_view type, std::string_view reason, const std::string& message,
                const EventOrigin& origin) const {
  const std::string name_space = namespace_of(about).empty() ? "default" : namespace_of(about);
  const std::string kind = fmt::format("{}/{}/{}/{}", uid_of(about), type, reason, origin.field_path);
  const std::string name = event_name(about, kind + message), flood = event_name(about, kind);
  if (const ObjectPtr known = get({"events", name_space, name})) return count_up(*known, message);
  if (const ObjectPtr known = get({"events", name_space, flood}))
    return count_up(*known, "(combined from similar events): " + message);
  const std::vector<ObjectPtr> events = list("events", name_space);
  const bool many = std::ranges::count_if(events, [&](const ObjectPtr& each) {
                      return string_at(*each, {"involvedObject", "uid"}) == uid_of(about) &&
                             string_at(*each, {"reason"}) == reason && string_at(*each, {"type"}) == type;
                    }) >= most_of_a_kind;
  const std::string component = caller.user.substr(caller.user.rfind(':') + 1), now = timestamp();
  Json source{{"component", component}};
  if (!origin.host.empty()) source["host"] = origin.host;
  create({{"apiVersion", "v1"},
          {"kind", "Event"},
          {"metadata", {{"name", many ? flood : name}, {"namespace", name_space}}},
          {"involvedObject", involved_object(about, origin)},
          {"type", type},
          {"reason", reason},
          {"message", many ? "(combined from similar events): " + message : message},
          {"firstTimestamp", now},
          {"lastTimestamp", now},
          {"count", 1},
          {"source", std::move(source)},
          {"reportingComponent", component},
          {"reportingInstance", origin.host}});
}

void Kit::count_up(const Json& event, const std::string& message) const {
  Json next = event;
  next["count"] = int_at(next, {"count"}, 1) + 1;
  next["lastTimestamp"] = timestamp();
  next["message"] = message;
  update(next);
}

}  // namespace kforge::sandbox
