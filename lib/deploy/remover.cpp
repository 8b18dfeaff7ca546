// SPDX-License-Identifier: Apache-2.0
#include "deploy/remover.hpp"

#include "base/text.hpp"
#include "deploy/names.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace kforge::deploy {
namespace {

constexpr std::chrono::seconds stuck_after{30};

bool is_workload(const Removal& removal) {
  const std::string& kind = removal.ref.kind.kind;
  return kind == "Deployment" || kind == "StatefulSet" || kind == "DaemonSet" || kind == "ReplicaSet" ||
         kind == "Job" || kind == "CronJob";
}

// The pods of a workload have to end before what they use goes.
kube::Propagation propagation_of(const Removal& removal) {
  return is_workload(removal) ? kube::Propagation::foreground : kube::Propagation::background;
}

// The answer to a DELETE is the object when something still holds it.
bool is_gone_at_once(const kube::ApiResult& result) {
  return result.not_found() || (result.ok() && string_at(result.body, {"kind"}) == "Status");
}

bool is_scaled_down(const Json* live) {
  if (live == nullptr) return true;
  return int_at(*live, {"status", "replicas"}) == 0 &&
         int_at(*live, {"status", "observedGeneration"}) >= int_at(*live, {"metadata", "generation"});
}

std::vector<std::string> strings_in(const Json& list) {
  std::vector<std::string> texts;
  for (const Json& item : list)
    if (item.is_string()) texts.push_back(item.get<std::string>());
  return texts;
}

Error not_gone_in_time(const std::vector<std::string>& lines) {
  return Error(ErrorKind::timed_out,
               lines.size() == 1 ? lines.front() : fmt::format("{} are still there", counted(lines.size(), "object")))
      .why(lines.size() == 1 ? std::string() : join(lines, "\n"))
      .hint("a finalizer is removed by its own controller: check that this runs, then run the same command again");
}

}  // namespace

std::string what_holds(const Json& live) {
  std::vector<std::string> parts;
  const std::vector<std::string> finalizers = strings_in(at_path(live, {"metadata", "finalizers"}));
  if (!finalizers.empty()) parts.push_back("held by " + quoted_list(finalizers));
  for (const Json& condition : at_path(live, {"status", "conditions"})) {
    const std::string type = string_at(condition, {"type"});
    const bool trouble = type.starts_with("Namespace") && string_at(condition, {"status"}) == "True";
    if (trouble) parts.push_back(string_at(condition, {"message"}));
  }
  return join(parts, "; ");
}

void Remover::remove(const TeardownStep& step) {
  tier_ = step.tier;
  scale_down(step);
  std::vector<Doomed> doomed;
  for (const Removal& removal : step.removals) doomed.push_back({&removal});
  request(doomed);
  await(doomed);
  forget();
}

void Remover::forget() {
  feeds_.clear();
  store_ = Store();
}

// Replicas of a StatefulSet end one after the other, the last one first, which deleting it would not respect.
void Remover::scale_down(const TeardownStep& step) {
  std::vector<Doomed> sets;
  for (const Removal& removal : step.removals)
    if (removal.scales_down) sets.push_back({&removal});
  if (sets.empty()) return;
  watch(sets);
  std::optional<Error> failure;
  RequestGroup group(session_);
  for (const Doomed& set : sets)
    group.send(kube::merge_patch_request(*set.removal->kind, set.removal->ref,
                                         {{"metadata", {{"uid", set.removal->uid}}}, {"spec", {{"replicas", 0}}}},
                                         down_manager),
               [&](const kube::ApiResult& result) {
                 // 409: the uid is another one, so this one is gone.
                 if (!result.ok() && !result.not_found() && result.status != 409) failure = *result.error;
               });
  group.finish("scaling down");
  if (failure) throw *failure;
  const bool down = session_.run_until([&] {
    return feeds_settled() &&
           std::ranges::all_of(sets, [&](const Doomed& set) { return is_scaled_down(still_there(*set.removal)); });
  });
  if (!down)
    throw Error(ErrorKind::timed_out, "the pods of a StatefulSet do not end").hint("kubectl get pods shows why");
}

