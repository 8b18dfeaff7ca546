// SPDX-License-Identifier: Apache-2.0
#include "observe/logs/log_follower.hpp"

#include "base/suggest.hpp"
#include "base/text.hpp"
#include "observe/rows.hpp"
#include "rollout/pod_reading.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace kforge::observe {
namespace {

using namespace std::chrono_literals;

// Each stream has a connection of its own, and a process 1,024 descriptors as a rule.
constexpr std::size_t most_streams = 256;
constexpr auto turn = 10s;  // that a silent stream keeps when others wait
constexpr std::size_t memory_for_lines = std::size_t{1} << 20;
constexpr std::size_t least_share = 32 * 1024, largest_share = 256 * 1024;
// Reasons that say no more than "not yet".
constexpr std::array<std::string_view, 3> starting = {"", "ContainerCreating", "PodInitializing"};

const schema::Kind& pods_kind() {
  static const schema::Kind& kind = *schema::Table::embedded().find(schema::kind_name("v1", "Pod"));
  return kind;
}

}  // namespace

// One selection as it is kept current.
class LogFollower::PodWatch final : public kube::WatchHandler {
 public:
  PodWatch(LogFollower& owner, kube::Client& client, const PodSelection& selection) : owner_(owner), client_(client) {
    ++owner_.lists_due_;
    id_ =
        client_.watch({&pods_kind(), selection.name_space, selection.label_selector, selection.field_selector}, *this);
  }
  ~PodWatch() override { client_.cancel(id_); }
  PodWatch(const PodWatch&) = delete;
  PodWatch& operator=(const PodWatch&) = delete;

  void on_list(std::vector<Json> objects) override {
    owner_.on_list(*this, objects);
    if (!std::exchange(listed, true)) --owner_.lists_due_;
    if (owner_.request_.options.follow == Follow::no) client_.cancel(id_);
  }
  void on_event(kube::WatchEvent event, Json object) override {
    if (event != kube::WatchEvent::deleted) return owner_.on_pod(*this, object);
    const std::string uid(rollout::uid_of(object));
    uids.erase(uid);
    owner_.on_gone(uid);
  }
  void on_failed(const Error& error) override { owner_.around_.error = error; }

  bool listed = false;
  std::set<std::string> uids;  // that it selects now

 private:
  LogFollower& owner_;
  kube::Client& client_;
  kube::RequestId id_ = 0;
};

LogFollower::LogFollower(kube::Client& client, const Clock& clock, LogRequest request, LogSink& sink)
    : client_(client),
      clock_(clock),
      request_(std::move(request)),
      sink_(sink),
      around_{.client = client, .clock = clock, .options = request_.options},
      window_(request_.options.follow == Follow::yes ? Order::window : Order::strict) {
  for (const PodSelection& selection : request_.pods)
    watches_.push_back(std::make_unique<PodWatch>(*this, client_, selection));
}

LogFollower::~LogFollower() = default;

void LogFollower::on_list(PodWatch& watch, const std::vector<Json>& pods) {
  std::set<std::string> before = std::exchange(watch.uids, {});
  for (const Json& pod : pods) {
    before.erase(std::string(rollout::uid_of(pod)));
    on_pod(watch, pod);
  }
  for (const std::string& uid : before) on_gone(uid);
}

void LogFollower::on_pod(PodWatch& watch, const Json& object) {
  watch.uids.emplace(rollout::uid_of(object));
  Pod& pod = known_pod(object);
  pod.finished = rollout::is_finished(object);
  std::vector<std::string> wanted = containers_of(object, request_.containers);
  if (!request_.container.empty()) {
    const bool there = pod.containers.contains(request_.container);
    wanted = there ? std::vector{request_.container} : std::vector<std::string>();
  }
  for (const std::string& name : wanted) {
    const auto same =
        std::ranges::find_if(pod.sources, [&](LogSource* source) { return source->input().origin.container == name; });
    if (same == pod.sources.end()) add_source(pod, object, name);
  }
  for (LogSource* source : pod.sources) source->update(run_of(object, source->input().origin.container));
}

LogFollower::Pod& LogFollower::known_pod(const Json& object) {
  const auto [place, is_new] = pods_.try_emplace(std::string(rollout::uid_of(object)));
  pods_seen_ += is_new ? 1 : 0;
  Pod& pod = place->second;
  for (std::string& name : containers_of(object, Containers::all)) pod.containers.insert(std::move(name));
  return pod;
}

void LogFollower::add_source(Pod& pod, const Json& object, const std::string& container) {
  LogOrigin origin{.number = origins_++,
                   .service = service_of(object),
                   .name_space = std::string(rollout::namespace_of(object)),
                   .pod = std::string(rollout::name_of(object)),
                   .container = container,
                   .container_matters = request_.containers == Containers::all && pod.containers.size() > 1};
  const ContainerRun run = run_of(object, container);
  const bool at_start = !is_listed() && run.has_log;
  const auto start = at_start ? LogSource::Start::tail : LogSource::Start::beginning;
  sources_.push_back(std::make_unique<LogSource>(around_, std::move(origin), start));
  LogSource& source = *sources_.back();
  inputs_.push_back(&source.input());
  pod.sources.push_back(&source);
  sink_.on_origin(source.input().origin);
  if (std::ranges::find(starting, run.waiting) == starting.end() && !run.has_log)
    source.input().queue.add_note(fmt::format("has not started: {}", run.waiting), clock_.now());
  else if (is_listed())
    source.input().queue.add_note("a new pod", clock_.now());
  share_memory();
}

