// SPDX-License-Identifier: Apache-2.0
#include "deploy/feed.hpp"

namespace kforge::deploy {

Feed::Feed(Session& session, Store& store, kube::WatchRequest request, Necessity necessity)
    : session_(session), store_(store), request_(std::move(request)), necessity_(necessity) {
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
  gave_up_ = true;
  if (necessity_ == Necessity::required) failure_ = error;
}

}  // namespace kforge::deploy
