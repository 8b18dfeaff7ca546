// SPDX-License-Identifier: Apache-2.0
// Commands that change what runs: scale, restart, set image, autoscale, stop, start, pause, resume.
#include "base/text.hpp"
#include "os/files.hpp"
#include "tests/cli/world.hpp"
#include "tests/support/catch.hpp"

using namespace kforge;
using namespace std::chrono_literals;
using namespace nlohmann::literals;
using tests::World;

namespace {

constexpr std::string_view text =
    "apiVersion: kforge.dev/v1\n"
    "project: shop\n"
    "services:\n"
    "  # the busy one\n"
    "  order-service: {image: \"order-service:v1.0.0\", port: 8001, replicas: 2}  # fixed\n"
    "  order-worker: {image: \"order-worker:v1.0.0\", port: 8003, replicas: 1}\n"
    "  product-service: {image: \"product-service:v1.0.0\", port: 8000}\n"
    "environments:\n"
    "  prod: {}\n";

// A project that is deployed: two services of a fixed size, one with an autoscaler from 2 to 5.
struct Deployed : World {
  explicit Deployed(std::set<std::string> stuck = {}) {
    write_project(text);
    cluster.make_ready_after(1s, std::move(stuck));
    REQUIRE(run({"up", "--no-wait"}) == 0);
    clock.advance(5s);
  }
  Json live(const std::string& kind, const std::string& name) const {
    return cluster.find(kind, "backend", name).value();
  }
  int replicas(const std::string& name) const { return live("Deployment", name)["/spec/replicas"_json_pointer]; }
  std::string image(const std::string& name) const {
    return live("Deployment", name)["/spec/template/spec/containers/0/image"_json_pointer];
  }
  // Newest first.
  Json releases() {
    CHECK(run({"history", "-o", "json"}) == 0);
    return out_json()["releases"];
  }
  std::string file() const { return read_file(dir.path() + "/kforge.yaml").value_or(""); }
  bool says(std::string_view part) const { return err().find(part) != std::string::npos; }
};

}  // namespace

TEST_CASE("scale sets a number, waits for it, and says what the next up does") {
  Deployed shop;
  CHECK(shop.run({"scale", "order-service=3"}) == 0);
  INFO(shop.err());
  CHECK(shop.replicas("order-service") == 3);
  CHECK(shop.says("replicas 2 -> 3"));
  CHECK(shop.says("backend ready: order-service 3/3"));
  CHECK(shop.says("note: the next `kforge up` sets order-service back to 2 pods (kforge.yaml:5)"));
  CHECK(shop.run({"up", "--no-wait"}) == 0);
  CHECK(shop.replicas("order-service") == 2);
}

TEST_CASE("scale counts from what runs, takes several services, and takes PM2's form") {
  Deployed shop;
  CHECK(shop.run({"scale", "order-service=+2", "order-w=2"}) == 0);
  CHECK(shop.replicas("order-service") == 4);
  CHECK(shop.replicas("order-worker") == 2);
  CHECK(shop.run({"scale", "order-service=-1"}) == 0);
  CHECK(shop.replicas("order-service") == 3);
  CHECK(shop.run({"scale", "order-service", "5"}) == 0);
  CHECK(shop.replicas("order-service") == 5);
  const int writes = shop.cluster.writes().updates;
  CHECK(shop.run({"scale", "order-service=5"}) == 0);
  CHECK(shop.cluster.writes().updates == writes);
  CHECK(shop.says("nothing to do"));
}

TEST_CASE("scale with an autoscaler moves its bounds, so that it agrees") {
  Deployed shop;
  CHECK(shop.run({"scale", "product-service=7"}) == 0);
  INFO(shop.err());
  const Json spec = shop.live("HorizontalPodAutoscaler", "product-service")["spec"];
  CHECK(spec["minReplicas"] == 7);
  CHECK(spec["maxReplicas"] == 7);
  CHECK(shop.replicas("product-service") == 7);
  CHECK(shop.says("autoscaler 2..5 -> 7..7"));
  CHECK(shop.says("note: the next `kforge up` sets the autoscaler of product-service back to 2..5"));
}

TEST_CASE("scale to nothing asks first, and never gets there by counting") {
  Deployed shop;
  CHECK(shop.run({"scale", "order-service=0"}) == 40);
  CHECK(shop.says("scale order-service to 0 pods needs confirmation"));
  CHECK(shop.run({"scale", "order-service=-2"}) == 40);
  CHECK(shop.says("would leave none"));
  CHECK(shop.replicas("order-service") == 2);
  CHECK(shop.run({"scale", "order-service=0", "--yes"}) == 0);
  CHECK(shop.replicas("order-service") == 0);
}

