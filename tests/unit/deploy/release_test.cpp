// SPDX-License-Identifier: Apache-2.0
// What a run leaves behind about itself, and how it is brought back.
#include "base/digest.hpp"
#include "base/gzip.hpp"
#include "base/text.hpp"
#include "deploy/names.hpp"
#include "deploy/release_content.hpp"
#include "deploy/release_difference.hpp"
#include "tests/support/catch.hpp"
#include "tests/unit/deploy/rig.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <random>

namespace kforge::tests {
namespace {

using namespace std::chrono_literals;
using deploy::Release;
using deploy::ReleaseStatus;

deploy::UpRequest with_message(const std::string& message) {
  deploy::UpRequest request;
  request.message = message;
  return request;
}

deploy::UpRequest rolling_back() {
  deploy::UpRequest request;
  request.on_failure = deploy::OnFailure::rollback;
  return request;
}

std::vector<ReleaseStatus> statuses(Rig& rig) {
  std::vector<ReleaseStatus> all;
  for (const Release& release : rig.releases()) all.push_back(release.status);
  return all;
}

Release release(int number, ReleaseStatus status, const std::string& hash) {
  Release made;
  made.number = number;
  made.status = status;
  made.hash = hash;
  return made;
}

Json ready_status(const Json& deployment) {
  const std::int64_t replicas = int_at(deployment, {"spec", "replicas"}, 1);
  return {{"observedGeneration", deployment.at("metadata").at("generation")},
          {"replicas", replicas},
          {"updatedReplicas", replicas},
          {"readyReplicas", replicas},
          {"availableReplicas", replicas}};
}

// Pods of order-service become ready, but for those of an image that is called broken.
void break_broken_images(Rig& rig) {
  rig.cluster.when_written("Deployment", "order-service", 300ms, [](FakeCluster& cluster, const Json& object) {
    if (contains(object.at("spec").dump(), "broken"))
      put_pod(cluster, object, "order-service-broken-1", waiting_container("InvalidImageName", "no such image"));
    else
      cluster.set_status("Deployment", "backend", "order-service", ready_status(object));
  });
}

std::string image_of(const Rig& rig, const std::string& name) {
  const Json deployment = *rig.cluster.find("Deployment", "backend", name);
  return string_at(at_path(deployment, {"spec", "template", "spec", "containers"}).at(0), {"image"});
}

// Everything that the cluster stores about releases, as plain text.
std::string stored_text(const Rig& rig) {
  std::string text, packed;
  for (const Json& secret : rig.cluster.all("Secret")) {
    if (string_at(secret, {"metadata", "labels", deploy::revision_label}).empty()) continue;
    text += secret.at("metadata").dump();
    text += base64_decode(string_at(secret, {"data", "release"}));
    const std::string content = base64_decode(string_at(secret, {"data", "content"}));
    if (!content.empty()) text += gunzip(content, 1'000'000).value_or("");
  }
  return text;
}

}  // namespace

TEST_CASE("an up that changes something is a release: who, why, what, and how it ended") {
  Rig rig;
  rig.origin.user = "ci";
  rig.origin.host = "runner-7";
  rig.origin.commit = "0123456789abcdef";
  rig.origin.url = "https://ci.example.com/42";
  REQUIRE_FALSE(rig.up(with_message("first")).error);
  const Release first = rig.releases().at(0);
  CHECK(first.number == 1);
  CHECK(first.status == ReleaseStatus::deployed);
  CHECK(first.action == "up");
  CHECK(first.by == "ci@runner-7");
  CHECK(first.message == "first");
  CHECK(first.commit == "0123456789abcdef");
  CHECK(first.url == "https://ci.example.com/42");
  CHECK(first.changes.size() == 18);
  CHECK(first.stages.size() == 4);
  CHECK(first.took().value_or(0ms) > 0ms);
}

TEST_CASE("an up that changes nothing is no release and writes nothing") {
  Rig rig;
  rig.up();
  const int writes = rig.cluster.writes().total();
  CHECK(rig.up().finished->outcome == "nothing to do");
  CHECK(rig.cluster.writes().total() == writes);
  CHECK(rig.releases().size() == 1);
}

TEST_CASE("release records are no members of the project: no plan, no status of it sees them") {
  Rig rig;
  rig.up();
  const deploy::PlanResult plan = rig.plan();
  CHECK_FALSE(plan.preview.changes());
  for (const deploy::PlannedObject& object : plan.preview.objects)
    CHECK_FALSE(contains(object.object.name, "kforge.shop.r"));
}

TEST_CASE("a release that failed is recorded with its reason, and nothing to do needs one that did not") {
  Rig rig({"order-service"});
  REQUIRE(rig.up().error);
  const Release failed = rig.releases().at(0);
  CHECK(failed.status == ReleaseStatus::failed);
  CHECK(contains(failed.failure, "backend"));
  rig.cluster.set_status("Deployment", "backend", "order-service",
                         ready_status(*rig.cluster.find("Deployment", "backend", "order-service")));
  REQUIRE_FALSE(rig.up().error);
  CHECK(statuses(rig) == std::vector{ReleaseStatus::deployed, ReleaseStatus::failed});
  CHECK(rig.up().finished->outcome == "nothing to do");
}

TEST_CASE("no secret value is in a record, only digests of one salt") {
  Rig rig;
  rig.up(with_message(std::string("the password is ") + mail_password));
  rig.sample.order_image = "shop/order-service:v2";
  rig.up();
  const std::string text = stored_text(rig);
  CHECK(contains(text, "order-service:v2"));
  const std::string generated = base64_decode(string_at(*rig.cluster.find("Secret", "database", "kforge.shop.values"),
                                                        {"data", "postgres-superuser.password"}));
  REQUIRE(generated.size() > 8);
  for (const std::string& value : {std::string(mail_password), generated})
    for (const std::string& form : {value, base64_encode(value)}) CHECK_FALSE(contains(text, form));
  CHECK(contains(text, "hmac-sha256:"));
  CHECK(rig.releases().at(0).salt == rig.releases().at(1).salt);
}

TEST_CASE("ten releases are kept, and the last one that worked (history-trim)") {
  Rig rig;
  for (int i = 0; i < 12; ++i) {
    rig.sample.order_image = fmt::format("shop/order-service:v{}", i);
    REQUIRE_FALSE(rig.up().error);
  }
  std::vector<Release> releases = rig.releases();
  REQUIRE(releases.size() == 10);
  CHECK(releases.front().number == 12);
  CHECK(releases.back().number == 3);
  for (const Json& secret : rig.cluster.all("Secret")) {
    const int number = std::atoi(string_at(secret, {"metadata", "labels", deploy::revision_label}, "12").c_str());
    CHECK(number >= 3);  // the pieces of old releases are gone, too
  }
}

TEST_CASE("the last release that worked is kept however many failed after it") {
  deploy::History history;
  for (int number = 14; number >= 1; --number)
    history.heads.push_back({number, number == 2 ? ReleaseStatus::deployed : ReleaseStatus::failed, ""});
  REQUIRE(history.last_good() != nullptr);
  CHECK(history.last_good()->number == 2);
  CHECK_FALSE(history.settled());
  CHECK(history.next_number() == 15);
}

TEST_CASE("what a rollback goes back to is never trimmed, however many failed after it (history-trim)") {
  Rig rig({"order-service"});
  break_broken_images(rig);
  REQUIRE_FALSE(rig.up().error);
  for (int i = 0; i < 11; ++i) {
    rig.sample.order_image = fmt::format("shop/order-service:broken-{}", i);
    REQUIRE(rig.up().error);
  }
  CHECK(rig.releases().size() == 11);  // the ten newest, which failed, and the one before them
  CHECK(rig.rollback_preview().target.number == 1);
  rig.sample.order_image = "shop/order-service:v2";
  REQUIRE_FALSE(rig.up().error);
  CHECK(rig.releases().size() == 11);
  CHECK(rig.rollback_preview().target.number == 1);
}

TEST_CASE("a rollback without a number skips what failed and what is the same (rollback-skips-failed)") {
  using enum ReleaseStatus;
  const std::vector<Release> releases{release(5, failed, "e"), release(4, failed, "d"), release(3, deployed, "c"),
                                      release(2, deployed, "b")};
  CHECK(deploy::choose_target(releases, 0).number == 3);
  CHECK(deploy::choose_target(releases, 2).number == 2);
  CHECK(deploy::choose_target(releases, 4).number == 4);
  const std::vector<Release> same{release(3, deployed, "a"), release(2, deployed, "a"), release(1, deployed, "b")};
  CHECK(deploy::choose_target(same, 0).number == 1);
  CHECK_THROWS_WITH(deploy::choose_target({release(1, deployed, "a")}, 0), Catch::Contains("no earlier release"));
  CHECK_THROWS_WITH(deploy::choose_target({}, 0), Catch::Contains("nothing has been released"));
  CHECK_THROWS_WITH(deploy::choose_target(same, 9), Catch::Contains("there is no release 9"));
}

TEST_CASE("a rollback brings image and configuration back as a new release") {
  Rig rig;
  rig.up();
  rig.sample.order_image = "shop/order-service:v2";
  rig.sample.settings = {{"LOG_LEVEL", "debug"}};
  rig.up();
  const deploy::RollbackPreview preview = rig.rollback_preview();
  CHECK(preview.target.number == 1);
  CHECK(preview.plan.preview.changes());
  const Ended back = rig.rollback();
  REQUIRE_FALSE(back.error);
  CHECK(image_of(rig, "order-service") == "shop/order-service:v1");
  CHECK(string_at(*rig.cluster.find("ConfigMap", "backend", "order-service-config-0a1b2c3d"), {"data", "LOG_LEVEL"}) ==
        "info");
  const Release newest = rig.releases().at(0);
  CHECK(newest.number == 3);
  CHECK(newest.action == "rollback");
  CHECK(newest.brings_back == 1);
}

TEST_CASE("a rollback of a rollback is where it started, and up finds nothing to do there") {
  Rig rig;
  rig.up();
  rig.sample.order_image = "shop/order-service:v2";
  rig.up();
  const auto before = rig.state();
  REQUIRE_FALSE(rig.rollback().error);
  REQUIRE_FALSE(rig.rollback().error);
  const auto after = rig.state();
  CHECK(after.size() == before.size());
  for (const auto& [name, object] : before) {
    INFO(name);
    CHECK(after.at(name) == object);
  }
  CHECK(rig.up().finished->outcome == "nothing to do");
}

TEST_CASE("whatever two releases differ in, a rollback of a rollback is where it started") {
  std::mt19937 dice(5);
  const auto change = [&dice](Sample& sample) {
    sample.order_image = fmt::format("shop/order-service:v{}", dice() % 3);
    sample.product_image = fmt::format("shop/product-service:v{}", dice() % 3);
    sample.product_replicas = static_cast<int>(1 + dice() % 3);
    sample.autoscaled = dice() % 2 == 0;
    sample.settings = {{"LOG_LEVEL", fmt::format("{}", dice() % 3)}};
    if (dice() % 2 == 0) sample.settings["MORE"] = "x";
    sample.more.clear();
    for (const char* name : {"one", "two"})
      if (dice() % 2 == 0) sample.more.push_back(object(project::Tier::backend, config_map("backend", name)));
  };
  for (int i = 0; i < 20; ++i) {
    Rig rig;
    change(rig.sample);
    REQUIRE_FALSE(rig.up().error);
    change(rig.sample);
    REQUIRE_FALSE(rig.up().error);
    if (rig.releases().size() < 2 || rig.releases().at(0).hash == rig.releases().at(1).hash) continue;
    const auto before = rig.state();
    REQUIRE_FALSE(rig.rollback(1).error);
    REQUIRE_FALSE(rig.rollback(2).error);
    INFO("case " << i);
    // What only the older release has came back with it, and stays until the next `up`: a rollback deletes nothing.
    const auto between = rig.state();
    for (const auto& [name, object] : before) {
      INFO(name);
      if (!contains(name, "kforge.shop")) CHECK(between.at(name) == object);
    }
    REQUIRE_FALSE(rig.up().error);
    CHECK(rig.state() == before);
  }
}

TEST_CASE("a rollback leaves Jobs, volumes and the replicas of autoscalers alone") {
  Rig rig;
  rig.up();
  rig.sample.order_image = "shop/order-service:v2";
  rig.up();
  rig.cluster.edit("Deployment", "backend", "order-service", [](Json& object) { object["spec"]["replicas"] = 4; });
  const std::size_t first = rig.requests();
  REQUIRE_FALSE(rig.rollback().error);
  for (const std::string& line : rig.lines(first)) {
    const bool writes = !line.starts_with("GET") && !contains(line, "dryRun=All");
    CHECK_FALSE((writes && (contains(line, "/jobs/") || contains(line, "/persistentvolumeclaims/"))));
  }
  CHECK(int_at(*rig.cluster.find("Deployment", "backend", "order-service"), {"spec", "replicas"}) == 4);
}

TEST_CASE("a rollback of one service leaves the others, and is recorded as the whole project") {
  Rig rig;
  rig.up();
  rig.sample.order_image = "shop/order-service:v2";
  rig.sample.product_image = "shop/product-service:v2";
  rig.up();
  deploy::UpRequest only;
  only.services = {"product-service"};
  REQUIRE_FALSE(rig.rollback(1, only).error);
  CHECK(image_of(rig, "product-service") == "shop/product-service:v1");
  CHECK(image_of(rig, "order-service") == "shop/order-service:v2");
  REQUIRE_FALSE(rig.rollback(3).error);
  CHECK(image_of(rig, "order-service") == "shop/order-service:v2");
}

TEST_CASE("a secret value that nobody knows any more is replaced by today's, and that is said") {
  Rig rig;
  rig.up();
  rig.sample.order_image = "shop/order-service:v2";
  rig.up();
  rig.cluster.edit("Secret", "backend", "mail-44444444",
                   [](Json& object) { object["data"]["password"] = base64_encode("another-value-of-today"); });
  const deploy::RollbackPreview preview = rig.rollback_preview();
  REQUIRE(preview.remarks.size() >= 1);
  CHECK(contains(join(preview.remarks, "\n"), "Secret backend/mail-44444444: what 'password' held then is not known"));
  rig.cluster.remove("Secret", "backend", "mail-44444444");
  const Ended back = rig.rollback();
  REQUIRE(back.error);
  CHECK(back.error->kind == ErrorKind::not_found);
  CHECK(contains(back.error->what(), "the value of 'password' in Secret backend/mail-44444444 is not known any more"));
}

TEST_CASE("a project that keeps secret values in its releases gets them back when no Secret has them any more") {
  Rig rig;
  rig.project.releases.keep_secret_values = true;
  rig.up();
  rig.sample.order_image = "shop/order-service:v2";
  rig.up();
  CHECK(contains(stored_text(rig), base64_encode(mail_password)));
  rig.cluster.remove("Secret", "backend", "mail-44444444");
  const deploy::RollbackPreview preview = rig.rollback_preview();
  CHECK_FALSE(contains(join(preview.remarks, "\n"), "not known"));
  const Ended back = rig.rollback();
  REQUIRE_FALSE(back.error);
  CHECK_FALSE(contains(back.told.text(), mail_password));
  CHECK(string_at(*rig.cluster.find("Secret", "backend", "mail-44444444"), {"data", "password"}) ==
        base64_encode(mail_password));
}

TEST_CASE("kept values are no part of what a release is, and go with the key that asks for them") {
  Rig rig;
  rig.up();
  rig.sample.order_image = "shop/order-service:v2";
  rig.project.releases.keep_secret_values = true;
  rig.up();
  rig.sample.order_image = "shop/order-service:v1";
  rig.up();
  CHECK(rig.releases().at(0).hash == rig.releases().at(2).hash);
  rig.project.releases.keep_secret_values = false;
  rig.sample.product_image = "shop/product-service:v2";
  deploy::UpRequest only;
  only.services = {"product-service"};
  rig.up(only);
  rig.cluster.remove("Secret", "backend", "mail-44444444");
  CHECK(rig.rollback(4).error);
  CHECK_FALSE(rig.rollback(3).error);
}

TEST_CASE("a release of one service keeps the secret values of the others, too") {
  Rig rig;
  rig.project.releases.keep_secret_values = true;
  rig.up();
  rig.sample.product_image = "shop/product-service:v2";
  deploy::UpRequest only;
  only.services = {"product-service"};
  REQUIRE_FALSE(rig.up(only).error);
  rig.cluster.remove("Secret", "backend", "mail-44444444");
  REQUIRE_FALSE(rig.rollback(2).error);
  CHECK(rig.cluster.find("Secret", "backend", "mail-44444444"));
}

TEST_CASE("a bad rollout with --on-failure rollback ends with the last good release and its own code (auto-rollback)") {
  Rig rig({"order-service"});
  break_broken_images(rig);
  REQUIRE_FALSE(rig.up().error);
  rig.sample.order_image = "shop/order-service:broken";
  const Ended run = rig.up(rolling_back());
  REQUIRE(run.error);
  CHECK(run.error->kind == ErrorKind::failed_and_rolled_back);
  CHECK(run.told.all<deploy::Diagnosis>().size() == 1);
  CHECK(run.told.all<deploy::Started>().size() == 1);
  REQUIRE(run.told.all<deploy::Finished>().size() == 1);
  CHECK(run.told.all<deploy::Finished>().at(0).exit_code == 22);
  CHECK(image_of(rig, "order-service") == "shop/order-service:v1");
  CHECK(statuses(rig) == std::vector{ReleaseStatus::deployed, ReleaseStatus::rolled_back, ReleaseStatus::deployed});
}

TEST_CASE("a first deploy that fails stays for everybody to look at, also with --on-failure rollback") {
  Rig rig({"order-service"});
  const Ended run = rig.up(rolling_back());
  REQUIRE(run.error);
  CHECK(run.error->kind != ErrorKind::failed_and_rolled_back);
  CHECK(rig.cluster.find("Deployment", "backend", "order-service"));
}

TEST_CASE("kubectl's rollout history names the release: only of workloads whose pods are replaced") {
  Rig rig;
  rig.up(with_message("first"));
  rig.sample.order_image = "shop/order-service:v2";
  rig.up(with_message("second"));
  const auto cause = [&](const std::string& name) {
    return string_at(*rig.cluster.find("Deployment", "backend", name),
                     {"metadata", "annotations", deploy::change_cause_annotation});
  };
  CHECK(cause("order-service") == "kforge r2: second");
  CHECK(cause("product-service") == "kforge r1: first");
  CHECK(rig.up().finished->outcome == "nothing to do");
}

TEST_CASE("a content that one Secret cannot hold is cut into pieces and put together again") {
  Rig rig;
  Json large = config_map("backend", "large");
  for (int i = 0; i < 4; ++i) large["data"][fmt::format("part-{}", i)] = random_alphanumeric(400'000);
  rig.sample.more = {object(project::Tier::backend, large)};
  REQUIRE_FALSE(rig.up().error);
  CHECK(rig.releases().at(0).parts == 2);
  for (const Json& secret : rig.cluster.all("Secret"))
    CHECK(base64_decode(string_at(secret, {"data", "content"})).size() < 1024UL * 1024);
  rig.sample.order_image = "shop/order-service:v2";
  rig.up();
  REQUIRE_FALSE(rig.rollback().error);
  CHECK(image_of(rig, "order-service") == "shop/order-service:v1");
}

TEST_CASE("down --delete-data takes the releases with it, down keeps them") {
  Rig rig;
  rig.up();
  REQUIRE_FALSE(rig.down().error);
  CHECK(rig.releases().size() == 1);
  deploy::DownRequest everything;
  everything.data = deploy::Data::remove;
  REQUIRE_FALSE(rig.down(everything).error);
  CHECK(rig.releases().empty());
}

TEST_CASE("two releases compare by fields, secrets by digests, and objects named by their content as one") {
  const auto content = [](const std::string& image, const std::string& map, const std::string& password) {
    render::Rendered rendered;
    Json config = config_map("backend", map);
    config["data"] = {{"KEY", map}};
    rendered.objects.push_back(object(project::Tier::backend, config, "order-service"));
    rendered.objects.push_back(
        object(project::Tier::backend, deployment("backend", "order-service", image), "order-service"));
    Json secret = {{"apiVersion", "v1"},
                   {"kind", "Secret"},
                   {"metadata", {{"name", "mail"}, {"namespace", "backend"}}},
                   {"stringData", {{"password", password}}}};
    rendered.objects.push_back(object(project::Tier::backend, secret));
    return deploy::without_values(rendered, "salt");
  };
  const deploy::Preview preview = deploy::release_difference(content("web:v1", "config-00000001", "first-password"),
                                                             content("web:v2", "config-00000002", "other-password"));
  REQUIRE(preview.objects.size() == 3);
  CHECK(preview.count(deploy::Category::create) == 1);
  CHECK(preview.count(deploy::Category::restart) == 1);
  CHECK(preview.count(deploy::Category::update) == 1);
  CHECK(preview.count(deploy::Category::remove) == 0);
  for (const deploy::PlannedObject& each : preview.objects) {
    if (each.object.kind.kind == "ConfigMap") CHECK(each.replaces == "config-00000001");
    if (each.object.kind.kind != "Secret") continue;
    REQUIRE(each.fields.size() == 1);
    CHECK(each.fields[0].before.get<std::string>().size() == 9);
    CHECK(each.fields[0].before != each.fields[0].after);
  }
  CHECK_FALSE(
      deploy::release_difference(content("web:v1", "config-1", "a"), content("web:v1", "config-1", "a")).changes());
}

}  // namespace kforge::tests
