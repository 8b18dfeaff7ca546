// SPDX-License-Identifier: Apache-2.0
#include "observe/logs/log_source.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace kforge::observe {
namespace {

using namespace std::chrono_literals;

constexpr Milliseconds status_patience = 1s;  // a kubelet tells about an end a moment after the log has ended
constexpr Milliseconds first_pause = 100ms, longest_pause = 10s;
constexpr Milliseconds doubtful_after = 10s;  // by then news about a restart are here
constexpr Milliseconds cut_by_time = 20s;     // load balancers cut what lasts, not what is quick
constexpr Milliseconds end_is_due = 10s;      // of the log of a run that is over
// kubernetes#115702: after a rotation some kubelets send nothing more and keep the stream open.
constexpr Milliseconds suspicious_silence = 5min;
constexpr int tries_without_follow = 6;

const schema::Kind& pods() {
  static const schema::Kind& kind = *schema::Table::embedded().find(schema::kind_name("v1", "Pod"));
  return kind;
}

}  // namespace

LogSource::LogSource(SourceSurroundings& around, LogOrigin origin, Start start)
    : around_(around), input_{.origin = std::move(origin), .queue = {}}, start_(start) {}

LogSource::~LogSource() {
  close();
}

LogSource::Plan LogSource::plan() const {
  if (not_to_be_had_ || gone_ || !known_) return Plan::nothing;
  if (around_.options.previous) return complete_ ? Plan::nothing : Plan::previous;
  if (run_.restarts > reading_) return Plan::previous;
  return complete_ || !run_.has_log ? Plan::nothing : Plan::current;
}

void LogSource::update(const ContainerRun& run) {
  const bool news = !known_ || run.restarts != run_.restarts || run.running != run_.running;
  if (!known_) reading_ = run.restarts;
  known_ = true;
  run_ = run;
  if (!news) return;
  not_before_ = Clock::time_point{};
  not_to_be_had_ = false;
  if (!follows()) reading_ = run.restarts;
  if (complete_) next_run();
  if (stream_ != 0 && run_.restarts > reading_ && reads_next_run()) give_way();
}

// A stream that was opened around a restart may have got the new run, before the pod told about it.
bool LogSource::reads_next_run() const {
  const bool doubtful = was_over_ || around_.clock.now() - opened_ < doubtful_after;
  if (open_plan_ != Plan::current || !doubtful) return false;
  const std::optional<std::int64_t> first = input_.queue.first_ns();
  if (!first) return true;
  return run_.started && *first >= run_.started->time_since_epoch().count() * 1000;
}

void LogSource::gone() {
  if (gone_) return;
  gone_ = true;
  if (!follows() || is_open()) return;  // its end comes
  input_.queue.finish(resume_, around_.clock.now());
  input_.queue.add_note("the pod is gone", around_.clock.now());
}

// The run that was read is over: the one before the present one comes next, if that is another one.
void LogSource::next_run() {
  if (run_.restarts <= reading_) return;
  const std::int64_t missed = run_.restarts - reading_ - 2;
  if (missed >= 0 && !complete_ && !ended_cleanly_)
    input_.queue.add_note("the end of a run cannot be read any more", around_.clock.now());
  if (missed > 0)
    input_.queue.add_note(fmt::format("{} in between cannot be read any more", counted(missed, "run")),
                          around_.clock.now());
  if (complete_ && run_.restarts == reading_ + 1) {
    reading_ = run_.restarts;
    complete_ = begun_ = false;
    input_.queue.add_note(run_.last_end.empty() ? "restarted" : fmt::format("restarted ({})", run_.last_end),
                          around_.clock.now());
    return;
  }
  reading_ = run_.restarts - 1;
  complete_ = begun_ = false;
}

std::string LogSource::where_to_start(Plan plan) const {
  if (resume_.known()) return "&sinceTime=" + url_encode(resume_.since());
  if (!empty_since_.empty() && plan == Plan::current) return "&sinceTime=" + url_encode(empty_since_);
  const LogOptions& options = around_.options;
  std::string query;
  if (options.tail && (start_ == Start::tail || options.previous)) query += fmt::format("&tailLines={}", *options.tail);
  if (!options.since_time.empty())
    query += "&sinceTime=" + url_encode(options.since_time);
  else if (options.since)
    query += fmt::format("&sinceSeconds={}",
                         std::max<std::int64_t>(1, std::chrono::ceil<std::chrono::seconds>(*options.since).count()));
  return query;
}

std::string LogSource::path(Plan plan) const {
  const LogOrigin& origin = input_.origin;
  return fmt::format("{}/log?container={}&timestamps=true{}{}{}",
                     schema::object_path(pods(), origin.name_space, origin.pod), url_encode(origin.container),
                     follows() && plan == Plan::current ? "&follow=true" : "",
                     plan == Plan::previous ? "&previous=true" : "", where_to_start(plan));
}

// The rest of the run before starts where reading was before the stream that already read the new run; the new run goes
// on where that one was.
void LogSource::choose_resume_point(bool too_far) {
  if (open_plan_ == Plan::previous && too_far && before_) {
    after_ = std::exchange(resume_, std::move(*before_));
    before_.reset();
    return;
  }
  if (open_plan_ != Plan::current) return;
  if (after_) {
    resume_ = std::move(*after_);
    after_.reset();
    begun_ = true;
  }
  before_ = begun_ ? std::optional(resume_) : std::nullopt;
  input_.queue.begin_stream();
}