TEST_CASE("scale refuses what is no number, a service twice, and unknown services") {
  Deployed shop;
  CHECK(shop.run({"scale", "order-service=many"}) == 64);
  CHECK(shop.run({"scale", "order-service"}) == 64);
  CHECK(shop.run({"scale", "order-service=1", "order-s=2"}) == 64);
  CHECK(shop.run({"scale"}) == 64);
  CHECK(shop.run({"scale", "ordr-service=1"}) == 15);
  CHECK(shop.says("did you mean 'order-service'?"));
  CHECK(shop.run({"scale", "order=1"}) == 15);
  CHECK(shop.says("'order' may be 'order-service' and 'order-worker'"));
}

TEST_CASE("--save writes the value into kforge.yaml and touches nothing else") {
  Deployed shop;
  CHECK(shop.run({"scale", "order-service=3", "--save"}) == 0);
  INFO(shop.err());
  CHECK(shop.file() == replace_all(std::string(text), "replicas: 2", "replicas: 3"));
  CHECK(shop.says("kforge.yaml says so now"));
  CHECK_FALSE(shop.says("the next `kforge up`"));
  CHECK(shop.run({"scale", "product-service=3", "--save"}) == 0);
  CHECK(shop.file().find("port: 8000, scale: {min: 3, max: 5}}") != std::string::npos);
  CHECK(shop.run({"check"}) == 0);
  CHECK(shop.run({"set", "image", "order-worker=order-worker:v2.0.0", "--save"}) == 0);
  CHECK(shop.file().find("\"order-worker:v2.0.0\"") != std::string::npos);
  CHECK(shop.run({"up", "--no-wait"}) == 0);
  CHECK(shop.replicas("order-service") == 3);
  CHECK(shop.live("HorizontalPodAutoscaler", "product-service")["spec"]["minReplicas"] == 3);
}

TEST_CASE("--save with an environment leaves the others alone") {
  Deployed shop;
  CHECK(shop.run({"-e", "prod", "scale", "order-service=4", "--save"}) == 0);
  INFO(shop.err());
  CHECK(shop.file() == replace_all(std::string(text), "prod: {}", "prod: {services: {order-service: {replicas: 4}}}"));
}

TEST_CASE("--save refuses a value that a variable gives, before anything is changed") {
  Deployed shop;
  shop.write_project(replace_all(std::string(text), "order-service:v1.0.0", "order-service:${TAG:-v1.0.0}"));
  CHECK(shop.run({"set", "image", "order-service=order-service:v2.0.0", "--save"}) == 40);
  CHECK(shop.says("the value comes from a variable"));
  CHECK(shop.live("Deployment", "order-service")["/spec/template/spec/containers/0/image"_json_pointer] ==
        "order-service:v1.0.0");
}

TEST_CASE("set image waits for the new pods and gets the registry of the project") {
  Deployed shop;
  CHECK(shop.run({"set", "image", "order-service=order-service:v2.0.0"}) == 0);
  INFO(shop.err());
  const Json pod = shop.live("Deployment", "order-service")["spec"]["template"]["spec"];
  CHECK(pod["containers"][0]["image"] == "order-service:v2.0.0");
  CHECK(pod["containers"].size() == 1);
  CHECK(shop.says("image v1.0.0 -> v2.0.0"));
  CHECK(shop.says("sets order-service back to the image of kforge.yaml:5"));
  CHECK(shop.run({"set", "image", "order-service=UPPER:v1"}) == 64);
  CHECK(shop.run({"set", "image", "order-service=web"}) == 64);
  CHECK(shop.says("neither tag nor digest"));
}

TEST_CASE("set image that does not work ends as up does, or goes back when told so") {
  Deployed shop({"order-service"});
  CHECK(shop.run({"set", "image", "order-service=order-service:v2", "--timeout", "20s"}) == 21);
  CHECK(shop.says("order-service was not ready in time"));
}

TEST_CASE("restart marks the pods under a manager of its own and leaves up nothing to do") {
  Deployed shop;
  CHECK(shop.run({"restart", "order-service"}) == 0);
  INFO(shop.err());
  const Json marks = shop.live("Deployment", "order-service")["/spec/template/metadata/annotations"_json_pointer];
  CHECK(marks.contains("kubectl.kubernetes.io/restartedAt"));
  CHECK(shop.run({"up", "--no-wait"}) == 0);
  CHECK(shop.says("nothing to do"));
  CHECK(shop.live("Deployment", "order-service")["/spec/template/metadata/annotations"_json_pointer] == marks);
  CHECK(shop.run({"reload"}) == 0);
  CHECK(shop.says("3 to update"));
  CHECK(shop.run({"restart", "--one-by-one", "all"}) == 0);
}

