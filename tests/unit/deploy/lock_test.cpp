// SPDX-License-Identifier: Apache-2.0
// The deploy lock: who gets it, who waits, who takes over from whom, and who stops.
#include "deploy/lock.hpp"

#include "base/text.hpp"
#include "tests/fakes/fake_api.hpp"
#include "tests/fakes/fake_processes.hpp"
#include "tests/support/catch.hpp"
#include "tests/unit/deploy/rig.hpp"

namespace kforge::tests {
namespace {

using namespace std::chrono_literals;
using deploy::Lock;
using deploy::LockOptions;

// Two runs beside each other on one cluster.
struct Runner {
  Runner(FakeCluster& cluster, FakeClock& clock, const std::string& user)
      : client(cluster, clock, processes, cluster.access(), environment, false) {
    origin = {.user = user,
              .host = "runner",
              .url = "https://ci/" + user,
              .commit = {},
              .branch = {},
              .process = "process of " + user};
  }
  FakeProcesses processes;
  Environment environment;
  kube::Client client;
  deploy::Origin origin;
  Recorder told;
};

struct Table {
  FakeClock clock;
  FakeCluster cluster{clock};
  project::Project project = Sample::project();
  deploy::ApplySet set = deploy::applyset_of(project);
  Runner anna{cluster, clock, "anna"}, ci{cluster, clock, "ci"};
  deploy::Session session_of_anna = session(anna), session_of_ci = session(ci);

