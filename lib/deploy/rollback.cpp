// SPDX-License-Identifier: Apache-2.0
#include "deploy/rollback.hpp"

#include "base/text.hpp"
#include "deploy/restoration.hpp"
#include "deploy/up_run.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace kforge::deploy {
namespace {

std::string names_of(const std::vector<Release>& releases) {
  std::vector<std::string> names;
  for (const Release& release : releases) names.push_back(release_name(release.number));
  return join(names, ", ");
}

struct Way {
  Release target, current;
  Restoration restoration;
};
Way find_way(Session& session, const Context& context, int number) {
  const ApplySet set = applyset_of(session.project());
  const std::vector<Release> releases = read_releases(session, set);
  Way way{.target = choose_target(releases, number), .current = releases.front(), .restoration = {}};
  way.restoration = restore(session, set, way.target, way.current, known_values(context));
  return way;
}

// A migration of the database is not taken back by anything.
std::vector<std::string> remarks_on(const Way& way) {
  std::vector<std::string> remarks = way.restoration.remarks;
  if (way.target.status != ReleaseStatus::deployed)
    remarks.push_back(fmt::format("{} is {}", release_name(way.target.number), to_string(way.target.status)));
  const bool migrated = std::ranges::any_of(
      way.current.changes, [](const ReleaseChange& change) { return change.object.kind.kind == "Job"; });
  if (migrated)
    remarks.push_back(
        fmt::format("{} ran Jobs; what they changed in a database stays", release_name(way.current.number)));
  return remarks;
}

}  // namespace

const Release& choose_target(const std::vector<Release>& releases, int number) {
  if (releases.empty())
    throw Error(ErrorKind::not_found, "nothing has been released yet").hint("deploy it first: `kforge up`");
  const auto found = std::ranges::find_if(releases, [&](const Release& release) {
    if (number > 0) return release.number == number;
    return release.number < releases.front().number && release.status == ReleaseStatus::deployed &&
           release.hash != releases.front().hash;
  });
  if (found != releases.end()) return *found;
  if (number > 0)
    throw Error(ErrorKind::not_found, fmt::format("there is no release {}", number))
        .hint("there are " + names_of(releases));
  throw Error(ErrorKind::not_found, fmt::format("there is no earlier release that worked and differs from {}",
                                                release_name(releases.front().number)))
      .hint("`kforge history` lists all; name one: `kforge rollback 3`");
}

RollbackPreview preview_rollback(const Context& context, const UpRequest& request, int number) {
  Session session(context, request.timeout);
  Way way = find_way(session, context, number);
  std::vector<std::string> remarks = remarks_on(way);
  return {.target = std::move(way.target),
          .current = std::move(way.current),
          .remarks = std::move(remarks),
          .plan = make_preview(session, request, std::move(way.restoration.input))};
}

Finished rollback(const Context& context, const UpRequest& request, int number) {
  Session session(context, request.timeout);
  Way way = find_way(session, context, number);
  return run_up(session, request, std::move(way.restoration.input));
}

void bring_back(Session& session, const UpRequest& request, UpRun& failed, const Error& error) {
  session.extend_deadline(session.now() + request.timeout);
  const ApplySet set = applyset_of(session.project());
  const Release target = read_release(session, set, *failed.fallback(error));
  if (target.hash == failed.release().hash) return;  // the same again would fail the same way
  const std::string name = release_name(target.number);
  Error outcome = session.masker().masked(error);
  failed.give_up(error);
  session.emit(WarningText{fmt::format("{}; rolling back to {}", outcome.what(), name)});
  UpRequest again{.services = request.services, .timeout = request.timeout};
  again.lock.use = false;  // the failed run holds it
  again.message = fmt::format("automatic, as {} failed", release_name(failed.release().number));
  std::optional<UpRun> run;
  try {
    Restoration restoration = restore(session, set, target, failed.release(), {});
    restoration.input.after_failure = true;
    for (const std::string& remark : restoration.remarks) session.emit(WarningText{remark});
    run.emplace(session, again, std::move(restoration.input));
    run->run();
  } catch (const Error& second) {
    (run ? *run : failed).wind_up(second);
    outcome.cause = fmt::format("the rollback to {} failed, too: {}", name, session.masker().masked(second).what());
    throw Error(outcome);
  }
  Error rolled_back(ErrorKind::failed_and_rolled_back, fmt::format("{}; rolled back to {}", outcome.what(), name));
  rolled_back.cause = outcome.cause;
  rolled_back.advice = outcome.advice;
  rolled_back.code = outcome.code;
  throw Error(rolled_back);
}

}  // namespace kforge::deploy
