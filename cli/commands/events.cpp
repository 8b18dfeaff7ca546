// SPDX-License-Identifier: Apache-2.0
#include "cli/commands/commands.hpp"
#include "cli/services.hpp"
#include "cli/session.hpp"
#include "observe/gathering.hpp"
#include "observe/status.hpp"
#include "ui/event_lines.hpp"

#include <algorithm>
#include <map>
#include <memory>

namespace kforge::cli {
namespace {

struct EventsOptions {
  std::vector<std::string> services;
  bool follow = false, warnings = false;
  observe::Severity severity() const { return warnings ? observe::Severity::warnings : observe::Severity::all; }
};

// Which events are asked about.
struct Wanted {
  std::vector<std::string> known;   // names of services that objects are told apart by
  std::vector<std::string> chosen;  // empty: everything in the project's namespaces
  bool holds(const observe::EventRow& row) const {
    return chosen.empty() || std::ranges::find(chosen, row.service) != chosen.end();
  }
};

std::vector<observe::EventRow> rows_of(const std::vector<Json>& events, const Wanted& wanted) {
  std::vector<observe::EventRow> rows = observe::event_rows(events, wanted.known);
  std::erase_if(rows, [&](const observe::EventRow& row) { return !wanted.holds(row); });
  return rows;
}

// Prints the events of one namespace as they happen; what repeats is told again with its count.
class Follower final : public kube::WatchHandler {
 public:
  Follower(Session& session, const Wanted& wanted) : session_(session), wanted_(wanted) {}

  void on_list(std::vector<Json> objects) override {
    std::ranges::stable_sort(objects, {}, [&](const Json& event) { return observe::event_row(event, {}).last; });
    for (const Json& event : objects) tell(event);
  }
  void on_event(kube::WatchEvent kind, Json object) override {
    if (kind != kube::WatchEvent::deleted) tell(object);  // the server forgets old ones
  }
  void on_failed(const Error& error) override { failure = error; }

  std::optional<Error> failure;

 private:
  void tell(const Json& event) {
    const observe::EventRow row = observe::event_row(event, wanted_.known);
    std::int64_t& told = told_[kube::uid_of(event)];
    if (row.count <= told || !wanted_.holds(row)) return;
    told = row.count;
    session_.print(ui::paint_all({ui::followed_event_line(row)}, session_.out_style()));
  }

  Session& session_;
  const Wanted& wanted_;
  std::map<std::string, std::int64_t> told_;  // counts by uid
};

[[noreturn]] void follow(Session& session, const EventsOptions& options, const Wanted& wanted) {
  kube::Client& client = session.client();
  const schema::Kind& kind = kube::resolve_kind(client, {.group = "", .version = "v1", .kind = "Event"});
  std::vector<std::unique_ptr<Follower>> followers;
  for (const std::string& name_space : observe::namespaces_of(session.project())) {
    followers.push_back(std::make_unique<Follower>(session, wanted));
    client.watch({.kind = &kind,
                  .name_space = name_space,
                  .label_selector = {},
                  .field_selector = options.warnings ? std::string(observe::only_warnings) : ""},
                 *followers.back());
  }
  for (;;) {
    client.wait(Clock::time_point::max());
    for (const auto& follower : followers)
      if (follower->failure) throw Error(*follower->failure);
  }
}

std::vector<Json> read_events(Session& session, observe::Severity severity) {
  observe::Gathering gathering(session.client());
  for (const std::string& name_space : observe::namespaces_of(session.project()))
    gathering.read(observe::events_request(session.client(), name_space, severity), observe::Need::required);
  return gathering.finish();
}

int run_events(Session& session, const EventsOptions& options) {
  const Wanted wanted{.known = service_names(session.project()),
                      .chosen = services_named(session.project(), options.services)};
  if (options.follow && session.json())
    throw Error(ErrorKind::usage, "--follow does not go with -o json")
        .hint("run `kforge events -o json` again and again instead");
  if (options.follow) follow(session, options, wanted);
  const std::vector<observe::EventRow> rows = rows_of(read_events(session, options.severity()), wanted);
  if (session.json()) {
    Json document = {{"project", session.project().name}, {"events", Json::array()}};
    for (const observe::EventRow& row : rows) document["events"].push_back(observe::to_json(row));
    session.print_json(document);
  } else if (rows.empty()) {
    session.note("no events; the cluster keeps them for an hour\n");
  } else {
    session.print(ui::paint_all(ui::event_lines(rows, session.deps().clock.wall_time(), session.out_style()),
                                session.out_style()));
  }
  return 0;
}

}  // namespace

Action bind_events(OptionTable& table) {
  const auto options = std::make_shared<EventsOptions>();
  table.argument({.name = "SERVICE",
                  .description = "services to show; default: everything in the project's namespaces",
                  .target = &options->services,
                  .complete = Complete::service});
  table.option({.names = "-f,--follow",
                .value = "",
                .description = "keep printing events as they happen, until Ctrl-C",
                .target = &options->follow});
  table.option({.names = "--warnings",
                .value = "",
                .description = "only what the cluster warns of",
                .target = &options->warnings});
  return [options](Session& session) { return run_events(session, *options); };
}

}  // namespace kforge::cli
