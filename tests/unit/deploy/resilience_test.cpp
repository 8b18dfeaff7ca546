// SPDX-License-Identifier: Apache-2.0
// Whatever happens at whatever request: running the same command again ends where an undisturbed run ends.
#include "base/text.hpp"
#include "tests/support/catch.hpp"
#include "tests/unit/deploy/rig.hpp"

namespace kforge::tests {
namespace {

using namespace std::chrono_literals;

// Not an Error: nothing in kforge catches it, as nothing survives a SIGKILL.
struct Killed {};

enum class Death { before_sending, after_sending };

class KillingTransport final : public TransportWrapper {
 public:
  KillingTransport(http::Transport& target, std::size_t index, Death death)
      : TransportWrapper(target), index_(index), death_(death) {}

  http::TransferId start(http::Request request, http::Handler& handler) override {
    if (started_ > index_) throw Killed{};  // destructors run here, and send nothing in a process that is gone
    if (started_++ != index_) return TransportWrapper::start(std::move(request), handler);
    if (death_ == Death::after_sending) target().cancel(target().start(std::move(request), handler));
    throw Killed{};
  }

 private:
  std::size_t index_, started_ = 0;
  Death death_;
};

// A signal arrives while request number `index` is under way.
class InterruptingTransport final : public TransportWrapper {
 public:
  InterruptingTransport(http::Transport& target, std::size_t index) : TransportWrapper(target), index_(index) {}

  http::TransferId start(http::Request request, http::Handler& handler) override {
    ++started_;
    const bool record = contains(request.path, "/secrets/kforge.shop.r") || contains(request.path, "/leases/");
    if (ignored_ && request.method != "GET" && !record) ++written_afterwards;  // how it ended is written down
    return TransportWrapper::start(std::move(request), handler);
  }
  void wait(Clock::time_point until) override {
    if (started_ > index_ && !ignored_ && !std::exchange(done_, true))
      throw Error(ErrorKind::interrupted, "interrupted");
    TransportWrapper::wait(until);
  }
  void ignore_signals() override {
    ignored_ = true;
    TransportWrapper::ignore_signals();
  }
  int written_afterwards = 0;

