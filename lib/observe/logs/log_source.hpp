// SPDX-License-Identifier: Apache-2.0
// The log of one container, through restarts of the container and failures of the connection (api-client §6).
#pragma once

#include "kube/client.hpp"
#include "observe/logs/container_run.hpp"
#include "observe/logs/merge_window.hpp"

#include <optional>
#include <string>

namespace kforge::observe {

enum class Follow { no, yes };
struct LogOptions {
  Follow follow = Follow::yes;
  bool previous = false;                  // the run before the last restart, once
  std::optional<std::int64_t> tail = 15;  // lines of what is there at the start; none: all
  std::optional<Milliseconds> since;
  std::string since_time;  // RFC 3339; wins over `since`
};

// What all sources of a run share.
struct SourceSurroundings {
  kube::Client& client;
  const Clock& clock;
  const LogOptions& options;
  std::size_t most_bytes = std::size_t{1} << 20;  // that a source may hold
  std::size_t open_streams = 0;
  std::optional<Error> error{};  // the run cannot go on
};

class LogSource final : public kube::StreamHandler {
 public:
  // `late`: the pod or container came while others were followed already; its log is read from the beginning.
  enum class Start { tail, beginning };
  LogSource(SourceSurroundings& around, LogOrigin origin, Start start);
  ~LogSource() override;
  LogSource(const LogSource&) = delete;
  LogSource& operator=(const LogSource&) = delete;

  // What the pod says now.
  void update(const ContainerRun& run);
  // The pod is no more: what is being read is read to its end.
  void gone();

  // Whether there is something to read, from due() on.
  bool wants_stream() const { return stream_ == 0 && plan() != Plan::nothing; }
  Clock::time_point due() const { return not_before_; }
  void open();
  // Gives its connection to another one; goes on later where it was.
  void give_way();
  // Reads on when enough has been handed over, and asks anew when a stream is suspiciously silent.
  void look_after();
  Clock::time_point next_look() const;

  bool is_open() const { return stream_ != 0; }
  bool is_paused() const { return input_.full; }
  Clock::time_point opened_at() const { return opened_; }
  Clock::time_point last_sign() const { return input_.last_sign; }
  bool is_over() const { return gone_ && stream_ == 0 && input_.queue.empty(); }
  // Everything that there will be without news about the pod has been read.
  bool is_finished() const { return stream_ == 0 && plan() == Plan::nothing; }
  MergeInput& input() { return input_; }
  const ContainerRun& run() const { return run_; }

  bool on_bytes(std::string_view bytes) override;
  void on_end(const kube::StreamEnd& end) override;

 private:
  enum class Plan { nothing, current, previous };
  Plan plan() const;
  bool follows() const { return around_.options.follow == Follow::yes && !around_.options.previous; }
  std::string path(Plan plan) const;
  std::string where_to_start(Plan plan) const;
  bool reads_next_run() const;
  bool is_surely_the_end() const;
  void choose_resume_point(bool too_far);
  void close() noexcept;
  void run_is_read();
  void next_run();
  void on_clean_end();
  void on_no_log(const kube::StreamEnd& end);
  void on_failure(const kube::StreamEnd& end);
  void try_again(const kube::StreamEnd& end);

  SourceSurroundings& around_;
  MergeInput input_;
  Start start_;
  ResumePoint resume_;
  // Before the stream that is open or was last, while it is in doubt which run it reads; and behind it, while the run
  // before it is read.
  std::optional<ResumePoint> before_, after_;
  ContainerRun run_;
  bool known_ = false;        // the pod has told about the container
  std::int64_t reading_ = 0;  // number of the run that is read
  bool begun_ = false;        // something of that run has come
  bool complete_ = false;     // that run has been read to its end
  bool gone_ = false, not_to_be_had_ = false;
  std::string empty_since_;  // a stream was open at this time, and nothing had come

  kube::RequestId stream_ = 0;  // 0: none
  Plan open_plan_ = Plan::nothing;
  bool was_over_ = false;  // the run had ended before the stream was opened
  bool ended_cleanly_ = false, told_ = false;
  std::uint64_t lines_before_ = 0, partial_before_ = 0;  // when it was opened
  Clock::time_point opened_{}, not_before_{};
  int failures_ = 0;
};

}  // namespace kforge::observe
