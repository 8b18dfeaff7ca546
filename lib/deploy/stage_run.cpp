// SPDX-License-Identifier: Apache-2.0
#include "deploy/stage_run.hpp"

#include "base/text.hpp"
#include "deploy/replacement.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace kforge::deploy {
namespace {

// The controller makes it within milliseconds; pods that come before it are refused and tried again.
constexpr std::chrono::seconds account_patience{30};

bool is_job(const Target& target) {
  return target.change->ref.kind.kind == "Job";
}

// By what the pod asked for; a node that says no digest tells nothing.
void add_images(const Json& pod, std::map<std::string, std::string>& images) {
  for (const Json& status : at_path(pod, {"status", "containerStatuses"})) {
    std::string id = string_at(status, {"imageID"});
    if (const auto scheme = id.find("://"); scheme != std::string::npos) id.erase(0, scheme + 3);
    if (!contains(id, "@")) continue;
    for (const Json& container : at_path(pod, {"spec", "containers"}))
      if (string_at(container, {"name"}) == string_at(status, {"name"}))
        images.insert_or_assign(string_at(container, {"image"}), id);
  }
}

std::string name_of(const Diagnosis& diagnosis) {
  return diagnosis.service.empty() || diagnosis.object.kind.kind == "Job" ? diagnosis.object.to_string()
                                                                          : diagnosis.service;
}

}  // namespace

StageRun::StageRun(Session& session, Applier& applier, const Stage& stage, StageOptions options)
    : session_(session), applier_(applier), stage_(stage), options_(options), started_(session.now()) {
  applier_.listen([this](const Change& change) {
    if (waiter_) waiter_->on_written(change);
  });
}

StageRun::~StageRun() {
  applier_.listen(nullptr);
}

void StageRun::run(const std::function<void()>& after_foundation) {
  announce();
  try {
    lay_foundation();
    after_foundation();
    write_rest();
  } catch (const Error& error) {
    if (error.kind != ErrorKind::interrupted && error.kind != ErrorKind::terminated) end(false);
    throw;
  }
  end(true);
}

void StageRun::announce() const {
  StageStarted event{.tier = stage_.tier, .changing = {}, .waited_for = {}};
  for (const Change* change : stage_.changes()) {
    if (change->writes()) event.changing.push_back(change->ref);
    if (is_waited_for(*change)) event.waited_for.push_back(change->ref);
  }
  session_.emit(std::move(event));
}

void StageRun::end(bool ready) const {
  session_.emit(StageEnded{.tier = stage_.tier,
                           .ready = ready,
                           .took = std::chrono::duration_cast<std::chrono::milliseconds>(session_.now() - started_)});
}

// What others live in has to stand before anything else is written, with or without waiting for rollouts.
void StageRun::lay_foundation() {
  const std::vector<Change*> foundation = stage_.foundation();
  if (foundation.empty()) return;
  watch(foundation);
  applier_.apply(foundation);
  await(&Target::armed);
  waiter_.reset();
  await_default_accounts(foundation);
}

void StageRun::await_default_accounts(const std::vector<Change*>& foundation) {
  static const schema::Kind& accounts = *schema::Table::embedded().find(schema::kind_name("v1", "ServiceAccount"));
  Store store;
  std::vector<std::unique_ptr<Feed>> feeds;
  std::vector<kube::ObjectRef> wanted;
  for (const Change* change : foundation) {
    if (change->ref.kind.kind != "Namespace" || change->action != Action::create) continue;
    wanted.push_back({accounts.name, change->ref.name, "default"});
    feeds.push_back(std::make_unique<Feed>(session_, store,
                                           kube::WatchRequest{.kind = &accounts,
                                                              .name_space = change->ref.name,
                                                              .label_selector = {},
                                                              .field_selector = "metadata.name=default"},
                                           Necessity::helpful));
  }
  const Clock::time_point until = session_.now() + account_patience;
  const auto known = [&](std::size_t i) { return store.find(wanted[i]) != nullptr || feeds[i]->gave_up(); };
  const auto all_known = [&] {
    for (std::size_t i = 0; i < wanted.size(); ++i)
      if (!known(i)) return false;
    return true;
  };
  if (!session_.run_until([&] { return all_known() || session_.now() >= until; }, [&] { return until; })) return;
  for (std::size_t i = 0; i < wanted.size(); ++i)
    if (!known(i))
      session_.emit(
          WarningText{fmt::format("namespace '{}' has no ServiceAccount 'default' yet", wanted[i].name_space)});
}

