// SPDX-License-Identifier: Apache-2.0
#include "deploy/feed.hpp"

#include <fmt/format.h>

namespace kforge::deploy {
namespace {

constexpr std::chrono::seconds poll_interval{2};

}  // namespace

Feed::Feed(Session& session, Store& store, kube::WatchRequest request, Necessity necessity)
    : session_(session), store_(store), request_(std::move(request)), necessity_(necessity), polls_(session) {
  watch_ = session_.client().watch(request_, *this);
}

Feed::~Feed() {
  if (watch_) session_.client().cancel(*watch_);
}

void Feed::on_list(std::vector<Json> objects) {
  listed_ = true;
  store_.replace(this, std::move(objects));
}

void Feed::on_event(kube::WatchEvent event, Json object) {
  if (event != kube::WatchEvent::deleted) return store_.put(this, std::move(object));
  const std::string uid = kube::uid_of(object);
  store_.put(this, std::move(object));  // the event carries the last state
  store_.remove(uid);
}

void Feed::on_failed(const Error& error) {
  watch_.reset();
  if (error.kind == ErrorKind::forbidden && necessity_ == Necessity::required)
    next_poll_ = session_.now();
  else
    give_up(error);
}

void Feed::give_up(const Error& error) {
  gave_up_ = true;
  next_poll_.reset();
  if (necessity_ == Necessity::required) failure_ = error;
}

void Feed::poll() {
  if (!next_poll_ || session_.now() < *next_poll_ || polls_.open() > 0) return;
  next_poll_ = session_.now() + poll_interval;
  polls_.send(kube::list_request(*request_.kind, request_.name_space, request_.label_selector),
              [this](kube::ApiResult result) {
                if (result.ok()) return on_list(kube::items_of(std::move(result.body)));
                if (result.status == 401 || result.status == 403)
                  give_up(failure_of(result, fmt::format("cannot watch {}", request_.kind->plural)));
              });
}

}  // namespace kforge::deploy