TEST_CASE("stop remembers how many pods there were, start brings them back") {
  Deployed shop;
  REQUIRE(shop.run({"scale", "order-service=4"}) == 0);
  CHECK(shop.run({"stop", "order-service", "product-service"}) == 0);
  INFO(shop.err());
  CHECK(shop.replicas("order-service") == 0);
  CHECK(shop.says("product-service stays stopped through `kforge up`"));
  CHECK(shop.run({"stop", "order-service"}) == 0);
  CHECK(shop.run({"start", "order-service", "product-service"}) == 0);
  CHECK(shop.replicas("order-service") == 4);
  CHECK(shop.replicas("product-service") == 2);
  CHECK_FALSE(
      shop.live("Deployment", "order-service")["metadata"]["annotations"].contains("kforge.dev/stopped-replicas"));
  CHECK(shop.run({"start", "order-service"}) == 0);
  CHECK(shop.says("nothing to do"));
  CHECK(shop.run({"stop"}) == 64);
}

TEST_CASE("autoscale changes the bounds that are given and keeps the rest") {
  Deployed shop;
  CHECK(shop.run({"autoscale", "product-service", "--max", "9", "--cpu", "60"}) == 0);
  INFO(shop.err());
  const Json spec = shop.live("HorizontalPodAutoscaler", "product-service")["spec"];
  CHECK(spec["minReplicas"] == 2);
  CHECK(spec["maxReplicas"] == 9);
  CHECK(spec["/metrics/0/resource/target/averageUtilization"_json_pointer] == 60);
  CHECK(shop.says("back to 2..5 at 80 % CPU"));
  CHECK(shop.run({"autoscale", "product-service", "--min", "9", "--max", "3"}) == 64);
  CHECK(shop.run({"autoscale", "product-service", "--min", "none"}) == 64);
}

TEST_CASE("autoscale gives a service of a fixed size an autoscaler, and --save turns the keys over") {
  Deployed shop;
  CHECK(shop.run({"autoscale", "order-worker", "--min", "2", "--max", "4", "--save"}) == 0);
  INFO(shop.err());
  CHECK(shop.live("HorizontalPodAutoscaler", "order-worker")["spec"]["maxReplicas"] == 4);
  CHECK(shop.replicas("order-worker") == 2);
  CHECK(shop.file().find(
            "order-worker: {image: \"order-worker:v1.0.0\", port: 8003, scale: {min: 2, max: 4, cpu: 80}}") !=
        std::string::npos);
}

TEST_CASE("a paused service refuses changes until it is resumed") {
  Deployed shop;
  CHECK(shop.run({"pause", "order-service"}) == 0);
  CHECK(shop.live("Deployment", "order-service")["spec"]["paused"] == true);
  CHECK(shop.says("`kforge up` refuses to work while order-service is paused"));
  CHECK(shop.run({"set", "image", "order-service=order-service:v2"}) == 40);
  CHECK(shop.says("`kforge resume order-service` first"));
  CHECK(shop.run({"resume", "order-service"}) == 0);
  CHECK(shop.live("Deployment", "order-service")["spec"]["paused"] == false);
  CHECK(shop.run({"set", "image", "order-service=order-service:v2"}) == 0);
}

TEST_CASE("verbs without a deployment and without the right have their exit codes") {
  World world;
  world.write_project(text);
  CHECK(world.run({"restart", "order-service"}) == 15);
  CHECK(world.err().find("'order-service' is not deployed") != std::string::npos);
  Deployed shop;
  shop.cluster.forbid("patch", "deployments");
  CHECK(shop.run({"restart", "order-service"}) == 12);
  CHECK(shop.run({"restart", "order-service", "--no-lock"}) == 12);
}

