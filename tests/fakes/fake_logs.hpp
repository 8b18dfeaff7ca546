// SPDX-License-Identifier: Apache-2.0
// Logs of containers in a FakeCluster, as a kubelet keeps and serves them: runs, rotation, since, tail and follow.
#pragma once

#include "tests/fakes/fake_api.hpp"

#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <vector>

namespace kforge::tests {

class FakeLogs {
 public:
  explicit FakeLogs(FakeCluster& cluster);

  // A running pod of a service of project "shop", in namespace "backend", with the container "app".
  void start_pod(const std::string& service, const std::string& pod);
  // Puts a pod of the test's own there; its logs are kept as those of others.
  void put(Json pod);
  // The container writes a line now.
  void write(const std::string& pod, const std::string& text, const std::string& container = "app");
  // … and bytes as they are, at a time of their own: "2026-01-01T00:00:00.5Z text\n".
  void write_raw(const std::string& pod, const std::string& bytes, const std::string& container = "app");
  // The run ends: its streams do, and the pod says so after `later`.
  void end_run(const std::string& pod, Milliseconds later = Milliseconds{0});
  // The next run starts, and the pod says so after `later`.
  void start_run(const std::string& pod, Milliseconds later = Milliseconds{0});
  // What has been written so far cannot be read any more.
  void rotate(const std::string& pod, const std::string& container = "app");
  // Every open stream breaks.
  void cut(http::Failure failure = http::Failure::reset);
  // Streams opened from now on break behind so many bytes; 0: no more. Failure::none: without a sign of it.
  void cut_after(std::size_t bytes, http::Failure failure = http::Failure::reset) {
    cut_after_ = bytes;
    cut_end_ = failure == http::Failure::none ? StreamEnd::close : StreamEnd::reset;
  }
  // The next requests for logs get these answers instead.
  void refuse(std::vector<Reply> replies) { refusals_.assign(replies.begin(), replies.end()); }
  void remove_pod(const std::string& pod);

  std::size_t open_streams() const { return streams_.size(); }
  std::vector<std::string> requests;  // queries so far: "container=app&timestamps=true&…"

 private:
  struct Line {
    WallTime time;
    std::string bytes;
  };
  struct Run {
    std::vector<Line> lines;
    std::size_t first = 0;  // that can be read
    bool over = false;
  };
  struct Stream {
    http::TransferId id;
    std::string key;
    std::size_t run;
  };
  std::optional<Reply> answer(const Received& received);
  std::string text_of(const Run& run, const ApiCall& call) const;
  void set_state(const std::string& pod, const Json& state, bool restarted, Milliseconds later);
  void end_streams(const std::string& key, std::size_t run, http::Failure failure);

  FakeCluster& cluster_;
  std::map<std::string, std::vector<Run>> logs_;  // by "pod/container"
  std::vector<Stream> streams_;
  std::deque<Reply> refusals_;
  std::size_t cut_after_ = 0;
  StreamEnd cut_end_ = StreamEnd::reset;
};

}  // namespace kforge::tests
