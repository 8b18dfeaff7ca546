// SPDX-License-Identifier: Apache-2.0
#include "observe/gathering.hpp"

#include <iterator>

namespace kforge::observe {

Gathering::~Gathering() {
  for (const kube::RequestId id : requests_) client_.cancel(id);
}

void Gathering::read(kube::ApiRequest request, Need need) {
  const std::size_t place = parts_.size();
  parts_.emplace_back();
  ++open_;
  requests_.push_back(client_.send(
      std::move(request), [this, place, need](kube::ApiResult result) { keep(place, need, std::move(result)); }));
}

std::vector<Json> Gathering::finish() {
  while (open_ > 0) client_.wait(Clock::time_point::max());
  if (error_) throw Error(*error_);
  std::vector<Json> objects;
  for (std::vector<Json>& part : parts_)
    objects.insert(objects.end(), std::make_move_iterator(part.begin()), std::make_move_iterator(part.end()));
  return objects;
}

void Gathering::keep(std::size_t place, Need need, kube::ApiResult result) {
  --open_;
  if (result.error) {
    const bool absent = result.error->kind == ErrorKind::not_found;
    const bool denied = result.error->kind == ErrorKind::forbidden && need == Need::optional;
    if (!absent && !denied && !error_) error_ = std::move(result.error);
  } else if (result.body.contains("items")) {
    parts_[place] = kube::items_of(std::move(result.body));
  } else {
    parts_[place].push_back(std::move(result.body));
  }
}

}  // namespace kforge::observe
