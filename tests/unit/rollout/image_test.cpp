// SPDX-License-Identifier: Apache-2.0
// Images that cannot be pulled, in the words of real nodes and registries.
#include "tests/unit/rollout/rollout.hpp"

using namespace kforge;
using namespace kforge::tests;
using rollout::State;
using std::chrono::seconds;

namespace {

// containerd 2.x behind kubelet 1.36; the older forms are in the table below.
constexpr std::string_view not_found =
    "rpc error: code = NotFound desc = failed to pull and unpack image \"registry.example.com/shop/orders:v1.1.0\": "
    "failed to "
    "resolve image: registry.example.com/shop/orders:v1.1.0: not found";

// A rollout of "orders" whose one new pod waits for its image.
struct Pull : Watched {
  Json live = rolling(
      changed(deployment("orders", 1), {{"metadata", {{"annotations", {{"deployment.kubernetes.io/revision", "2"}}}}}}),
      1, 0, 1);
  Json set = replica_set(live, 2, 1, 0);
  Json pod = pod_of(set);

  Pull() {
    have(set);
    applied(live);
  }
  rollout::Verdict says(std::string_view reason, std::string_view message) {
    have(waiting(pod, reason, message));
    return judge(live);
  }
};

struct Text {
  std::string_view message, code;
  int fatal_after;  // seconds; 0: never
};

}  // namespace

TEST_CASE("an image that does not exist fails the rollout within seconds", "[scenario-44]") {
  Pull pull;
  const auto first = pull.says("ErrImagePull", not_found);
  CHECK(first.state == State::waiting);
  CHECK(first.message == "0/1 new pods ready, image not found");
  CHECK(first.code == "KF2003");
  CHECK(rollout::next_deadline(pull.memory) == pull.clock.now() + seconds(20));

  pull.clock.advance(seconds(20));
  const auto verdict = pull.says(
      "ImagePullBackOff",
      "Back-off pulling image \"registry.example.com/shop/orders:v1.1.0\": ErrImagePull: " + std::string(not_found));
  CHECK(verdict.state == State::failed);
  CHECK(verdict.code == "KF2003");
  CHECK(verdict.reason == "ImageNotFound");
  CHECK(verdict.message == "image not found");
  CHECK(verdict.subject == "registry.example.com/shop/orders:v1.1.0");
  CHECK(verdict.evidence.find(not_found) != std::string::npos);
  CHECK(verdict.pod == "orders-2-0");
  CHECK(verdict.container == "orders");
  CHECK(verdict.pods_affected == 1);
  CHECK(verdict.pods_total == 1);
}

TEST_CASE("two failed pulls are enough, however quickly they come", "[scenario-44]") {
  Pull pull;
  Json event =
      event_about(pull.pod, "Failed",
                  "Failed to pull image \"registry.example.com/shop/orders:v1.1.0\": " + std::string(not_found));
  pull.have(event);
  CHECK(pull.says("ErrImagePull", not_found).state == State::waiting);
  pull.have(changed(event, {{"count", 2}}));
  CHECK(pull.says("ErrImagePull", not_found).state == State::failed);
}

TEST_CASE("kubelets that only say back-off are understood by their events", "[scenario-44]") {
  Pull pull;
  pull.have(event_about(pull.pod, "Failed",
                        "Failed to pull image \"registry.example.com/shop/orders:v1.1.0\": " + std::string(not_found)));
  CHECK(pull.says("ImagePullBackOff", "Back-off pulling image \"registry.example.com/shop/orders:v1.1.0\"").code ==
        "KF2003");
}

TEST_CASE("kubelets that only say back-off are understood by what they said before", "[scenario-44]") {
  Pull pull;
  pull.says("ErrImagePull", not_found);
  pull.clock.advance(seconds(20));
  const auto verdict =
      pull.says("ImagePullBackOff", "Back-off pulling image \"registry.example.com/shop/orders:v1.1.0\"");
  CHECK(verdict.state == State::failed);
  CHECK(verdict.code == "KF2003");
}

TEST_CASE("a registry that is away for a while fails nothing", "[scenario-45]") {
  Pull pull;
  pull.says("ErrImagePull",
            "failed to do request: Head \"https://registry.example.com/v2/shop/orders/manifests/v1.1.0\": dial tcp "
            "10.0.0.9:443: i/o timeout");
  pull.clock.advance(seconds(300));
  const auto verdict = pull.says("ImagePullBackOff", "Back-off pulling image: dial tcp 10.0.0.9:443: i/o timeout");
  CHECK(verdict.state == State::waiting);
  CHECK(verdict.code == "KF2006");
  pull.have(pull.pod);
  CHECK(pull.judge(deployment("orders", 1)).state == State::ready);
}

TEST_CASE("a signal that went away starts anew when it comes back", "[scenario-45]") {
  Pull pull;
  pull.says("ErrImagePull", not_found);
  pull.clock.advance(seconds(15));
  pull.have(creating(pull.pod));
  pull.judge(pull.live);
  pull.clock.advance(seconds(15));
  CHECK(pull.says("ErrImagePull", not_found).state == State::waiting);
}

