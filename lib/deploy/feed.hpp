// SPDX-License-Identifier: Apache-2.0
// One watch that keeps a Store current.
#pragma once

#include "deploy/session.hpp"
#include "deploy/store.hpp"

#include <optional>

namespace kforge::deploy {

// What it means when the account may not watch something: required kinds are polled by LIST instead, and without that
// right either the wait cannot go on; what is merely helpful is left out.
enum class Necessity { required, helpful };

class Feed final : public kube::WatchHandler {
 public:
  Feed(Session& session, Store& store, kube::WatchRequest request, Necessity necessity);
  ~Feed() override;
  Feed(const Feed&) = delete;
  Feed& operator=(const Feed&) = delete;

  // Whether the first complete state is in the store, or never will be.
  bool settled() const { return listed_ || gave_up_; }
  bool gave_up() const { return gave_up_; }
  // Why a required feed cannot go on.
  const std::optional<Error>& failure() const { return failure_; }
  // Polls when it is time to; call it in every round.
  void poll();
  std::optional<Clock::time_point> next_poll() const { return next_poll_; }

  void on_list(std::vector<Json> objects) override;
  void on_event(kube::WatchEvent event, Json object) override;
  void on_failed(const Error& error) override;

 private:
  void give_up(const Error& error);

  Session& session_;
  Store& store_;
  kube::WatchRequest request_;
  Necessity necessity_;
  bool listed_ = false, gave_up_ = false;
  std::optional<Error> failure_;
  std::optional<Clock::time_point> next_poll_;
  std::optional<kube::RequestId> watch_;
  RequestGroup polls_;
};

}  // namespace kforge::deploy