void LogSource::open() {
  if (follows() && run_.restarts > reading_ + 1) next_run();
  lines_before_ = input_.queue.lines_so_far();
  partial_before_ = input_.queue.partial_hash();
  input_.queue.drop_partial();  // it comes again
  const bool too_far = input_.queue.first_ns() && reads_next_run();
  open_plan_ = plan();
  choose_resume_point(too_far);
  was_over_ = open_plan_ == Plan::previous || !run_.running;
  kube::ApiRequest request;
  request.path = path(open_plan_);
  request.accept = "*/*";  // an API server answers "text/plain" alone with 406
  request.object = kube::ObjectRef{pods().name, input_.origin.name_space, input_.origin.pod};
  resume_.reconnected(begun_ ? ResumePoint::Log::same : ResumePoint::Log::other);
  // Within the second of a restart nothing tells the runs apart: what that stream brought may be of either.
  if (after_) resume_.expect_too(*after_);
  opened_ = around_.clock.now();
  input_.opened(opened_);
  ++around_.open_streams;
  stream_ = around_.client.stream(std::move(request), *this);
}

void LogSource::close() noexcept {
  if (stream_ == 0) return;
  around_.client.cancel(stream_);
  stream_ = 0;
  --around_.open_streams;
  input_.open = input_.full = false;
}

void LogSource::give_way() {
  close();
  input_.queue.drop_partial();
  if (!resume_.known() && empty_since_.empty()) empty_since_ = format_rfc3339(around_.clock.wall_time());
}

bool LogSource::on_bytes(std::string_view bytes) {
  const Clock::time_point now = around_.clock.now();
  input_.arrived(now);
  if (before_ && now - opened_ > doubtful_after) before_.reset();
  failures_ = 0;
  told_ = false;
  begun_ = true;
  input_.queue.take(bytes, resume_, now);
  input_.full = input_.queue.bytes() >= around_.most_bytes && !input_.queue.empty();
  return !input_.full;
}

void LogSource::on_end(const kube::StreamEnd& end) {
  stream_ = 0;
  --around_.open_streams;
  input_.open = input_.full = false;
  ended_cleanly_ = !end.error;
  if (end.error)
    on_failure(end);
  else
    on_clean_end();
}

// Whether a log that does not grow any more has been read to its end: when reading it again brought nothing new.
bool LogSource::is_surely_the_end() const {
  if (gone_) return true;  // there is nobody to ask
  const bool quick = !follows() && around_.clock.now() - opened_ < cut_by_time;
  return quick || (input_.queue.lines_so_far() == lines_before_ && input_.queue.partial_hash() == partial_before_);
}

// A clean end does not say that the container has ended: load balancers cut streams too.
void LogSource::on_clean_end() {
  if (was_over_ || !follows() || gone_) {
    if (!is_surely_the_end()) return;  // it is read once more
    input_.queue.finish(resume_, around_.clock.now());
    if (gone_ && follows()) input_.queue.add_note("the pod is gone", around_.clock.now());
    return run_is_read();
  }
  if (!resume_.known() && empty_since_.empty()) empty_since_ = format_rfc3339(around_.clock.wall_time());
  if (run_.running && run_.restarts == reading_)
    not_before_ = around_.clock.now() + std::min(longest_pause, status_patience * (1 << std::min(failures_, 3)));
  ++failures_;
}

void LogSource::run_is_read() {
  complete_ = true;
  failures_ = 0;
  if (follows()) next_run();
}

void LogSource::on_failure(const kube::StreamEnd& end) {
  input_.queue.drop_partial();
  if (gone_) return input_.queue.add_note("the pod is gone, the end of its log may be missing", around_.clock.now());
  switch (end.error->kind) {
    case ErrorKind::forbidden:
    case ErrorKind::not_authenticated:
      around_.error = end.error;
      return;
    case ErrorKind::not_found:  // the watch is about to say so
      not_to_be_had_ = true;
      return;
    case ErrorKind::rejected:
      return end.status == 400 ? on_no_log(end) : try_again(end);
    default:
      return try_again(end);
  }
}

// There is none: not started yet, or the run before is not kept.
void LogSource::on_no_log(const kube::StreamEnd& end) {
  if (follows() && open_plan_ == Plan::previous) return run_is_read();
  const Clock::time_point now = around_.clock.now();
  if (!std::exchange(told_, true))
    input_.queue.add_note(end.error->cause.empty() ? end.error->what() : end.error->cause, now);
  not_to_be_had_ = !follows();
  not_before_ = now + std::min(longest_pause, status_patience * (1 << std::min(failures_++, 3)));
}

// At once, then after 0.2 s, 0.4 s … 10 s. Told after three seconds.
void LogSource::try_again(const kube::StreamEnd& end) {
  const Clock::time_point now = around_.clock.now();
  if (!follows() && failures_ >= tries_without_follow) {
    around_.error = end.error;
    return;
  }
  not_before_ = failures_ == 0 ? now : now + std::min(longest_pause, first_pause * (1 << std::min(failures_, 7)));
  if (++failures_ == 6 && !std::exchange(told_, true))
    input_.queue.add_note(fmt::format("the connection is lost, trying again: {}", end.error->what()), now);
}

void LogSource::look_after() {
  const Clock::time_point now = around_.clock.now();
  if (stream_ == 0) return;
  if (input_.full && input_.queue.bytes() < around_.most_bytes / 2) {
    input_.full = false;
    around_.client.resume(stream_);
  } else if (!input_.full && follows() && now >= next_look()) {
    give_way();
  }
}

Clock::time_point LogSource::next_look() const {
  if (stream_ == 0 || input_.full || !follows()) return Clock::time_point::max();
  const bool over = run_.restarts > reading_ && open_plan_ == Plan::current;
  return input_.last_sign + (over ? end_is_due : suspicious_silence);
}

}  // namespace kforge::observe
