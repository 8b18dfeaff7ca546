// SPDX-License-Identifier: Apache-2.0
// Events live for an hour (kube-apiserver --event-ttl).
#include "sandbox/controllers/controller.hpp"
#include "sandbox/pods/timer_slot.hpp"

namespace kforge::sandbox {
namespace {

constexpr std::chrono::hours life{1};
constexpr Milliseconds slack{60'000};  // several at once rather than one by one

class EventExpiry final : public Controller {
 public:
  EventExpiry(Api& api, Timers& timers) : kit_(api, timers, "event-ttl"), timer_(timers) {}

  void on_change(const Change& change) override {
    if (change.key.resource == "events" && change.type == Change::Type::added && !timer_.is_set()) wait(life);
  }

 private:
  void wait(Milliseconds delay) {
    timer_.set(delay + slack, [this] { expire(); });
  }

  void expire() {
    std::optional<WallTime> oldest;
    for (const ObjectPtr& event : kit_.list("events", "")) {
      const auto time =
          parse_rfc3339(string_at(*event, {"lastTimestamp"}, string_at(*event, {"metadata", "creationTimestamp"})));
      if (!time || kit_.now() - *time >= life)
        kit_.remove(*event);
      else if (!oldest || *time < *oldest)
        oldest = time;
    }
    if (oldest) wait(std::chrono::duration_cast<Milliseconds>(*oldest + life - kit_.now()));
  }

  Kit kit_;
  TimerSlot timer_;
};

}  // namespace

std::unique_ptr<Controller> make_event_expiry(Api& api, Timers& timers) {
  return std::make_unique<EventExpiry>(api, timers);
}

}  // namespace kforge::sandbox