void Remover::watch(const std::vector<Doomed>& doomed) {
  std::set<Scope> scopes;
  for (const Doomed& each : doomed)
    if (!each.gone) scopes.emplace(each.removal->kind, each.removal->ref.name_space);
  for (const auto& [kind, name_space] : scopes)
    feeds_.push_back(
        std::make_unique<Feed>(session_, store_,
                               kube::WatchRequest{.kind = kind,
                                                  .name_space = name_space,
                                                  .label_selector = project_selector(session_.project().name),
                                                  .field_selector = {}},
                               Necessity::required));
}

bool Remover::feeds_settled() const {
  for (const auto& feed : feeds_)
    if (feed->failure()) throw Error(*feed->failure());
  return std::ranges::all_of(feeds_, [](const auto& feed) { return feed->settled(); });
}

void Remover::request(std::vector<Doomed>& doomed) {
  std::optional<Error> failure;
  RequestGroup group(session_);
  for (Doomed& each : doomed)
    group.send(
        kube::delete_request(*each.removal->kind, each.removal->ref, each.removal->uid, propagation_of(*each.removal)),
        [&](const kube::ApiResult& result) {
          if (is_gone_at_once(result)) return note_gone(each);
          if (result.status == 409) return note_gone(each, "somebody made it again, and that one stays");
          if (!result.ok() && !failure) failure = *result.error;
        });
  group.finish("deleting objects");
  if (failure) throw *failure;
}

const Json* Remover::still_there(const Removal& removal) const {
  const Json* live = store_.find(removal.ref);
  return live != nullptr && kube::uid_of(*live) == removal.uid ? live : nullptr;
}

void Remover::await(std::vector<Doomed>& doomed) {
  if (std::ranges::all_of(doomed, &Doomed::gone)) return;
  forget();
  watch(doomed);
  const Clock::time_point stuck = session_.now() + stuck_after;
  const auto all_gone = [&] {
    if (!feeds_settled()) return false;
    for (Doomed& each : doomed)
      if (!each.gone && still_there(*each.removal) == nullptr) note_gone(each);
    if (session_.now() >= stuck) report_stuck(doomed);
    return std::ranges::all_of(doomed, &Doomed::gone);
  };
  const auto wake = [&]() -> std::optional<Clock::time_point> {
    if (session_.now() < stuck) return stuck;
    return std::nullopt;
  };
  if (session_.run_until(all_gone, wake)) return;
  std::vector<std::string> lines;
  for (const Doomed& each : doomed) {
    const Json* live = still_there(*each.removal);
    if (each.gone) continue;
    const std::string holds = live != nullptr ? what_holds(*live) : std::string();
    lines.push_back(each.removal->ref.to_string() + " is still there" + (holds.empty() ? "" : ", " + holds));
  }
  throw not_gone_in_time(lines);
}

void Remover::note_gone(Doomed& doomed, const std::string& detail) {
  doomed.gone = true;
  removed_.push_back(doomed.removal->ref);
  session_.emit(
      ObjectApplied{.tier = tier_, .object = doomed.removal->ref, .action = Action::remove, .detail = detail});
}

void Remover::report_stuck(std::vector<Doomed>& doomed) {
  for (Doomed& each : doomed) {
    const Json* live = still_there(*each.removal);
    if (each.gone || each.reported || live == nullptr) continue;
    each.reported = true;
    const std::string holds = what_holds(*live);
    session_.emit(WarningText{fmt::format("{} is not gone after {}{}", each.removal->ref.to_string(),
                                          format_duration(stuck_after), holds.empty() ? "" : ": " + holds)});
  }
}

}  // namespace kforge::deploy
