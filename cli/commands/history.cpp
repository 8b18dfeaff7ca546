// SPDX-License-Identifier: Apache-2.0
#include "base/text.hpp"
#include "cli/commands/commands.hpp"
#include "cli/plans.hpp"
#include "cli/releases.hpp"
#include "deploy/release_difference.hpp"
#include "deploy/releases.hpp"
#include "ui/release_view.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <memory>

namespace kforge::cli {
namespace {

using deploy::Release;

struct HistoryOptions {
  std::string action;
  std::vector<std::string> releases;
};

class Archive {
 public:
  explicit Archive(Session& session)
      : session_(session),
        observer_(session),
        engine_(context_of(session, observer_), session.settings().timeout.value_or(Milliseconds{120'000})),
        set_(deploy::applyset_of(session.project())),
        releases_(deploy::read_releases(engine_, set_)) {}

  void list() {
    if (session_.json()) {
      Json list = Json::array();
      for (const Release& release : releases_)
        list.push_back(ui::release_document(release, ui::shown_status(releases_, release)));
      return session_.print_json({{"project", session_.project().name}, {"releases", std::move(list)}});
    }
    if (releases_.empty()) return session_.print(fmt::format("{} has no releases yet\n", session_.project().name));
    const ui::Style& style = session_.out_style();
    session_.print(ui::paint_all(ui::history_lines(releases_, session_.deps().clock.wall_time(), style), style));
  }

  void show(const std::string& name) {
    const Release& release = named(name);
    const std::string status = ui::shown_status(releases_, release);
    if (session_.json()) return session_.print_json(ui::release_document(release, status));
    session_.print(ui::paint_all(ui::release_lines(release, status, session_.out_style()), session_.out_style()));
  }

  void diff(const std::string& from, const std::string& to) {
    const Release &before = named(from), &after = named(to);
    const deploy::Preview preview = deploy::release_difference(deploy::read_content(engine_, set_, before).objects,
                                                               deploy::read_content(engine_, set_, after).objects);
    cli::show_plan(session_, preview,
                   {.command = fmt::format("{} compared with {}", deploy::release_name(after.number),
                                           deploy::release_name(before.number))});
  }

 private:
  const Release& named(const std::string& name) const {
    const int number = release_number(name);
    const auto found = std::ranges::find(releases_, number, &Release::number);
    if (found != releases_.end()) return *found;
    std::vector<std::string> names;
    for (const Release& release : releases_) names.push_back(deploy::release_name(release.number));
    throw Error(ErrorKind::not_found, fmt::format("there is no release {}", number))
        .hint(names.empty() ? "nothing has been released yet" : "there are " + join(names, ", "));
  }

  Session& session_;
  WarningsToStderr observer_;
  deploy::Session engine_;
  deploy::ApplySet set_;
  std::vector<Release> releases_;
};

int run_history(Session& session, const HistoryOptions& options) {
  const std::size_t wanted = options.action == "diff" ? 2 : options.action == "show" ? 1 : 0;
  if (options.releases.size() != wanted)
    throw Error(ErrorKind::usage,
                fmt::format("`kforge history {}` needs {}", options.action, counted(wanted, "release")))
        .hint("as in `kforge history show 3` and `kforge history diff 2 3`");
  Archive archive(session);
  if (options.action == "show")
    archive.show(options.releases.front());
  else if (options.action == "diff")
    archive.diff(options.releases.front(), options.releases.back());
  else
    archive.list();
  return 0;
}

}  // namespace

Action bind_history(OptionTable& table) {
  const auto options = std::make_shared<HistoryOptions>();
  table.argument({.name = "ACTION",
                  .description = "show one release, or compare two; default: list all",
                  .target = &options->action,
                  .choices = {"show", "diff"}});
  table.argument(
      {.name = "RELEASE", .description = "number of a release, such as 3 or r3", .target = &options->releases});
  return [options](Session& session) { return run_history(session, *options); };
}

}  // namespace kforge::cli