 private:
  std::size_t index_, started_ = 0;
  bool ignored_ = false, done_ = false;
};

struct Undisturbed {
  std::map<std::string, Json> state;
  std::vector<std::string> requests;
  bool writes(std::size_t index) const { return !requests[index].starts_with("GET"); }
};

// Made once: every test of this file compares with it.
const Undisturbed& undisturbed() {
  static const Undisturbed run = [] {
    Rig rig;
    rig.make_tiny();
    if (rig.up().error) throw std::logic_error("the undisturbed run fails");
    return Undisturbed{rig.state(), rig.lines()};
  }();
  return run;
}

// Values in use are the stored ones.
void check_values(const Rig& rig) {
  const Json stored = rig.cluster.find("Secret", "backend", "kforge.shop.values")->at("data");
  CHECK(rig.cluster.find("Secret", "backend", "order-service-db-33333333")->at("data").at("password") ==
        stored.at("postgres-role-order.password"));
}

void check_converged(const Rig& rig, const Undisturbed& expected) {
  const std::map<std::string, Json> state = rig.state();
  CHECK(state.size() == expected.state.size());
  for (const auto& [name, object] : expected.state) {
    INFO(name);
    REQUIRE(state.contains(name));
    CHECK(state.at(name) == object);
  }
  check_values(rig);
}

}  // namespace

TEST_CASE("killed at any request, the next up ends where an undisturbed one ends") {
  const Undisturbed& expected = undisturbed();
  for (const Death death : {Death::before_sending, Death::after_sending})
    for (std::size_t index = 0; index < expected.requests.size(); ++index) {
      if (death == Death::after_sending && !expected.writes(index)) continue;  // the same as before sending it
      INFO("request " << index << (death == Death::before_sending ? " not sent: " : " sent: ")
                      << expected.requests[index]);
      Rig rig;
      rig.make_tiny();
      KillingTransport killer(rig.cluster, index, death);
      rig.transport = &killer;
      CHECK_THROWS_AS(rig.up(), Killed);
      rig.transport = &rig.cluster;
      const Ended again = rig.up();
      REQUIRE_FALSE(again.error);
      check_converged(rig, expected);
    }
}

TEST_CASE("killed at any request of a second release, the next up frees the lock and heals the history (kill-9-heal)") {
  const auto second_release = [](Rig& rig) {
    rig.make_tiny();
    rig.locks = true;
    rig.origin.process = "boot/1234";  // of the run that is killed; the next one sees that it is dead
    rig.origin.has_ended = [](const std::string&) { return true; };
    REQUIRE_FALSE(rig.up().error);
    rig.sample.order_image = "shop/order-service:v2";
  };
  Rig straight;
  second_release(straight);
  const std::size_t first = straight.requests();
  REQUIRE_FALSE(straight.up().error);
  const Undisturbed expected{straight.state(), straight.lines(first)};
  for (const Death death : {Death::before_sending, Death::after_sending})
    for (std::size_t index = 0; index < expected.requests.size(); ++index) {
      if (death == Death::after_sending && !expected.writes(index)) continue;
      INFO("request " << index << (death == Death::before_sending ? " not sent: " : " sent: ")
                      << expected.requests[index]);
      Rig rig;
      second_release(rig);
      KillingTransport killer(rig.cluster, index, death);
      rig.transport = &killer;
      try {
        rig.up();
      } catch (const Killed&) {  // not thrown while the lock is released, which nothing comes after
      }
      rig.transport = &rig.cluster;
      const Ended again = rig.up();
      REQUIRE_FALSE(again.error);
      check_converged(rig, expected);
      CHECK(string_at(*rig.cluster.find("Lease", "backend", "kforge-shop"), {"spec", "holderIdentity"}).empty());
      const std::vector<deploy::Release> releases = rig.releases();
      CHECK(releases.at(0).status == deploy::ReleaseStatus::deployed);
      for (const deploy::Release& release : releases) CHECK(release.status != deploy::ReleaseStatus::pending);
      const int writes = rig.cluster.writes().total();
      CHECK(rig.up().finished->outcome == "nothing to do");
      CHECK(rig.cluster.writes().total() == writes);
    }
}

TEST_CASE("after a kill and a second run there is nothing left to do") {
  const Undisturbed& expected = undisturbed();
  for (std::size_t index = 0; index < expected.requests.size(); index += 4) {
    INFO("request " << index << ": " << expected.requests[index]);
    Rig rig;
    rig.make_tiny();
    KillingTransport killer(rig.cluster, index, Death::after_sending);
    rig.transport = &killer;
    CHECK_THROWS_AS(rig.up(), Killed);
    rig.transport = &rig.cluster;
    rig.up();
    const int writes = rig.cluster.writes().total();
    CHECK(rig.up().finished->outcome == "nothing to do");
    CHECK(rig.cluster.writes().total() == writes);
  }
}

TEST_CASE("a connection that breaks, or a storage that elects a leader, only costs time at any request") {
  const Undisturbed& expected = undisturbed();
  const std::vector<Reply> faults{Reply::failed(http::Failure::reset),
                                  Reply::status_error(500, "InternalError", "etcdserver: leader changed")};
  for (std::size_t index = 0; index < expected.requests.size(); ++index)
    for (const Reply& fault : faults) {
      // A read is a read: the client's own tests break each kind of them in each way.
      if (!expected.writes(index) && &fault != &faults[index % 2]) continue;
      INFO("request " << index << ": " << expected.requests[index]);
      Rig rig;
      rig.make_tiny();
      rig.cluster.fault(index, fault);
      const Ended run = rig.up();
      REQUIRE_FALSE(run.error);
      check_converged(rig, expected);
    }
}

TEST_CASE("interrupted at any request, up says what it did, and the next one converges") {
  const Undisturbed& expected = undisturbed();
  for (std::size_t index = 0; index < expected.requests.size(); ++index) {
    INFO("request " << index << ": " << expected.requests[index]);
    Rig rig;
    rig.make_tiny();
    InterruptingTransport interrupter(rig.cluster, index);
    rig.transport = &interrupter;
    const Ended run = rig.up();
    REQUIRE(run.error);
    CHECK(run.error->kind == ErrorKind::interrupted);
    CHECK(interrupter.written_afterwards == 0);
    const auto finished = run.told.all<deploy::Finished>();
    REQUIRE(finished.size() == 1);
    CHECK(finished[0].outcome == "interrupted");
    CHECK(finished[0].exit_code == 130);
    for (const kube::ObjectRef& applied : finished[0].applied)
      CHECK(rig.cluster.find(applied.kind.kind, applied.name_space, applied.name));
    rig.transport = &rig.cluster;
    REQUIRE_FALSE(rig.up().error);
    check_converged(rig, expected);
  }
}

TEST_CASE("an interrupt while waiting tells what was applied and which stages were not reached") {
  Rig rig({"order-service"});
  rig.cluster.signal_after(30s, ErrorKind::terminated);
  const Ended run = rig.up();
  REQUIRE(run.error);
  CHECK(run.error->kind == ErrorKind::terminated);
  const deploy::Finished finished = run.told.all<deploy::Finished>().at(0);
  CHECK(finished.outcome == "interrupted");
  CHECK(finished.exit_code == 143);
  CHECK(finished.not_reached == std::vector{project::Tier::gateway});
  CHECK(finished.applied.size() == 16);
  CHECK(rig.cluster.open_transfers().empty());
}

TEST_CASE("a write under way when the signal comes is waited for, but not for long") {
  Rig rig;
  rig.cluster.respond([&](const Received& received) -> std::optional<Reply> {
    if (received.request.method != "PATCH" || !contains(received.request.path, "/deployments/product-service?") ||
        contains(received.request.path, "dryRun"))
      return std::nullopt;
    return Reply::json(201, {{"kind", "Deployment"}, {"metadata", {{"name", "product-service"}, {"uid", "9"}}}})
        .after(1h);
  });
  rig.cluster.signal_after(5s);
  const Clock::time_point start = rig.clock.now();
  const Ended run = rig.up();
  REQUIRE(run.error);
  CHECK(run.error->kind == ErrorKind::interrupted);
  CHECK(rig.clock.now() - start >= 8s);
  CHECK(rig.clock.now() - start < 9s);
}

TEST_CASE("history that is compacted while waiting loses nothing (watch-410-relist)") {
  for (const auto gone : {FakeCluster::Gone::as_event, FakeCluster::Gone::as_http_status}) {
    Rig rig({"kong"});
    rig.cluster.gone = gone;
    rig.cluster.when_written("Deployment", "kong", 10s, [](FakeCluster& cluster, const Json&) {
      cluster.end_watches();
      cluster.edit("Deployment", "gateway", "kong", [](Json& object) {
        object["status"] = {{"observedGeneration", object["metadata"]["generation"]},
                            {"replicas", 1},
                            {"updatedReplicas", 1},
                            {"readyReplicas", 1},
                            {"availableReplicas", 1}};
      });
      cluster.compact();
    });
    CHECK_FALSE(rig.up().error);
  }
}

TEST_CASE("watches that break while waiting are opened again") {
  Rig rig({"kong"});
  for (int second = 1; second <= 20; ++second)
    rig.cluster.schedule(second * 1s, [&, second] {
      rig.cluster.end_watches(second % 2 == 0 ? http::Failure::none : http::Failure::reset);
    });
  rig.cluster.when_written("Deployment", "kong", 15s, [](FakeCluster& cluster, const Json&) {
    cluster.edit("Deployment", "gateway", "kong", [](Json& object) {
      object["status"] = {{"observedGeneration", object["metadata"]["generation"]},
                          {"replicas", 1},
                          {"updatedReplicas", 1},
                          {"readyReplicas", 1},
                          {"availableReplicas", 1}};
    });
  });
  CHECK_FALSE(rig.up().error);
}

}  // namespace kforge::tests
