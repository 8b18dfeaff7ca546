// SPDX-License-Identifier: Apache-2.0
// One watch that keeps a Store current.
#pragma once

#include "deploy/session.hpp"
#include "deploy/store.hpp"

#include <optional>

namespace kforge::deploy {

// What it means when the account may not see something: without a required kind the wait cannot go on, what is merely
// helpful is left out. (An account that may list but not watch is served by the client's polling.)
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

  bool covers(const schema::Kind* kind, const std::string& name_space) const {
    return request_.kind == kind && request_.name_space == name_space;
  }
  // An object that was read by other means, until the watch tells otherwise.
  void learn(Json object) { store_.put(this, std::move(object)); }

  void on_list(std::vector<Json> objects) override;
  void on_event(kube::WatchEvent event, Json object) override;
  void on_failed(const Error& error) override;

 private:
  Session& session_;
  Store& store_;
  kube::WatchRequest request_;
  Necessity necessity_;
  bool listed_ = false, gave_up_ = false;
  std::optional<Error> failure_;
  std::optional<kube::RequestId> watch_;
};

}  // namespace kforge::deploy
