// SPDX-License-Identifier: Apache-2.0
#include "sample.hpp"

#include "render/render.hpp"
#include "tests/support/catch.hpp"

using namespace kforge;

TEST_CASE("applyset ids are those that kubectl computes") {
  // TestApplySetParentManagement of kubectl, and the same formula on a parent of kforge.
  CHECK(render::applyset_id("my-set", "test", "Secret", "") ==
        "applyset-0eFHV8ySqp7XoShsGvyWFQD3s96yqwHmzc4e0HR1dsY-v1");
  CHECK(render::applyset_id("my-set", "", "ApplySet", "company.com") ==
        "applyset-rhp1a-HVAVT_dFgyEygyA1BEB82HPp2o10UiFTpqtAs-v1");
  CHECK(render::applyset_id("kforge.shop", "shop", "Secret", "") ==
        "applyset-KlJAsFro6c8XN2kRHRfvUrOlTZZ0Te-c5zi7wn_l_g8-v1");
  CHECK(render::applyset_id("kforge.shop", "shop", "ConfigMap", "") ==
        "applyset-MyYwt7opiQ1pnz7Ut06k58rU3BsLssDIVGNOYMflTJY-v1");
}

TEST_CASE("the records of a project live in its first namespace") {
  CHECK(render::state_namespace(tests::shop()) == "database");
  CHECK(render::state_namespace(tests::one_service()) == "backend");
  project::Project project = tests::one_service();
  project.namespaces.backend = "store";
  CHECK(render::state_namespace(project) == "store");
  CHECK(render::applyset_parent_name(project) == "kforge.shop");
}

TEST_CASE("every object carries the id of the project's own parent") {
  const auto rendered = tests::render_offline(tests::shop());
  const std::string id = render::applyset_id("kforge.shop", "database", "Secret", "");
  for (const render::Object& object : rendered.objects)
    CHECK(string_at(object.manifest, {"metadata", "labels", "applyset.kubernetes.io/part-of"}) == id);
}