  Table() { cluster.put({{"apiVersion", "v1"}, {"kind", "Namespace"}, {"metadata", {{"name", "database"}}}}); }
  deploy::Session session(Runner& runner) {
    return deploy::Session({runner.client, clock, project, runner.environment, runner.told, runner.origin}, 15min);
  }
  Lock lock(deploy::Session& session, LockOptions options = {}) {
    return Lock(session, set,
                {.operation = "up", .by = {}, .message = "the message", .url = {}, .revision = "13", .process = {}},
                options);
  }
  Json lease() const { return cluster.find("Lease", "database", "kforge-shop").value_or(Json()); }
  std::string holder() const { return string_at(lease(), {"spec", "holderIdentity"}); }
  std::optional<Error> refused(Lock& lock) {
    try {
      lock.acquire();
    } catch (const Error& error) {
      return error;
    }
    return std::nullopt;
  }
  // Lets the holder wait, as for a rollout.
  void work(deploy::Session& session, Milliseconds length) {
    const Clock::time_point until = clock.now() + length;
    session.run_until([&] { return clock.now() >= until; }, [&] { return until; });
  }
};

void write_something(deploy::Session& session) {
  deploy::RequestGroup group(session);
  group.send(kube::apply_request(*schema::Table::embedded().find(schema::kind_name("v1", "ConfigMap")),
                                 config_map("database", "something"), {}),
             [](const kube::ApiResult&) {});
  group.finish("writing");
}

}  // namespace

TEST_CASE("the lock says who holds it, for what, since when and where to look") {
  Table table;
  Lock lock = table.lock(table.session_of_ci);
  CHECK(lock.acquire() == Lock::Met::nobody);
  const Json lease = table.lease();
  CHECK(string_at(lease, {"spec", "holderIdentity"}).starts_with("ci@runner:"));
  CHECK(int_at(lease, {"spec", "leaseDurationSeconds"}) == 60);
  CHECK(string_at(lease, {"spec", "acquireTime"}).ends_with("Z"));
  CHECK(string_at(lease, {"metadata", "annotations", "kforge.dev/operation"}) == "up");
  CHECK(string_at(lease, {"metadata", "annotations", "kforge.dev/by"}) == "ci@runner");
  CHECK(string_at(lease, {"metadata", "annotations", "kforge.dev/url"}) == "https://ci/ci");
  CHECK(string_at(lease, {"metadata", "annotations", "kforge.dev/revision"}) == "13");
}

TEST_CASE("the end of the scope frees the lock, and the Lease stays") {
  Table table;
  { table.lock(table.session_of_ci).acquire(); }
  CHECK(table.lease().is_object());
  CHECK(table.holder().empty());
  Lock next = table.lock(table.session_of_anna);
  CHECK(next.acquire() == Lock::Met::nobody);
  CHECK(int_at(table.lease(), {"spec", "leaseTransitions"}) == 1);
}

TEST_CASE("whoever meets a held lock is told everything about its holder and ends at once (lock-contention)") {
  Table table;
  Lock held = table.lock(table.session_of_ci);
  held.acquire();
  table.work(table.session_of_ci, 42s);
  const Clock::time_point start = table.clock.now();
  Lock second = table.lock(table.session_of_anna);
  const auto error = table.refused(second);
  REQUIRE(error);
  CHECK(error->kind == ErrorKind::lock_held);
  CHECK(std::string(error->what()) == "project 'shop' is locked: ci@runner runs `up` (release 13)");
  CHECK(contains(error->cause, "since 42s ago"));
  CHECK(contains(error->cause, "https://ci/ci"));
  CHECK(contains(error->cause, "message: the message"));
  CHECK(contains(error->advice, "--lock-wait"));
  CHECK(table.clock.now() - start < 1s);
  CHECK(table.holder().starts_with("ci@runner:"));
}

TEST_CASE("with leave to wait, the lock is taken when its holder frees it, and others were there meanwhile") {
  Table table;
  Lock held = table.lock(table.session_of_ci);
  held.acquire();
  table.cluster.schedule(90s, [&] {
    table.cluster.edit("Lease", "database", "kforge-shop", [](Json& lease) { lease["spec"]["holderIdentity"] = ""; });
  });
  const auto keep_alive = [&] {
    table.cluster.edit("Lease", "database", "kforge-shop", [&](Json& lease) {
      lease["spec"]["renewTime"] = format_rfc3339_micro(table.clock.wall_time());
    });
  };
  for (int second = 15; second < 90; second += 15) table.cluster.schedule(std::chrono::seconds(second), keep_alive);
  Lock second = table.lock(table.session_of_anna, {.use = true, .wait = 10min});
  const Clock::time_point start = table.clock.now();
  CHECK(second.acquire() == Lock::Met::others);
  CHECK(table.clock.now() - start >= 90s);
  CHECK(table.clock.now() - start < 95s);
  CHECK(table.session_of_anna.deadline() - start >= 15min + 90s);
}

TEST_CASE("patience ends: the holder is shown and nothing was taken") {
  Table table;
  Lock held = table.lock(table.session_of_ci);
  held.acquire();
  for (int second = 10; second < 200; second += 10)
    table.cluster.schedule(std::chrono::seconds(second), [&] { table.session_of_ci.pump(table.clock.now()); });
  Lock second = table.lock(table.session_of_anna, {.use = true, .wait = 2min});
  const Clock::time_point start = table.clock.now();
  REQUIRE(table.refused(second));
  CHECK(table.clock.now() - start >= 2min);
  CHECK(table.clock.now() - start < 130s);
  CHECK(table.holder().starts_with("ci@runner:"));
}

TEST_CASE(
    "a dead holder's lock is taken over after a minute without a heartbeat, whatever its clock said "
    "(lock-expiry-skew)") {
  for (const auto skew : {0min, 10min, -10min}) {
    Table table;
    table.cluster.put({{"apiVersion", "coordination.k8s.io/v1"},
                       {"kind", "Lease"},
                       {"metadata", {{"name", "kforge-shop"}, {"namespace", "database"}}},
                       {"spec",
                        {{"holderIdentity", "ci@elsewhere:1"},
                         {"leaseDurationSeconds", 60},
                         {"renewTime", format_rfc3339_micro(table.clock.wall_time() + skew)}}}});
    Lock lock = table.lock(table.session_of_anna, {.use = true, .wait = 5min});
    const Clock::time_point start = table.clock.now();
    CHECK(lock.acquire() == Lock::Met::others);
    CHECK(table.clock.now() - start >= 60s);
    CHECK(table.clock.now() - start < 63s);
    CHECK(contains(table.anna.told.text(), "took over the deploy lock of ci@elsewhere:1"));
  }
}

TEST_CASE("a lock that looks abandoned is watched for a minute even without leave to wait") {
  Table table;
  const auto abandoned = [&](bool alive) {
    table.cluster.put({{"apiVersion", "coordination.k8s.io/v1"},
                       {"kind", "Lease"},
                       {"metadata", {{"name", "kforge-shop"}, {"namespace", "database"}}},
                       {"spec",
                        {{"holderIdentity", "ci@elsewhere:1"},
                         {"leaseDurationSeconds", 60},
                         {"renewTime", format_rfc3339_micro(table.clock.wall_time() - 5min)}}}});
    if (alive)
      table.cluster.schedule(20s, [&] {
        table.cluster.edit("Lease", "database", "kforge-shop", [&](Json& lease) {
          lease["spec"]["renewTime"] = format_rfc3339_micro(table.clock.wall_time());
        });
      });
  };
  abandoned(true);
  {
    Lock lock = table.lock(table.session_of_anna);
    CHECK(table.refused(lock));
  }
  abandoned(false);
  Lock lock = table.lock(table.session_of_anna);
  CHECK_FALSE(table.refused(lock));
}

TEST_CASE("a holder whose process has ended on this machine is dead at once") {
  Table table;
  Lock held = table.lock(table.session_of_ci);
  held.acquire();
  table.anna.origin.has_ended = [](const std::string& process) { return process == "process of ci"; };
  deploy::Session session = table.session(table.anna);
  Lock lock = table.lock(session);
  const Clock::time_point start = table.clock.now();
  CHECK(lock.acquire() == Lock::Met::others);
  CHECK(table.clock.now() - start < 1s);
}

TEST_CASE("heartbeats keep the lock during a long rollout") {
  Table table;
  Lock held = table.lock(table.session_of_ci);
  held.acquire();
  table.work(table.session_of_ci, 10min);
  const auto renewed = parse_rfc3339(string_at(table.lease(), {"spec", "renewTime"}));
  REQUIRE(renewed);
  CHECK(table.clock.wall_time() - *renewed < 16s);
  CHECK_NOTHROW(write_something(table.session_of_ci));
}

TEST_CASE("a holder that was robbed stops before its next write, and leaves the thief's lock alone (lock-stolen)") {
  Table table;
  {
    Lock held = table.lock(table.session_of_ci);
    held.acquire();
    const deploy::LockRecord found = read_lock(table.session_of_anna, table.set);
    unlock(table.session_of_anna, table.set, found, deploy::Force::yes);
    Lock thief = table.lock(table.session_of_anna);
    thief.acquire();
    thief.leave();
    CHECK_THROWS_WITH(table.work(table.session_of_ci, 16s), Catch::Contains("the deploy lock of 'shop' was lost"));
    CHECK_THROWS_AS(write_something(table.session_of_ci), Error);
    CHECK_FALSE(table.cluster.find("ConfigMap", "database", "something"));
  }
  CHECK(table.holder().starts_with("anna@runner:"));
}

TEST_CASE("without an answer for forty seconds nothing is written any more") {
  Table table;
  Lock held = table.lock(table.session_of_ci);
  held.acquire();
  table.cluster.respond([](const Received& received) -> std::optional<Reply> {
    if (!contains(received.request.path, "/leases/")) return std::nullopt;
    return Reply::failed(http::Failure::reset);
  });
  CHECK_NOTHROW(table.work(table.session_of_ci, 39s));
  CHECK_NOTHROW(write_something(table.session_of_ci));
  CHECK_THROWS_AS(table.work(table.session_of_ci, 2s), Error);
  CHECK_THROWS_AS(write_something(table.session_of_ci), Error);
}

TEST_CASE("a run that slept through its lock notices before it writes") {
  Table table;
  Lock held = table.lock(table.session_of_ci);
  held.acquire();
  table.clock.advance(41s);
  CHECK_THROWS_AS(write_something(table.session_of_ci), Error);
}

TEST_CASE("a lost answer to taking or renewing the lock is no conflict with somebody else") {
  Table table;
  int lost = 0;
  table.cluster.respond([&](const Received& received) -> std::optional<Reply> {
    if (received.request.method != "POST" || !contains(received.request.path, "/leases") || lost++ > 0)
      return std::nullopt;
    table.cluster.put(received.json());
    return Reply::failed(http::Failure::reset);
  });
  Lock held = table.lock(table.session_of_ci);
  held.acquire();
  CHECK(held.held());
  table.cluster.edit("Lease", "database", "kforge-shop", [](Json& lease) { lease["metadata"]["labels"]["a"] = "b"; });
  table.work(table.session_of_ci, 60s);
  CHECK(held.held());
  CHECK_NOTHROW(write_something(table.session_of_ci));
}

TEST_CASE("a project locked by hand stays locked until somebody unlocks it") {
  Table table;
  lock_by_hand(table.session_of_anna, table.set, "no deploys on friday");
  table.clock.advance(72h);
  deploy::Session later = table.session(table.ci);
  Lock lock = table.lock(later);
  const auto error = table.refused(lock);
  REQUIRE(error);
  CHECK(std::string(error->what()) == "project 'shop' is locked: anna@runner locked it by hand");
  CHECK(contains(error->cause, "no deploys on friday"));
  CHECK(contains(error->advice, "kforge unlock"));
  unlock(later, table.set, read_lock(later, table.set), deploy::Force::no);
  Lock next = table.lock(later);
  CHECK_FALSE(table.refused(next));
}

TEST_CASE("a run that is alive is not unlocked without force; a dead one is, after a look") {
  Table table;
  Lock held = table.lock(table.session_of_ci);
  held.acquire();
  const auto found = read_lock(table.session_of_anna, table.set);
  CHECK_THROWS_WITH(unlock(table.session_of_anna, table.set, found, deploy::Force::no),
                    Catch::Contains("project 'shop' is being deployed: ci@runner runs `up`"));
  CHECK(table.holder().starts_with("ci@runner:"));
  table.clock.advance(2min);
  unlock(table.session_of_anna, table.set, found, deploy::Force::no);
  CHECK(table.holder().empty());
}

TEST_CASE("an account without rights to Leases is told what to grant, and --no-lock asks for none") {
  Table table;
  for (const char* verb : {"get", "create", "update"}) table.cluster.forbid(verb, "leases");
  Lock lock = table.lock(table.session_of_ci);
  const auto error = table.refused(lock);
  REQUIRE(error);
  CHECK(error->kind == ErrorKind::forbidden);
  CHECK(contains(error->advice, "--no-lock"));
  Lock none = table.lock(table.session_of_ci, {.use = false, .wait = {}});
  CHECK_FALSE(table.refused(none));
  CHECK_NOTHROW(write_something(table.session_of_ci));
}

TEST_CASE("up and down take the lock while they write, and leave it free") {
  Rig rig;
  rig.locks = true;
  REQUIRE_FALSE(rig.up().error);
  const auto lease = [&] { return *rig.cluster.find("Lease", "database", "kforge-shop"); };
  CHECK(string_at(lease(), {"metadata", "annotations", "kforge.dev/operation"}) == "up");
  CHECK(string_at(lease(), {"spec", "holderIdentity"}).empty());
  const int writes = rig.cluster.writes().total();
  CHECK(rig.up().finished->outcome == "nothing to do");
  CHECK(rig.cluster.writes().total() == writes);
  REQUIRE_FALSE(rig.down().error);
  CHECK(string_at(lease(), {"metadata", "annotations", "kforge.dev/operation"}) == "down");
  CHECK(string_at(lease(), {"spec", "holderIdentity"}).empty());
}

TEST_CASE("up does not touch a project that somebody locked, and frees the lock when it fails") {
  Rig rig;
  rig.locks = true;
  REQUIRE_FALSE(rig.up().error);
  rig.cluster.edit("Lease", "database", "kforge-shop", [&](Json& lease) {
    lease["spec"]["holderIdentity"] = "ci@elsewhere:1";
    lease["spec"]["leaseDurationSeconds"] = 60;
    lease["spec"]["renewTime"] = format_rfc3339_micro(rig.clock.wall_time());
  });
  rig.sample.product_image = "shop/product-service:v2";
  const Ended refused = rig.up();
  REQUIRE(refused.error);
  CHECK(refused.error->kind == ErrorKind::lock_held);
  CHECK(rig.cluster.find("Deployment", "backend", "product-service")->dump().find("product-service:v1") !=
        std::string::npos);
  rig.cluster.edit("Lease", "database", "kforge-shop", [](Json& lease) { lease["spec"]["holderIdentity"] = ""; });
  rig.cluster.refuse("Deployment", "product-service", Reply::status_error(422, "Invalid", "no"));
  REQUIRE(rig.up().error);
  CHECK(string_at(*rig.cluster.find("Lease", "database", "kforge-shop"), {"spec", "holderIdentity"}).empty());
}

}  // namespace kforge::tests
