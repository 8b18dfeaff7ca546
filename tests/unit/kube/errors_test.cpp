// SPDX-License-Identifier: Apache-2.0
// What people read when the server, the network or TLS says no: whole messages.
#include "kube/errors.hpp"

#include "tests/support/catch.hpp"
#include "tests/unit/kube/client_fixture.hpp"

namespace kforge::tests {
namespace {

using http::Failure;

const std::string forbidden_text =
    "deployments.apps \"order\" is forbidden: User \"ci\" cannot patch resource \"deployments\" in API group \"apps\" "
    "in the "
    "namespace \"backend\"";

kube::ApiRequest apply_deployment() {
  return kube::apply_request(
      kind("apps/v1", "Deployment"),
      {{"apiVersion", "apps/v1"}, {"kind", "Deployment"}, {"metadata", {{"name", "order"}, {"namespace", "backend"}}}},
      {});
}

kube::ApiRequest apply_secret() {
  return kube::apply_request(kind("v1", "Secret"),
                             {{"apiVersion", "v1"},
                              {"kind", "Secret"},
                              {"metadata", {{"name", "keys"}, {"namespace", "backend"}}},
                              {"data", {{"password", "c3dvcmRmaXNo"}}}},
                             {});
}

Error refusal(const kube::ApiRequest& request, const Reply& reply, const kube::ClusterAccess& access = token_access()) {
  return kube::status_error(request, access, {.status = reply.status, .headers = reply.headers, .body = reply.body},
                            Json::parse(reply.body, nullptr, false).is_discarded() ? Json() : Json::parse(reply.body));
}

Error broken(Failure failure, const std::string& message, const kube::ClusterAccess& access = token_access()) {
  return kube::connection_error(get("/api/v1/pods?limit=500"), access,
                                {.failure = failure, .message = message, .response = {}});
}

Json causes(const std::vector<Json>& list) {
  return {{"causes", list}};
}

}  // namespace

TEST_CASE("401 names the context, the user and the way of logging in") {
  const Error error = refusal(apply_deployment(), Reply::status_error(401, "Unauthorized", "Unauthorized"));
  CHECK(error.kind == ErrorKind::not_authenticated);
  CHECK(whole(error) ==
        "https://kube.example:6443 does not accept the credentials (context 'prod', user 'deployer', token)\n"
        "  why:  Unauthorized\n"
        "  hint: the token of user 'deployer' may have expired: log in again");
}

TEST_CASE("401 has a hint for every way of logging in") {
  const auto hint = [](const std::function<void(kube::ClusterAccess&)>& change) {
    kube::ClusterAccess access = token_access();
    change(access);
    return refusal(apply_deployment(), Reply::status_error(401, "Unauthorized", ""), access).advice;
  };
  CHECK(hint([](auto& access) { access.token_file = "/run/token"; }) == "the token in /run/token may have expired");
  CHECK(hint([](auto& access) { access.method = kube::AuthMethod::client_certificate; }) ==
        "the certificate of user 'deployer' may be of another or an older cluster: fetch the kubeconfig again");
  CHECK(hint([](auto& access) {
          access.method = kube::AuthMethod::exec;
          access.exec = kube::ExecPlugin{.command = "aws"};
        }) == "log in again with the tool that 'aws' belongs to");
  CHECK(hint([](auto& access) { access.method = kube::AuthMethod::basic; }) ==
        "user 'deployer' has a password, which Kubernetes no longer accepts since 1.19");
  CHECK(hint([](auto& access) { access.method = kube::AuthMethod::none; }) ==
        "user 'deployer' has no credentials in the kubeconfig");
}

TEST_CASE("403 names the missing right and how to check it") {
  const Error error = refusal(apply_deployment(), Reply::status_error(403, "Forbidden", forbidden_text));
  CHECK(error.kind == ErrorKind::forbidden);
  CHECK(whole(error) ==
        "not allowed to apply Deployment backend/order\n  why:  " + forbidden_text +
            "\n  hint: the account needs 'patch' on deployments.apps in namespace 'backend'; check it with: "
            "kubectl auth can-i patch deployments.apps -n backend");
}

TEST_CASE("403 at the cluster scope and on a subresource") {
  const Error error =
      refusal(get("/api/v1/namespaces?limit=500"),
              Reply::status_error(403, "Forbidden",
                                  "namespaces is forbidden: User \"ci\" cannot list resource \"namespaces\" in API "
                                  "group \"\" at the cluster scope"));
  CHECK(std::string(error.what()) == "not allowed to list namespaces");
  CHECK(
      error.advice ==
      "the account needs 'list' on namespaces in the whole cluster; check it with: kubectl auth can-i list namespaces");
  const Error logs =
      refusal(get("/api/v1/namespaces/a/pods/p/log?tailLines=5"),
              Reply::status_error(403, "Forbidden",
                                  "pods \"p\" is forbidden: User \"ci\" cannot get resource \"pods/log\" in API "
                                  "group \"\" in the namespace \"a\""));
  CHECK(logs.advice ==
        "the account needs 'get' on pods/log in namespace 'a'; check it with: kubectl auth can-i get pods/log -n a");
}

TEST_CASE("403 for nobody is a missing login") {
  const Error error =
      refusal(get("/api/v1/pods"),
              Reply::status_error(403, "Forbidden",
                                  "pods is forbidden: User \"system:anonymous\" cannot list resource \"pods\""));
  CHECK(error.kind == ErrorKind::not_authenticated);
  CHECK(std::string(error.what()) == "not allowed to list pods without credentials");
}

TEST_CASE("403 of quota, PodSecurity, admission and a dying namespace are rejections") {
  const auto error = [](const std::string& message) {
    return refusal(apply_deployment(), Reply::status_error(403, "Forbidden", message));
  };
  const std::string quota =
      "pods \"order\" is forbidden: exceeded quota: small, requested: cpu=2, used: cpu=1, limited: cpu=2";
  CHECK(error(quota).kind == ErrorKind::rejected);
  CHECK(whole(error(quota)) == "cannot apply Deployment backend/order\n  why:  " + quota +
                                   "\n  hint: raise the namespace's ResourceQuota, or ask for less");
  CHECK(error("pods \"x\" is forbidden: violates PodSecurity \"restricted:latest\": privileged").advice ==
        "change the pod's security context, or the namespace's pod-security.kubernetes.io labels");
  CHECK(
      error("configmaps \"x\" is forbidden: unable to create new content in namespace a because it is being terminated")
          .advice == "wait until the namespace is gone, then try again");
  CHECK(
      whole(error("admission webhook \"policy\" denied the request: no latest tag")) ==
      "cannot apply Deployment backend/order\n  why:  admission webhook \"policy\" denied the request: no latest tag");
}

TEST_CASE("404 tells a missing object from a missing kind") {
  const Error object =
      refusal(get("/api/v1/namespaces/a/pods/p"),
              Reply::status_error(404, "NotFound", "pods \"p\" not found", {{"name", "p"}, {"kind", "pods"}}));
  CHECK(object.kind == ErrorKind::not_found);
  CHECK(whole(object) == "cannot read pods p in namespace 'a'\n  why:  pods \"p\" not found");
  const Error kind = refusal(get("/apis/example.com/v1/namespaces/a/shops"),
                             Reply::status_error(404, "NotFound", "the server could not find the requested resource"));
  CHECK(kind.kind == ErrorKind::rejected);
  CHECK(whole(kind) ==
        "cannot list shops.example.com in namespace 'a'\n"
        "  why:  this cluster does not serve shops of example.com/v1\n"
        "  hint: is its CustomResourceDefinition installed, and is the cluster new enough?");
}

TEST_CASE("409 lists the fields of other managers") {
  const Error error =
      refusal(apply_deployment(), Reply::status_error(409, "Conflict", "Apply failed with 1 conflict: …",
                                                      causes({{{"reason", "FieldManagerConflict"},
                                                               {"message", "conflict with \"helm\""},
                                                               {"field", ".spec.replicas"}}})));
  CHECK(error.kind == ErrorKind::conflict);
  CHECK(whole(error) ==
        "cannot apply Deployment backend/order\n"
        "  why:  .spec.replicas: conflict with \"helm\"\n"
        "  hint: take these fields over with --force-conflicts, or leave them out");
  CHECK(refusal(apply_deployment(), Reply::status_error(409, "Conflict", "the object has been modified")).advice ==
        "somebody else changed the object meanwhile: try again");
  CHECK(whole(refusal(apply_deployment(),
                      Reply::status_error(409, "AlreadyExists", "deployments.apps \"order\" already exists"))) ==
        "cannot apply Deployment backend/order\n  why:  deployments.apps \"order\" already exists");
}

TEST_CASE("422 has a line for every distinct field") {
  const Json cause = {
      {"reason", "FieldValueInvalid"}, {"message", "Invalid value: -1: must be >= 0"}, {"field", "spec.replicas"}};
  const Error error =
      refusal(apply_deployment(),
              Reply::status_error(422, "Invalid", "Deployment.apps \"order\" is invalid: …",
                                  causes({cause, cause, {{"message", "Required value"}, {"field", "spec.selector"}}})));
  CHECK(error.kind == ErrorKind::rejected);
  CHECK(whole(error) ==
        "cannot apply Deployment backend/order\n"
        "  why:  spec.replicas: Invalid value: -1: must be >= 0\n"
        "spec.selector: Required value");
  CHECK(refusal(apply_deployment(), Reply::status_error(422, "", "a webhook says no")).cause == "a webhook says no");
  CHECK(refusal(apply_deployment(),
                Reply::status_error(400, "BadRequest", "strict decoding error: unknown field \"spec.x\""))
            .cause == "strict decoding error: unknown field \"spec.x\"");
}

TEST_CASE("what a server says about a Secret is never passed on") {
  const std::string leak = "Secret in version \"v1\" cannot be handled as a Secret: c3dvcmRmaXNo is swordfish";
  for (const int code : {400, 409, 422, 500}) {
    const Error error =
        refusal(apply_secret(),
                Reply::status_error(code, "Invalid", leak, causes({{{"message", leak}, {"field", "data.password"}}})));
    CHECK(whole(error).find("swordfish") == std::string::npos);
    CHECK(whole(error).find("c3dvcmRmaXNo") == std::string::npos);
  }
  CHECK(
      whole(refusal(apply_secret(), Reply::status_error(422, "Invalid", leak,
                                                        causes({{{"message", leak}, {"field", "data.password"}}})))) ==
      "cannot apply Secret backend/keys\n"
      "  why:  Invalid at data.password (the server's text is not shown, as it may quote the secret)");
}

TEST_CASE("500 of a webhook names it, another carries the audit id") {
  const Error webhook =
      refusal(apply_deployment(),
              Reply::status_error(500, "InternalError",
                                  "Internal error occurred: failed calling webhook \"check.example\": refused"));
  CHECK(webhook.kind == ErrorKind::rejected);
  CHECK(webhook.advice == "the admission webhook 'check.example' is down: repair or remove it");
  const Error other =
      refusal(apply_deployment(), Reply::status_error(500, "InternalError", "boom").with_header("audit-id", "6f1c"));
  CHECK(whole(other) == "cannot apply Deployment backend/order\n  why:  boom (audit id 6f1c)");
}

TEST_CASE("a server that is not ready, or overloaded, is unreachable") {
  for (const int code : {503, 504}) {
    const Error error = refusal(get("/api/v1/pods"), Reply::status_error(code, "ServiceUnavailable", "shutting down"));
    CHECK(error.kind == ErrorKind::unreachable);
    CHECK(whole(error) == "cannot list pods\n  why:  shutting down\n  hint: the server is not ready: try again later");
  }
  CHECK(refusal(get("/api/v1/pods"), Reply::status_error(429, "TooManyRequests", "slow down")).advice ==
        "the server is overloaded: try again later");
}

TEST_CASE("an object that is too large is measured") {
  kube::ApiRequest request = apply_deployment();
  request.body.assign(4'000'000, 'x');
  const Error error = refusal(request, Reply::status_error(413, "RequestEntityTooLarge", "limit is 3145728"));
  CHECK(whole(error) ==
        "cannot apply Deployment backend/order\n"
        "  why:  the object of 3906 KiB is too large for the server\n"
        "  hint: make it smaller (limits: 3 MiB for a request, 1.5 MiB for an object)");
}

TEST_CASE("a login page is not a Kubernetes API") {
  const Reply page{
      .status = 200, .headers = {{"content-type", "text/html"}}, .body = "<html>\x1b[31mplease\nlog in</html>"};
  const Error error = kube::not_kubernetes_error(get("/api"), token_access(),
                                                 {.status = 200, .headers = page.headers, .body = page.body});
  CHECK(error.kind == ErrorKind::unreachable);
  CHECK(whole(error) ==
        "https://kube.example:6443 is not a Kubernetes API\n"
        "  why:  it answers HTTP 200: <html>\\x1b[31mplease log in</html>\n"
        "  hint: check the server address of cluster 'prod-cluster'; a proxy or a login page may stand in between");
  const Error plain = refusal(get("/api"), {.status = 400,
                                            .headers = {{"content-type", "text/plain"}},
                                            .body = "Client sent an HTTP request to an HTTPS server.\n"});
  CHECK(plain.advice == "the server address needs https://");
}

TEST_CASE("at most two KiB of a foreign answer are shown") {
  const Error error =
      refusal(get("/api"), {.status = 502, .headers = {{"content-type", "text/html"}}, .body = std::string(9000, 'x')});
  CHECK(error.cause == "it answers HTTP 502: " + std::string(2048, 'x'));
}

TEST_CASE("network failures say where to look") {
  CHECK(whole(broken(Failure::refused, "127.0.0.1:6443 refuses connections")) ==
        "cannot reach https://kube.example:6443\n"
        "  why:  127.0.0.1:6443 refuses connections\n"
        "  hint: is the cluster running, and is 'prod' the right context?");
  CHECK(whole(broken(Failure::resolve, "cannot resolve kube.example:6443")) ==
        "cannot find https://kube.example:6443\n"
        "  why:  cannot resolve kube.example:6443\n"
        "  hint: check the server address of cluster 'prod-cluster' and the network (VPN?)");
  CHECK(whole(broken(Failure::timeout, "no answer from kube.example:6443 within 60s")) ==
        "cannot list pods\n  why:  no answer from kube.example:6443 within 60s\n  hint: is the cluster overloaded?");
  for (const Failure failure :
       {Failure::refused, Failure::resolve, Failure::connect_timeout, Failure::timeout, Failure::reset, Failure::proxy,
        Failure::redirect, Failure::too_large, Failure::tls_other})
    CHECK(broken(failure, "x").kind == ErrorKind::unreachable);
}

TEST_CASE("TLS failures say which side to repair") {
  CHECK(broken(Failure::tls_untrusted, "x").advice ==
        "the certificate-authority of cluster 'prod-cluster' does not match; if the cluster was created anew, fetch "
        "its kubeconfig "
        "again");
  CHECK(broken(Failure::tls_name_mismatch, "x").advice ==
        "use one of these names as server, or set tls-server-name of cluster 'prod-cluster' to it");
  CHECK(broken(Failure::tls_expired, "x").advice == "renew the server's certificate, or check this machine's clock");
  const Error rejected = broken(Failure::tls_client_rejected, "alert bad certificate");
  CHECK(rejected.kind == ErrorKind::not_authenticated);
  CHECK(whole(rejected) ==
        "https://kube.example:6443 refuses the client certificate\n"
        "  why:  alert bad certificate\n"
        "  hint: fetch a new certificate for user 'deployer'");
}

TEST_CASE("a proxy is named without its password") {
  kube::ClusterAccess access = token_access();
  access.connection.proxy_url = "http://me:hunter2@proxy.example:3128";
  const Error error = broken(Failure::proxy, "the proxy answers 403 to CONNECT", access);
  CHECK(whole(error) ==
        "no way through the proxy to https://kube.example:6443\n"
        "  why:  the proxy answers 403 to CONNECT\n"
        "  hint: check proxy-url of cluster 'prod-cluster' (http://proxy.example:3128)");
}

TEST_CASE("escape sequences of a server do not reach the terminal") {
  const Error error = refusal(apply_deployment(), Reply::status_error(422, "Invalid", "\x1b]52;c;aGk=\x07 is invalid"));
  CHECK(error.cause == "\\x1b]52;c;aGk=\\x07 is invalid");
}

}  // namespace kforge::tests
