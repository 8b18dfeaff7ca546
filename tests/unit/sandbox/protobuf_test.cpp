// SPDX-License-Identifier: Apache-2.0
#include "sandbox/server/protobuf.hpp"

#include "sandbox/api/status.hpp"
#include "tests/support/catch.hpp"

using namespace kforge;
using namespace kforge::sandbox;

namespace {

std::string varint(std::uint64_t value) {
  std::string bytes;
  for (; value >= 0x80; value >>= 7U) bytes += static_cast<char>(value | 0x80U);
  return bytes += static_cast<char>(value);
}
std::string text(unsigned number, const std::string& value) {
  return varint(number << 3U | 2U) + varint(value.size()) + value;
}
std::string integer(unsigned number, std::uint64_t value) {
  return varint(number << 3U) + varint(value);
}

std::string envelope(const std::string& api_version, const std::string& kind, const std::string& object) {
  return std::string("k8s\0", 4) + text(1, text(1, api_version) + text(2, kind)) + text(2, object);
}

int refused_with(const std::string& body) {
  try {
    object_from_protobuf(body);
  } catch (const Refusal& refusal) {
    return refusal.code;
  }
  return 0;
}

}  // namespace

TEST_CASE("what a typed client sends is the object that JSON would have been") {
  const std::string meta =
      text(1, "web") + text(3, "") + integer(7, 0) + text(8, "") + text(11, text(1, "app") + text(2, "web"));
  const std::string env = text(1, "MODE") + text(2, "fast");
  const std::string probe =
      text(1, text(2, text(1, "/health") + text(2, integer(1, 0) + integer(2, 8000)))) + integer(2, 0);
  const std::string security = integer(7, 0);
  const std::string container =
      text(1, "app") + text(2, "web:v1") + text(7, env) + text(11, probe) + text(15, security);
  const std::string spec = integer(1, 0) + text(3, text(2, text(2, container)));
  const Json object = object_from_protobuf(envelope("apps/v1", "Deployment", text(1, meta) + text(2, spec)));
  CHECK(object == Json::parse(R"({"apiVersion": "apps/v1", "kind": "Deployment",
    "metadata": {"name": "web", "labels": {"app": "web"}},
    "spec": {"replicas": 0, "template": {"spec": {"containers": [
      {"name": "app", "image": "web:v1", "env": [{"name": "MODE", "value": "fast"}],
       "readinessProbe": {"httpGet": {"path": "/health", "port": 8000}},
       "securityContext": {"allowPrivilegeEscalation": false}}]}}}})"));
}

TEST_CASE("bytes of a Secret become base64, whatever they are") {
  const Json object =
      object_from_protobuf(envelope("v1", "Secret", text(2, text(1, "key") + text(2, std::string("\xff\0", 2)))));
  CHECK(object["data"] == Json{{"key", "/wA="}});
}

TEST_CASE("fields of a newer Kubernetes are passed over") {
  CHECK(object_from_protobuf(envelope("v1", "ConfigMap", integer(900, 1) + text(901, "x"))).size() == 2);
}

TEST_CASE("a message that is cut off, or nests without end, is a bad request") {
  const std::string head = envelope("v1", "ConfigMap", ""),
                    whole = envelope("v1", "ConfigMap", text(1, text(1, "name")));
  const std::size_t end_of_type = head.size() - 2;  // from there on a message without an object is whole
  for (std::size_t size = 5; size < whole.size(); ++size) {
    CAPTURE(size);
    CHECK((refused_with(whole.substr(0, size)) != 0) == (size != end_of_type));
  }
  CHECK(refused_with(std::string("k8s\0", 4) + std::string(20, '\xff')) == 400);
  CHECK(refused_with(envelope("nobody.example/v1", "Thing", "")) == 415);
}