TEST_CASE("what the node says about an image decides how long there is hope") {
  const auto text = GENERATE(table<std::string_view, std::string_view, int>({
      {"failed to resolve reference \"a:1\": a:1: not found", "KF2003", 20},
      {"manifest for a:1 not found: manifest unknown: manifest unknown", "KF2003", 20},
      {"reading manifest v9 in quay.example.com/a: name unknown: repository not found", "KF2003", 20},
      {"no match for platform in manifest: not found", "KF2009", 20},
      {"pull access denied for a, repository does not exist or may require 'docker login': denied: requested access",
       "KF2004", 30},
      {"failed to authorize: failed to fetch anonymous token: unexpected status from GET request to "
       "https://ghcr.example.com/token: 403 Forbidden",
       "KF2004", 30},
      {"unauthorized: authentication required", "KF2004", 30},
      {"no basic auth credentials", "KF2004", 30},
      {"server message: insufficient_scope: authorization failed", "KF2004", 30},
      {"failed to authorize: failed to fetch oauth token: Post \"https://auth.example.com/token\": dial tcp: lookup "
       "auth.example.com: no such host",
       "KF2006", 0},
      {"dial tcp 10.0.0.9:5000: connect: connection refused", "KF2006", 0},
      {"tls: failed to verify certificate: x509: certificate signed by unknown authority", "KF2006", 0},
      {"unexpected status code 503 Service Unavailable", "KF2006", 0},
      {"httpReadSeeker: failed open: unexpected EOF", "KF2006", 0},
      {"toomanyrequests: You have reached your unauthenticated pull rate limit", "KF2005", 0},
      {"failed to extract layer: no space left on device", "KF2008", 0},
  }));
  const auto& [message, code, fatal_after] = text;
  INFO(message);
  Pull pull;
  CHECK(pull.says("ErrImagePull", message).code == code);
  pull.clock.advance(fatal_after > 0 ? seconds(fatal_after - 1) : seconds(540));
  CHECK(pull.says("ImagePullBackOff", message).state == State::waiting);
  pull.clock.advance(seconds(1));
  CHECK(pull.says("ImagePullBackOff", message).state == (fatal_after > 0 ? State::failed : State::waiting));
}

TEST_CASE("the image's own name decides nothing") {
  Pull pull;
  pull.pod["spec"]["containers"][0]["image"] = "registry.example.com/not found/unauthorized";
  const auto verdict =
      pull.says("ErrImagePull", "failed to resolve registry.example.com/not found/unauthorized: i/o timeout");
  CHECK(verdict.code == "KF2006");
}

TEST_CASE("who asked the registry is nobody else's business") {
  Pull pull;
  const auto verdict = pull.says(
      "ErrImagePull",
      "toomanyrequests: You have reached your pull rate limit as 'jane': dckr_jti_abc. You may increase the limit");
  CHECK(verdict.evidence == "toomanyrequests: You have reached your pull rate limit");
}

TEST_CASE("an image that can never be used fails at once, or after a minute") {
  const auto [reason, code, fatal_after] =
      GENERATE(table<std::string_view, std::string_view, int>({{"InvalidImageName", "KF2002", 0},
                                                               {"ErrImageNeverPull", "KF2007", 0},
                                                               {"RegistryUnavailable", "KF2006", 60},
                                                               {"ImageInspectError", "KF2008", 60},
                                                               {"SignatureValidationFailed", "KF2008", 60}}));
  INFO(reason);
  Pull pull;
  CHECK(pull.says(reason, "what the node says").code == code);
  pull.clock.advance(seconds(fatal_after));
  CHECK(pull.says(reason, "what the node says").state == State::failed);
}

TEST_CASE("pulling an image is told, without a time that would stand still") {
  Pull pull;
  pull.have(creating(pull.pod));
  pull.have(event_about(pull.pod, "Scheduled", "Successfully assigned backend/orders-2-0 to node-1", 1));
  pull.have(event_about(pull.pod, "Pulling", "Pulling image \"registry.example.com/shop/orders:v1.1.0\"", 2));
  const auto verdict = pull.judge_after(seconds(11), pull.live);
  CHECK(verdict.message == "0/1 new pods ready, pulling image");
  CHECK(verdict.reason == "PullingImage");
  pull.have(event_about(pull.pod, "Pulled", "Successfully pulled image", 12));
  CHECK(pull.judge_after(seconds(1), pull.live).message == "0/1 new pods ready, starting containers");
}

TEST_CASE("one look says how long an image has been pulled") {
  Pull pull;
  pull.baseline = {};
  pull.have(creating(pull.pod));
  pull.have(event_about(pull.pod, "Pulling", "Pulling image", 2));
  CHECK(pull.judge_after(seconds(11), pull.live).message == "0/1 new pods ready, pulling image 9s");
}
