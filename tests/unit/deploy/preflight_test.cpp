// SPDX-License-Identifier: Apache-2.0
// What is found out before anything is written.
#include "base/text.hpp"
#include "tests/support/catch.hpp"
#include "tests/unit/deploy/rig.hpp"

#include <algorithm>

namespace kforge::tests {
namespace {

using namespace std::chrono_literals;
using project::Tier;

// Runs `up` and checks that it wrote nothing.
Ended refused(Rig& rig, const deploy::UpRequest& request = {}) {
  const int writes = rig.cluster.writes().total();
  Ended run = rig.up(request);
  REQUIRE(run.error);
  CHECK(rig.cluster.writes().total() == writes);
  CHECK(run.told.all<deploy::ObjectApplied>().empty());
  CHECK(run.told.all<deploy::Finished>().at(0).applied.empty());
  return run;
}

// Another manager sets a field of a live object.
void take_over(Rig& rig, const std::string& kind, const std::string& space, const std::string& name, const Json& patch,
               const std::string& manager) {
  kube::Client client(rig.cluster, rig.clock, rig.processes, rig.cluster.access(), rig.environment, false);
  const schema::Kind& type = *schema::Table::embedded().find(schema::kind_name(*rig.cluster.find(kind, space, name)));
  REQUIRE(client.call(kube::merge_patch_request(type, {type.name, space, name}, patch, manager)).ok());
}

}  // namespace

TEST_CASE(
    "fields of another manager stop the run before anything is written, all of them in one table (ssa-conflict)") {
  Rig rig;
  rig.up();
  take_over(rig, "Deployment", "backend", "product-service", {{"spec", {{"replicas", 7}}}}, "kubectl-edit");
  take_over(rig, "ConfigMap", "backend", "order-service-config-0a1b2c3d", {{"data", {{"LOG_LEVEL", "trace"}}}},
            "somebody");
  SECTION("without force") {
    const Ended run = refused(rig);
    CHECK(run.error->kind == ErrorKind::conflict);
    CHECK(std::string(run.error->what()) == "other field managers hold fields of 2 objects");
    CHECK(contains(run.error->cause, "Deployment backend/product-service  .spec.replicas  is set by 'kubectl-edit'"));
    CHECK(contains(run.error->cause,
                   "ConfigMap backend/order-service-config-0a1b2c3d  .data.LOG_LEVEL  is set by 'somebody'"));
    CHECK(contains(run.error->advice, "--force-conflicts"));
    CHECK(run.error->place);
  }
  SECTION("with force the fields are taken over") {
    deploy::UpRequest request;
    request.force_conflicts = true;
    const Ended run = rig.up(request);
    REQUIRE_FALSE(run.error);
    CHECK(rig.cluster.find("Deployment", "backend", "product-service")->at("spec").at("replicas") == 2);
    CHECK(rig.up().finished->outcome == "nothing to do");
  }
}

TEST_CASE("a field that kforge set through another of its managers is taken back silently") {
  Rig rig;
  rig.up();
  take_over(rig, "Deployment", "backend", "product-service", {{"spec", {{"replicas", 7}}}}, "kforge-scale");
  const Ended run = rig.up();
  REQUIRE_FALSE(run.error);
  CHECK(rig.cluster.find("Deployment", "backend", "product-service")->at("spec").at("replicas") == 2);
}

TEST_CASE("replicas that the project's own autoscaler set are taken back once it is out of the project file") {
  Rig rig;
  rig.up();
  take_over(rig, "Deployment", "backend", "order-service", {{"spec", {{"replicas", 4}}}}, "kube-controller-manager");
  rig.sample.autoscaled = false;
  SECTION("it was the project's") {
    REQUIRE_FALSE(rig.up().error);
    CHECK(rig.cluster.find("Deployment", "backend", "order-service")->at("spec").at("replicas") == 2);
  }
  SECTION("one of somebody else keeps them") {
    rig.cluster.edit("HorizontalPodAutoscaler", "backend", "order-service",
                     [](Json& object) { object["metadata"].erase("labels"); });
    CHECK(refused(rig).error->kind == ErrorKind::conflict);
  }
}

TEST_CASE("a field of another manager with the same value is shared, not fought over") {
  Rig rig;
  rig.up();
  take_over(rig, "Deployment", "backend", "product-service", {{"spec", {{"replicas", 3}}}}, "kubectl-edit");
  rig.sample.product_replicas = 3;
  const Ended run = rig.up();
  REQUIRE_FALSE(run.error);
  CHECK(rig.up().finished->outcome == "nothing to do");
}

TEST_CASE("everything that the server would reject is named at once, with its place") {
  Rig rig;
  rig.up();
  rig.sample.product_image = "v2";
  rig.sample.order_image = "v2";
  const auto no = [](const std::string& field) {
    return Reply::status_error(
        422, "Invalid", "Deployment.apps is invalid",
        {{"causes", {{{"field", field}, {"message", "Invalid value: \"v2\""}, {"reason", "FieldValueInvalid"}}}}});
  };
  rig.cluster.refuse("Deployment", "product-service", no("spec.template"));
  rig.cluster.refuse("Deployment", "order-service", no("spec.selector"));
  const Ended run = refused(rig);
  CHECK(run.error->kind == ErrorKind::rejected);
  CHECK(std::string(run.error->what()) == "the API server refuses 2 objects");
  CHECK(contains(run.error->cause,
                 "Deployment backend/order-service  spec.selector: Invalid value: \"v2\"  (kforge.yaml:"));
  CHECK(contains(run.error->cause, "Deployment backend/product-service  spec.template: Invalid value"));
  CHECK(run.told.all<deploy::Finished>().at(0).exit_code == 14);
}

TEST_CASE("an immutable field is explained") {
  Rig rig;
  rig.up();
  rig.sample.product_image = "v2";
  rig.cluster.refuse("Deployment", "product-service",
                     Reply::status_error(422, "Invalid", "spec.selector: field is immutable"));
  CHECK(contains(refused(rig).error->advice,
                 "cannot be changed on an existing object: put the old value back, or run "
                 "`kforge up --recreate Deployment/product-service`"));
}

TEST_CASE("a webhook that refuses dry runs does not stop the run") {
  Rig rig;
  rig.up();
  rig.sample.product_image = "shop/product-service:v2";
  rig.cluster.respond([](const Received& received) -> std::optional<Reply> {
    if (!contains(received.request.path, "dryRun=All")) return std::nullopt;
    return Reply::status_error(400, "BadRequest", "admission webhook \"policy.example.com\" does not support dry run");
  });
  const Ended run = rig.up();
  REQUIRE_FALSE(run.error);
  CHECK(rig.cluster.find("Deployment", "backend", "product-service")
            ->at("spec")
            .at("template")
            .at("spec")
            .at("containers")[0]["image"] == "shop/product-service:v2");
  CHECK(contains(run.told.text(), "does not support dry run"));
}

TEST_CASE("an object of another tool is refused by name and owner") {
  Rig rig;
  rig.up();
  rig.cluster.remove("Service", "backend", "product-service");
  Json foreign = service("backend", "product-service");
  foreign["metadata"]["annotations"] = {{"meta.helm.sh/release-name", "legacy"}};
  rig.cluster.put(foreign);
  const Ended run = refused(rig);
  CHECK(run.error->kind == ErrorKind::guard_refused);
  CHECK(std::string(run.error->what()) == "Service backend/product-service belongs to somebody else");
  CHECK(run.error->cause == "Service backend/product-service  is managed by Helm release 'legacy'");
}

TEST_CASE("a namespace of another project is refused") {
  Rig rig;
  rig.cluster.put({{"apiVersion", "v1"},
                   {"kind", "Namespace"},
                   {"metadata", {{"name", "backend"}, {"labels", {{"kforge.dev/project", "store"}}}}}});
  const Ended run = refused(rig);
  CHECK(run.error->kind == ErrorKind::guard_refused);
  CHECK(contains(run.error->cause, "Namespace backend  is managed by project 'store'"));
}

TEST_CASE("an object without any mark is taken in") {
  Rig rig;
  rig.cluster.put({{"apiVersion", "v1"}, {"kind", "Namespace"}, {"metadata", {{"name", "backend"}}}});
  const Ended run = rig.up();
  REQUIRE_FALSE(run.error);
  CHECK(string_at(*rig.cluster.find("Namespace", "", "backend"), {"metadata", "labels", "kforge.dev/project"}) ==
        "shop");
  CHECK(run.finished->summary.update == 1);
}

TEST_CASE("a paused Deployment is refused with the command that resumes it (paused-live)") {
  Rig rig;
  rig.up();
  rig.cluster.edit("Deployment", "backend", "product-service", [](Json& object) { object["spec"]["paused"] = true; });
  const Ended run = refused(rig);
  CHECK(run.error->kind == ErrorKind::guard_refused);
  CHECK(std::string(run.error->what()) ==
        "Deployment backend/product-service is paused: its rollout would never finish");
  CHECK(contains(run.error->advice, "kubectl rollout resume deployment/product-service -n backend"));
}

TEST_CASE("a namespace that is being deleted is refused") {
  Rig rig;
  rig.cluster.put({{"apiVersion", "v1"},
                   {"kind", "Namespace"},
                   {"metadata", {{"name", "backend"}}},
                   {"status", {{"phase", "Terminating"}}}});
  const Ended run = refused(rig);
  CHECK(run.error->kind == ErrorKind::rejected);
  CHECK(std::string(run.error->what()) == "namespace 'backend' is being deleted");
}

TEST_CASE("missing rights are named: verb, resource and place") {
  Rig rig;
  SECTION("to list") {
    rig.cluster.forbid("list", "deployments", "backend");
    const Ended run = refused(rig);
    CHECK(run.error->kind == ErrorKind::forbidden);
    CHECK(contains(run.error->what(), "not allowed to list deployments.apps in namespace 'backend'"));
    CHECK(contains(run.error->cause, "cannot list resource \"deployments\""));
    CHECK(run.told.all<deploy::Finished>().at(0).exit_code == 12);
  }
  SECTION("to write") {
    rig.cluster.forbid("patch", "namespaces");
    const Ended run = refused(rig);
    CHECK(run.error->kind == ErrorKind::forbidden);
    CHECK(contains(run.error->cause, "Namespace backend  "));
  }
  SECTION("to read the generated secrets") {
    rig.cluster.forbid("get", "secrets");
    CHECK(refused(rig).error->kind == ErrorKind::forbidden);
  }
}

TEST_CASE("an account that may not see namespaces works in those that exist") {
  Rig rig;
  rig.up();
  rig.cluster.forbid("*", "namespaces");
  rig.sample.product_image = "shop/product-service:v2";
  deploy::UpRequest request;
  request.services = {"product-service"};
  const Ended run = rig.up(request);
  REQUIRE_FALSE(run.error);
  CHECK(run.finished->applied.size() == 1);
}

TEST_CASE("a rejection in the middle of the run keeps its kind and says what was applied") {
  Rig rig;
  rig.cluster.respond([](const Received& received) -> std::optional<Reply> {
    if (received.request.method != "PATCH" || !contains(received.request.path, "/deployments/order-service"))
      return std::nullopt;
    return Reply::status_error(403, "Forbidden",
                               "deployments.apps \"order-service\" is forbidden: exceeded quota: compute, requested: "
                               "pods=2, used: pods=40, limited: pods=40");
  });
  const Ended run = rig.up();
  REQUIRE(run.error);
  CHECK(run.error->kind == ErrorKind::rejected);
  CHECK(contains(run.error->cause, "exceeded quota"));
  const deploy::Finished finished = run.told.all<deploy::Finished>().at(0);
  CHECK(finished.not_reached == std::vector{Tier::gateway});
  CHECK(finished.applied.size() >= 12);
  CHECK_FALSE(run.told.all<deploy::StageEnded>().back().ready);
}

TEST_CASE("no value of a secret is in any event or error (no-secret-leak)") {
  Rig rig;
  const auto values_of = [&] {
    std::vector<std::string> values{mail_password, base64_encode(mail_password)};
    for (const Json& secret : rig.cluster.all("Secret"))
      for (const auto& [key, value] : at_path(secret, {"data"}).items())
        if (key == "password")
          values.push_back(value.get<std::string>()), values.push_back(base64_decode(value.get<std::string>()));
    return values;
  };
  std::vector<std::string> values;
  const auto check_silent = [&](const Ended& run) {
    if (values.empty()) values = values_of();
    std::string text = run.told.text();
    if (run.error) text += std::string(run.error->what()) + run.error->cause + run.error->advice;
    for (const std::string& value : values) CHECK_FALSE(contains(text, value));
    CHECK_FALSE(text.empty());
  };
  check_silent(rig.up());
  const std::string password = base64_decode(rig.cluster.find("Secret", "database", "kforge.shop.values")
                                                 ->at("data")
                                                 .at("postgres-role-order.password")
                                                 .get<std::string>());
  SECTION("a server that quotes the Secret") {
    rig.cluster.edit("Secret", "backend", "mail-44444444", [](Json& object) { object["data"]["password"] = "eA=="; });
    rig.cluster.refuse("Secret", "mail-44444444",
                       Reply::status_error(422, "Invalid", std::string("data: Invalid value: ") + mail_password));
    check_silent(refused(rig));
  }
  SECTION("a server that quotes the value in an object of another kind") {
    rig.sample.product_image = "v2";
    rig.cluster.refuse(
        "Deployment", "product-service",
        Reply::status_error(422, "Invalid", "spec: Invalid value: postgres://order:" + password + "@postgres"));
    const Ended run = refused(rig);
    check_silent(run);
    CHECK(contains(run.error->cause, "postgres://order:[redacted]@postgres"));
  }
  SECTION("a warning of the server, and a message of a pod") {
    rig.sample.product_image = "v2";
    rig.cluster.warn("Deployment", std::string("mind ") + mail_password);
    check_silent(rig.up());
  }
}

}  // namespace kforge::tests
