// SPDX-License-Identifier: Apache-2.0
// Follows the logs of all pods that a set of selectors names, also of those that appear later.
#pragma once

#include "observe/logs/log_source.hpp"

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace kforge::observe {

struct PodSelection {
  std::string name_space, label_selector, field_selector;
  bool operator==(const PodSelection&) const = default;
};

struct LogRequest {
  std::vector<PodSelection> pods;
  std::string container;  // empty: `containers`
  Containers containers = Containers::main;
  LogOptions options;
  bool ends_with_pods = false;  // following ends when every pod has finished: nobody replaces them
};

class LogFollower {
 public:
  LogFollower(kube::Client& client, const Clock& clock, LogRequest request, LogSink& sink);
  ~LogFollower();
  LogFollower(const LogFollower&) = delete;
  LogFollower& operator=(const LogFollower&) = delete;

  // Starts what is due and hands over what is ready. Returns when it wants to be called again. Throws when it cannot go
  // on: a right is missing, no container has the wanted name.
  Clock::time_point pump();
  // Everything that was asked for has been handed over.
  bool done() const;
  // Hands over all that has arrived, without waiting for older lines.
  void drain();

  // Every selection has been read once.
  bool is_listed() const { return lists_due_ == 0; }
  std::size_t pods_seen() const { return pods_seen_; }
  std::size_t logs_kept() const { return sources_.size(); }

 private:
  class PodWatch;
  struct Pod {
    std::set<std::string> containers;  // of the spec
    std::vector<LogSource*> sources;
    bool finished = false;  // succeeded or failed
  };
  void on_list(PodWatch& watch, const std::vector<Json>& pods);
  void on_pod(PodWatch& watch, const Json& pod);
  void on_gone(const std::string& uid);
  Pod& known_pod(const Json& pod);
  void add_source(Pod& pod, const Json& object, const std::string& container);
  void check_container() const;
  void give_streams(Clock::time_point now);
  LogSource* next_in_line(Clock::time_point now) const;
  void make_room(Clock::time_point now);
  bool is_stuck() const;
  void share_memory();
  void forget_what_is_over();
  bool everything_read() const;
  Clock::time_point next_due(Clock::time_point now) const;

  kube::Client& client_;
  const Clock& clock_;
  LogRequest request_;
  LogSink& sink_;
  SourceSurroundings around_;
  MergeWindow window_;
  std::vector<std::unique_ptr<PodWatch>> watches_;
  std::size_t lists_due_ = 0;
  std::map<std::string, Pod> pods_;  // by uid; those that are gone leave it
  std::size_t pods_seen_ = 0;
  std::vector<std::unique_ptr<LogSource>> sources_;
  std::vector<MergeInput*> inputs_;
  std::size_t origins_ = 0;  // so far
};

}  // namespace kforge::observe