void StageRun::write_rest() {
  using enum render::Wave;
  const std::vector<Change*> rest = stage_.rest();
  if (rest.empty()) return;
  for (Change* change : rest)
    if (change->kind == nullptr) change->kind = &kube::resolve_kind(session_.client(), change->ref.kind);
  if (options_.wait == Wait::yes) watch(rest);
  for (const render::Wave wave : {policy, identity, binding, config, network}) apply(wave);
  if (waiter_) waiter_->wait_for_lists();
  apply(workload);
  apply(scaling);
  apply_jobs();
  apply(edge);
  if (stage_.waves.contains(webhook)) await(&Target::armed);
  apply(webhook);
  await(&Target::armed);
  note_finished_jobs();
  note_images();
}

void StageRun::apply(render::Wave wave) {
  const auto found = stage_.waves.find(wave);
  if (found == stage_.waves.end()) return;
  make_room_for(found->second);
  applier_.apply(found->second);
}

// Jobs of a stage work with its workloads: the database has to answer before it can be provisioned.
void StageRun::apply_jobs() {
  const auto found = stage_.waves.find(render::Wave::job);
  if (found == stage_.waves.end()) return;
  await([](const Target& target) { return target.armed && !is_job(target); });
  make_room_for(found->second);
  applier_.apply(found->second);
}

void StageRun::make_room_for(const std::vector<Change*>& changes) {
  for (const Change* change : changes)
    if (change->replace) make_room(session_, *change);
}

void StageRun::watch(const std::vector<Change*>& changes) {
  waiter_.emplace(session_, stage_.tier, changes, options_.stuck);
}

void StageRun::await(const Waiter::Which& which) {
  if (!waiter_) return;
  const Outcome outcome = waiter_->wait(which);
  if (outcome == Outcome::failed) fail(Ending::failed);
  if (outcome == Outcome::timed_out) fail(Ending::timed_out);
}

void StageRun::fail(Ending ending) {
  std::vector<const Target*> guilty;
  for (const Target& target : waiter_->targets())
    if (ending == Ending::failed ? target.failed() : target.armed && !target.settled()) guilty.push_back(&target);
  const std::vector<Diagnosis> diagnoses = diagnose(session_, stage_.tier, guilty, waiter_->store(), ending);
  for (const Diagnosis& diagnosis : diagnoses) session_.emit(diagnosis);
  throw failed_stage(stage_.tier, diagnoses, ending);
}

void StageRun::note_images() {
  if (!waiter_) return;
  const Store& store = waiter_->store();
  for (const Target& target : waiter_->targets()) {
    const Json* live = store.find(target.change->ref);
    if (live == nullptr || !is_workload(target.change->ref.kind.kind)) continue;
    for (const Json* pod : rollout::new_pods(*live, store.around(*live))) add_images(*pod, images_);
  }
}

void StageRun::note_finished_jobs() {
  if (!waiter_) return;
  for (const Target& target : waiter_->targets())
    if (is_job(target) && target.settled() && !target.failed())
      finished_jobs_.insert(target.change->ref.name_space + "/" + target.change->ref.name);
}

Error failed_stage(project::Tier tier, const std::vector<Diagnosis>& diagnoses, Ending ending) {
  const bool only_jobs = !diagnoses.empty() && std::ranges::all_of(diagnoses, [](const Diagnosis& diagnosis) {
    return diagnosis.object.kind.kind == "Job";
  });
  const ErrorKind kind = ending == Ending::timed_out ? ErrorKind::timed_out
                         : only_jobs                 ? ErrorKind::hook_failed
                                                     : ErrorKind::rollout_failed;
  std::vector<std::string> parts;
  for (const Diagnosis& diagnosis : diagnoses) {
    const std::string& message = diagnosis.verdict.message;
    parts.push_back(message.empty() ? name_of(diagnosis) : fmt::format("{}: {}", name_of(diagnosis), message));
  }
  Error error(kind, fmt::format("{} {}: {}", project::to_string(tier),
                                ending == Ending::timed_out ? "was not ready in time" : "failed", join(parts, "; ")));
  if (!diagnoses.empty()) error.code = diagnoses.front().verdict.code;
  if (ending == Ending::timed_out) error.advice = "read what it waited for; --timeout gives it longer";
  return error;
}

}  // namespace kforge::deploy
