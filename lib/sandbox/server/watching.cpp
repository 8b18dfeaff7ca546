// SPDX-License-Identifier: Apache-2.0
#include "sandbox/server/watching.hpp"

#include "sandbox/api/object_meta.hpp"
#include "sandbox/server/route.hpp"

#include <fmt/format.h>

#include <list>
#include <optional>
#include <vector>

namespace kforge::sandbox {
namespace {

using namespace std::chrono_literals;

constexpr Milliseconds bookmark_interval = 60s, longest_watch = 45min;
constexpr std::size_t slowest_reader = std::size_t{64} << 20;  // queued bytes at which a watcher is cut off

Revision parsed_revision(const std::string& text) {
  if (text.empty()) return 0;
  if (!is_version(text)) throw unexplained(version_complaint(text));
  return std::stoull(text);
}

std::string line(std::string_view type, const Json& object) {
  return to_text({{"type", type}, {"object", object}}) + "\n";
}

}  // namespace

struct Watches::State : std::enable_shared_from_this<Watches::State> {
  struct Watch {
    Resource resource;
    std::string name_space;
    ObjectSelector selector;
    WatchOptions options;
    std::shared_ptr<Responder> responder;
    Timers::Id end = 0, bookmark = 0;
  };
  using Handle = std::list<Watch>::iterator;

  Store& store;
  Timers& timers;
  Store::SubscriberId subscription = 0;
  std::list<Watch> watches;

  State(Store& object_store, Timers& loop_timers) : store(object_store), timers(loop_timers) {}

  void write(Watch& watch, std::string_view type, const Json& object) {
    watch.responder->write(line(type, watch.options.form ? watch.options.form(object) : object));
  }

  void write_bookmark(Watch& watch, bool initial) {
    Json object{{"kind", watch.resource.kind},
                {"apiVersion", watch.resource.api_version()},
                {"metadata", {{"resourceVersion", std::to_string(store.revision())}}}};
    if (initial) object["metadata"]["annotations"] = {{"k8s.io/initial-events-end", "true"}};
    watch.responder->write(line("BOOKMARK", object));
  }

  // A selector turns "matches no longer" into DELETED and "matches now" into ADDED.
  void tell(Watch& watch, const Change& change) {
    if (change.key.resource != watch.resource.id() ||
        (!watch.name_space.empty() && change.key.name_space != watch.name_space))
      return;
    const bool now = change.type != Change::Type::deleted && watch.selector.matches(*change.object);
    const bool before = change.before && watch.selector.matches(*change.before);
    if (now) return write(watch, before ? "MODIFIED" : "ADDED", *change.object);
    if (!before) return;
    Json last = *change.before;
    last["metadata"]["resourceVersion"] = std::to_string(change.revision);
    write(watch, "DELETED", last);
  }

  void on_change(const Change& change) {
    for (Handle at = watches.begin(); at != watches.end();) {
      const Handle watch = at++;
      tell(*watch, change);
      if (watch->responder->queued() > slowest_reader) drop(watch, true);
    }
  }

  void drop(Handle watch, bool reset) {
    timers.cancel(watch->end);
    timers.cancel(watch->bookmark);
    const std::shared_ptr<Responder> responder = watch->responder;
    responder->on_closed(nullptr);
    watches.erase(watch);
    reset ? responder->reset() : responder->end();
  }

  void schedule_bookmark(Handle watch) {
    if (!watch->options.bookmarks) return;
    watch->bookmark = timers.after(bookmark_interval, [this, watch] {
      write_bookmark(*watch, false);
      schedule_bookmark(watch);
    });
  }

  // What the client has not seen; false when its revision is compacted.
  bool catch_up(Watch& watch, Revision since) {
    if (since == 0 || watch.options.initial_events) {
      for (const ObjectPtr& object : store.list(watch.resource.id(), watch.name_space))
        if (watch.selector.matches(*object)) write(watch, "ADDED", *object);
      if (watch.options.initial_events) write_bookmark(watch, true);
      return true;
    }
    const auto missed = store.changes_since(since);
    if (!missed) return false;
    for (const Change& change : *missed) tell(watch, change);
    return true;
  }
};

Watches::Watches(Store& store, Timers& timers) : state_(std::make_shared<State>(store, timers)) {
  state_->subscription = store.subscribe([state = state_.get()](const Change& change) { state->on_change(change); });
}

Watches::~Watches() {
  state_->store.unsubscribe(state_->subscription);
  cut();
}

void Watches::begin(const Resource& resource, const std::string& name_space, ObjectSelector selector,
                    WatchOptions options, std::shared_ptr<Responder> responder) {
  const Revision since = parsed_revision(options.resource_version);
  responder->begin({});
  const Milliseconds timeout = options.timeout.count() > 0 ? options.timeout : longest_watch;
  state_->watches.push_back({resource, name_space, std::move(selector), std::move(options), responder});
  const State::Handle watch = std::prev(state_->watches.end());
  if (!state_->catch_up(*watch, since)) {
    const Refusal gone = expired(fmt::format("too old resource version: {} ({})", since, state_->store.revision()));
    responder->write(line("ERROR", gone.status));
    return state_->drop(watch, false);
  }
  State* const state = state_.get();
  watch->end = state->timers.after(timeout, [state, watch] { state->drop(watch, false); });
  state->schedule_bookmark(watch);
  responder->on_closed([weak = std::weak_ptr(state_), watch] {
    if (const auto alive = weak.lock()) {
      alive->timers.cancel(watch->end);
      alive->timers.cancel(watch->bookmark);
      alive->watches.erase(watch);
    }
  });
}

void Watches::cut() {
  while (!state_->watches.empty()) state_->drop(state_->watches.begin(), true);
}

std::size_t Watches::open() const {
  return state_->watches.size();
}

}  // namespace kforge::sandbox
