// SPDX-License-Identifier: Apache-2.0
// Watch streams: one subscription of the store for all of them.
#pragma once

#include "sandbox/api/api.hpp"
#include "sandbox/api/selector.hpp"
#include "sandbox/server/http_server.hpp"

#include <functional>
#include <memory>

namespace kforge::sandbox {

// Turns an object into what the client asked for (itself, a Table, PartialObjectMetadata).
using ObjectForm = std::function<Json(const Json& object)>;

struct WatchOptions {
  std::string resource_version;
  bool bookmarks = false, initial_events = false;
  Milliseconds timeout{0};  // zero: a long one of the server's choice
  ObjectForm form;
};

class Watches {
 public:
  Watches(Store& store, Timers& timers);
  ~Watches();
  Watches(const Watches&) = delete;
  Watches& operator=(const Watches&) = delete;

  // Streams until the client goes, the timeout, or cut(). Throws Refusal (400) for a bad resourceVersion.
  void begin(const Resource& resource, const std::string& name_space, ObjectSelector selector, WatchOptions options,
             std::shared_ptr<Responder> responder);
  void cut();
  std::size_t open() const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace kforge::sandbox
