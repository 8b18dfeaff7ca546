// SPDX-License-Identifier: Apache-2.0
#include "sandbox/server/api_faults.hpp"

#include "base/error.hpp"
#include "sandbox/process/fault_file.hpp"
#include "tests/support/catch.hpp"

using namespace kforge;
using namespace kforge::sandbox;

namespace {

std::string complaint(const Json& document) {
  try {
    check_faults(document);
  } catch (const Error& error) {
    return error.what();
  }
  return "fine";
}

Json api(const std::string& match, const std::string& fault) {
  return {{"api", {{{"match", match}, {"fault", fault}}}}};
}

}  // namespace

TEST_CASE("every API fault is read by its name alone") {
  for (const std::string& name : api_fault_names()) {
    CAPTURE(name);
    CHECK_NOTHROW(parse_api_fault(name));
  }
}

TEST_CASE("options of an API fault are read") {
  const ApiFault fault = parse_api_fault("too-many-requests retry-after=7 skip=2 times=3");
  CHECK(fault.retry_after == 7);
  CHECK(fault.skip == 2);
  CHECK(fault.times == 3);
  CHECK(parse_api_fault("clock-skew by=-5m").by == Milliseconds(-300'000));
}

TEST_CASE("a match covers what its words say") {
  const RequestMatch patch{"patch", "deployments.apps", "backend/orders"};
  for (const char* match :
       {"", "*", "patch", "patch deployments", "* deployments.apps", "patch * backend/", "* * backend/ord"}) {
    CAPTURE(match);
    CHECK(RequestMatch::parse(match).covers(patch));
  }
  for (const char* match : {"get", "patch pods", "* deployments gateway/"}) {
    CAPTURE(match);
    CHECK_FALSE(RequestMatch::parse(match).covers(patch));
  }
}

TEST_CASE("a faults file that is wrong says where") {
  CHECK(complaint(api("patch", "lag")) == "api[0]: there is no API fault 'lag'");
  CHECK(complaint(api("fetch", "latency")) == "api[0]: there is no verb 'fetch'");
  CHECK(complaint(api("", "reset after=3s")) == "api[0]: fault 'reset' has no option 'after'");
  CHECK(complaint(api("a b c d", "reset")) == "api[0]: 'a b c d' does not match requests");
  CHECK(complaint({{"pod", Json::array()}}) == "unknown key 'pod'");
  CHECK(complaint({{"pods", {{{"match", "x"}}}}}) == "pods[0]: 'fault' is missing");
  CHECK(complaint(Json::array()) == "a faults file is a mapping");
  CHECK(complaint(Json::object()) == "fine");
}