TEST_CASE("a verb is a release: who did what, and how it ended") {
  Deployed shop({"order-worker"});
  CHECK(shop.run({"scale", "order-s=+2", "product-service=3"}) == 0);
  CHECK(shop.run({"restart", "order-service"}) == 0);
  CHECK(shop.run({"restart", "order-worker", "--timeout", "20s"}) == 21);
  CHECK(shop.run({"scale", "order-service=4"}) == 0);  // as it is
  CHECK(shop.says("nothing to do"));
  const Json releases = shop.releases();
  REQUIRE(releases.size() == 4);
  CHECK(releases[0]["action"] == "restart");
  CHECK(releases[0]["status"] == "failed");
  CHECK(releases[1]["status"] == "deployed");
  CHECK(releases[1]["hash"] == releases[2]["hash"]);
  CHECK(releases[2]["message"] == "order-service=+2 product-service=3");
  CHECK(releases[2]["services"] == Json{"order-service", "product-service"});
  CHECK(releases[2]["changes"].size() == 3);
  CHECK(releases[2]["stages"][0]["tier"] == "backend");
  CHECK(releases[2]["hash"] != releases[3]["hash"]);
  CHECK(shop.run({"history"}) == 0);
  INFO(shop.out());
  CHECK(shop.out().find("scale order-service=+2 product-service=3\n") != std::string::npos);
  CHECK(shop.out().find("restart order-worker\n") != std::string::npos);
}

TEST_CASE("rollback takes set image back, and goes past a restart") {
  Deployed shop;
  REQUIRE(shop.run({"set", "image", "order-service=order-service:v2"}) == 0);
  REQUIRE(shop.run({"restart", "order-service"}) == 0);
  CHECK(shop.live("Deployment", "order-service")["metadata"]["annotations"]["kubernetes.io/change-cause"] ==
        "kforge r3: restart order-service");
  CHECK(shop.run({"rollback", "--yes"}) == 0);
  INFO(shop.err());
  CHECK(shop.image("order-service") == "order-service:v1.0.0");
  CHECK(shop.releases()[0]["bringsBack"] == 1);
  CHECK(shop.run({"up", "--no-wait"}) == 0);
  CHECK(shop.says("nothing to do"));
  CHECK(shop.run({"rollback", "2", "--yes"}) == 0);
  CHECK(shop.image("order-service") == "order-service:v2");
}

TEST_CASE("restarts do not push what a rollback goes back to out of the history") {
  Deployed shop;
  REQUIRE(shop.run({"set", "image", "order-service=order-service:v2"}) == 0);
  for (int i = 0; i < 12; ++i) REQUIRE(shop.run({"restart", "order-service"}) == 0);
  const Json releases = shop.releases();
  CHECK(releases.size() == 11);
  CHECK(releases.back()["release"] == 1);
  CHECK(shop.run({"rollback", "--yes"}) == 0);
  CHECK(shop.image("order-service") == "order-service:v1.0.0");
}

TEST_CASE("a verb after a release that failed does not call the project deployed") {
  Deployed shop({"order-worker"});
  shop.write_project(replace_all(std::string(text), "order-worker:v1.0.0", "order-worker:v2.0.0"));
  REQUIRE(shop.run({"up", "--timeout", "20s"}) == 21);
  CHECK(shop.run({"set", "image", "order-service=order-service:v2"}) == 0);
  const Json newest = shop.releases()[0];
  CHECK(newest["status"] == "failed");
  CHECK(newest["failure"] ==
        "set image order-service=order-service:v2 worked, but r2 before it did not: "
        "`kforge up` makes the whole project work");
  CHECK(shop.run({"rollback", "--dry-run"}) == 0);
  CHECK(shop.out().find("rollback from r3 to r1") != std::string::npos);
}

TEST_CASE("a verb works without releases and without the right to write them") {
  Deployed shop;
  shop.cluster.forbid("patch", "secrets");
  CHECK(shop.run({"scale", "order-service=3"}) == 0);
  CHECK(shop.says("warning: this will not be in the history: "));
  for (const Json& secret : shop.cluster.all("Secret"))
    shop.cluster.remove("Secret", secret["metadata"]["namespace"], secret["metadata"]["name"]);
  CHECK(shop.run({"scale", "order-service=4"}) == 0);
  CHECK(shop.releases().empty());
}

TEST_CASE("-o json of a verb has the objects, the remarks and the exit code") {
  Deployed shop;
  CHECK(shop.run({"scale", "order-service=3", "-o", "json"}) == 0);
  const Json document = shop.out_json();
  CHECK(document["command"] == "scale");
  CHECK(document["objects"][0]["detail"] == "replicas 2 -> 3");
  CHECK(document["remarks"].size() == 1);
  CHECK(shop.run({"scale", "x=3", "-o", "json"}) == 15);
  CHECK(shop.out_json()["error"]["kind"] == "not_found");
}