void LogFollower::on_gone(const std::string& uid) {
  const auto pod = pods_.find(uid);
  if (pod == pods_.end()) return;
  const bool still_selected =
      std::ranges::any_of(watches_, [&](const auto& watch) { return watch->uids.contains(uid); });
  if (still_selected) return;
  for (LogSource* source : pod->second.sources) source->gone();
  pods_.erase(pod);
}

// Rolling updates must not make a run that follows for weeks larger and larger.
void LogFollower::forget_what_is_over() {
  if (std::ranges::none_of(sources_, [](const auto& source) { return source->is_over(); })) return;
  std::erase_if(inputs_, [&](const MergeInput* input) {
    return std::ranges::any_of(sources_,
                               [&](const auto& source) { return &source->input() == input && source->is_over(); });
  });
  std::erase_if(sources_, [](const auto& source) { return source->is_over(); });
}

void LogFollower::check_container() const {
  if (request_.container.empty() || !is_listed() || origins_ > 0 || pods_.empty()) return;
  std::set<std::string> names;
  for (const auto& [uid, pod] : pods_) names.insert(pod.containers.begin(), pod.containers.end());
  const std::vector<std::string> known(names.begin(), names.end());
  const std::string suggestion = did_you_mean(request_.container, known);
  throw Error(ErrorKind::not_found, fmt::format("no pod has a container '{}'", request_.container))
      .hint(suggestion.empty() ? "there are " + quoted_list(known) : suggestion);
}

// Many small buffers, or a few large ones.
void LogFollower::share_memory() {
  around_.most_bytes = std::clamp(memory_for_lines / sources_.size(), least_share, largest_share);
}

// The one that has waited longest.
LogSource* LogFollower::next_in_line(Clock::time_point now) const {
  LogSource* next = nullptr;
  for (const auto& source : sources_)
    if (source->wants_stream() && source->due() <= now && (next == nullptr || source->opened_at() < next->opened_at()))
      next = source.get();
  return next;
}

void LogFollower::give_streams(Clock::time_point now) {
  while (LogSource* next = next_in_line(now)) {
    if (around_.open_streams >= most_streams) make_room(now);
    if (around_.open_streams >= most_streams) return;
    next->open();
  }
}

// Closes the stream that has been silent longest, if it has had its turn.
void LogFollower::make_room(Clock::time_point now) {
  LogSource* silent = nullptr;
  for (const auto& source : sources_)
    if (source->is_open() && now - source->opened_at() >= turn && now - source->last_sign() >= 1s &&
        (silent == nullptr || source->last_sign() < silent->last_sign()))
      silent = source.get();
  if (silent != nullptr) silent->give_way();
}

Clock::time_point LogFollower::pump() {
  if (around_.error) throw Error(*around_.error);
  check_container();
  const Clock::time_point now = clock_.now();
  give_streams(now);
  if (around_.error) throw Error(*around_.error);
  if (!is_listed()) return Clock::time_point::max();
  if (window_.order() == Order::strict)
    for (const bool stuck = is_stuck(); const auto& source : sources_)
      source->input().open = source->is_open() || (!source->is_finished() && !stuck);
  const Clock::time_point next = window_.pump(inputs_, now, sink_);
  for (const auto& source : sources_) source->look_after();
  forget_what_is_over();
  return std::min(next, next_due(now));
}

// In strict order a log that waits for a place holds up the others too, unless all places are taken by logs that wait
// for it.
bool LogFollower::is_stuck() const {
  return around_.open_streams >= most_streams &&
         std::ranges::all_of(sources_, [](const auto& source) { return !source->is_open() || source->is_paused(); });
}

Clock::time_point LogFollower::next_due(Clock::time_point now) const {
  Clock::time_point due = Clock::time_point::max();
  bool waits_for_place = false;
  for (const auto& source : sources_) {
    due = std::min(due, source->next_look());
    if (!source->wants_stream()) continue;
    if (source->due() > now)
      due = std::min(due, source->due());
    else
      waits_for_place = true;
  }
  return waits_for_place ? std::min(due, now + std::chrono::seconds{1}) : due;
}

bool LogFollower::everything_read() const {
  return std::ranges::all_of(sources_,
                             [](const auto& source) { return source->is_finished() && source->input().queue.empty(); });
}

bool LogFollower::done() const {
  if (!is_listed() || !everything_read()) return false;
  if (request_.options.follow == Follow::no) return true;
  return request_.ends_with_pods && pods_seen_ > 0 &&
         std::ranges::all_of(pods_, [](const auto& pod) { return pod.second.finished; });
}

void LogFollower::drain() {
  window_.drain(inputs_, sink_);
}

}  // namespace kforge::observe
