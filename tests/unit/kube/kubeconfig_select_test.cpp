// SPDX-License-Identifier: Apache-2.0
// Contexts, overrides and validation: client-go's client_config_test.go, overrides_test.go and validation_test.go.
#include "tests/support/catch.hpp"
#include "tests/unit/kube/kubeconfig_fixture.hpp"

#include <fmt/format.h>

namespace kforge::tests {
namespace {

struct TwoContexts : Home {
  TwoContexts() {
    config(
        "current-context: prod\n"
        "contexts:\n"
        "- {name: prod, context: {cluster: main, user: me, namespace: shop}}\n"
        "- {name: staging, context: {cluster: second, user: me}}\n"
        "clusters:\n"
        "- {name: main, cluster: {server: \"https://main:6443\", tls-server-name: kube.internal}}\n"
        "- {name: second, cluster: {server: \"https://second:6443\"}}\n"
        "users:\n"
        "- {name: me, user: {token: mine}}\n"
        "- {name: ci, user: {token: robot}}\n");
  }
};

std::string path_in(const Home& home) {
  return home.folder.path() + "/home/.kube/config";
}

}  // namespace

TEST_CASE("--context wins over the project's context, which wins over current-context") {
  TwoContexts home;
  CHECK(home.load().context == "prod");
  home.project_context = "staging";
  CHECK(home.load().context == "staging");
  home.flags.context = "prod";
  CHECK(home.load().context == "prod");
}

TEST_CASE("a context that does not exist is an error with what there is") {
  TwoContexts home;
  home.flags.context = "stagin";
  CHECK(home.problem() == "there is no context 'stagin'; did you mean 'staging'?");
  home.flags.context = "nothing-like-it";
  CHECK(home.problem() == "there is no context 'nothing-like-it'; available: prod, staging");
}

TEST_CASE("no context at all lists what can be chosen") {
  Home home;
  home.config("contexts: [{name: a, context: {cluster: c}}, {name: b, context: {cluster: c}}]\n");
  CHECK(home.problem() == "no context is selected; available: a, b (use --context)");
}

TEST_CASE("--cluster and --user replace the context's, and must exist") {
  TwoContexts home;
  home.flags.cluster = "second";
  home.flags.user = "ci";
  const kube::ClusterAccess access = home.load();
  CHECK(access.connection.base_url == "https://second:6443");
  CHECK(access.token->reveal() == "robot");
  CHECK(access.cluster == "second");
  CHECK(access.user == "ci");
  home.flags.cluster = "third";
  home.flags.user = "c";
  CHECK(home.problem() ==
        "the kubeconfig has 2 problems\n"
        "  why:  there is no cluster 'third'; available: main, second\n"
        "there is no user 'c'; did you mean 'ci'?");
}

TEST_CASE("a context that refers to nothing names its file") {
  Home home;
  home.config(
      "current-context: a\ncontexts: [{name: a, context: {cluster: gone, user: lost}}]\nusers: [{name: u, user: "
      "{}}]\n");
  CHECK(home.problem() ==
        fmt::format("the kubeconfig has 2 problems\n"
                    "  why:  context 'a' (in {0}) refers to cluster 'gone', which no loaded file defines\n"
                    "context 'a' (in {0}) refers to user 'lost', which no loaded file defines; available: u",
                    path_in(home)));
}

TEST_CASE("a context needs a cluster, and may do without a user") {
  Home home;
  home.config("current-context: a\ncontexts: [{name: a, context: {user: u}}]\nusers: [{name: u, user: {}}]\n");
  CHECK(home.problem() == fmt::format("context 'a' (in {}) names no cluster", path_in(home)));
  home.config(
      "current-context: a\ncontexts: [{name: a, context: {cluster: c}}]\nclusters: [{name: c, cluster: {server: "
      "\"https://h\"}}]\n");
  CHECK(home.load().method == kube::AuthMethod::none);
}

TEST_CASE("--server replaces the address and drops the file's tls-server-name") {
  TwoContexts home;
  CHECK(home.load().connection.tls_server_name == "kube.internal");
  home.flags.server = "https://bastion:7443/";
  CHECK(home.load().connection.base_url == "https://bastion:7443");
  CHECK(home.load().connection.tls_server_name.empty());
  home.flags.tls_server_name = "kube.other";
  CHECK(home.load().connection.tls_server_name == "kube.other");
}

TEST_CASE("--server alone needs no kubeconfig") {
  Home home;
  home.flags.server = "https://h:6443";
  const kube::ClusterAccess access = home.load();
  CHECK(access.connection.base_url == "https://h:6443");
  CHECK(access.context.empty());
}

TEST_CASE("either trust flag replaces all the file says about trust") {
  Home home;
  home.simple(server_line + "    certificate-authority-data: " + encoded(cluster_authority().certificate_pem) + "\n");
  CHECK(home.load().ca_source == "inline");
  home.flags.insecure_skip_tls_verify = true;
  kube::ClusterAccess access = home.load();
  CHECK(access.connection.insecure_skip_tls_verify);
  CHECK_FALSE(access.connection.ca_pem.has_value());
  CHECK(access.ca_source == "none (insecure)");
  CHECK(access.warnings ==
        std::vector<std::string>{
            "cluster 'main' is not verified (insecure-skip-tls-verify): anybody in between can read along"});
  home.simple(server_line + "    insecure-skip-tls-verify: true\n");
  home.flags.insecure_skip_tls_verify = false;
  home.flags.certificate_authority = "ca.pem";
  home.write("ca.pem", cluster_authority().certificate_pem);
  access = home.load();
  CHECK_FALSE(access.connection.insecure_skip_tls_verify);
  CHECK(access.ca_source == "file " + home.folder.path() + "/ca.pem");
}

TEST_CASE("both trust flags contradict each other") {
  Home home;
  home.simple(server_line);
  home.write("ca.pem", cluster_authority().certificate_pem);
  home.flags.certificate_authority = "ca.pem";
  home.flags.insecure_skip_tls_verify = true;
  CHECK(home.problem() ==
        "cluster 'main' has a certificate authority and insecure-skip-tls-verify, which contradict each other");
}

TEST_CASE("a token file on the command line replaces every other token and password") {
  Home home;
  home.simple(server_line, "    token: old\n");
  home.write("token", " fresh\n");
  home.flags.token_file = "token";
  const kube::ClusterAccess access = home.load();
  CHECK(access.token->reveal() == "fresh");
  CHECK(access.token_file == home.folder.path() + "/token");
  home.simple(server_line, "    username: u\n    password: p\n");
  CHECK(home.load().method == kube::AuthMethod::token);
}

TEST_CASE("a certificate on the command line replaces the file's data") {
  Home home;
  home.simple(server_line, "    client-certificate-data: " + encoded(client_pair().certificate_pem) +
                               "\n    client-key-data: " + encoded(client_pair().key_pem) + "\n");
  const KeyPair other = make_certificate({.common_name = "other", .issuer = &cluster_authority()});
  home.write("o.pem", other.certificate_pem);
  home.write("o.key", other.key_pem);
  home.flags.client_certificate = "o.pem";
  home.flags.client_key = "o.key";
  CHECK(*home.load().connection.client_certificate_pem == other.certificate_pem);
}

TEST_CASE("the namespace: flag, context, pod, default") {
  TwoContexts home;
  CHECK(home.load().name_space == "shop");
  for (const char* flag : {"team", "ns/team", "namespace/team", "namespaces/team"}) {
    home.flags.name_space = flag;
    CHECK(home.load().name_space == "team");
  }
  home.flags.name_space = "not a name";
  CHECK(home.problem() == "--namespace: 'not a name' is not a namespace's name");
  home.flags.name_space.clear();
  home.flags.context = "staging";
  CHECK(home.load().name_space == "default");
}

TEST_CASE("a bad namespace in a context is a problem of the context") {
  Home home;
  home.config(
      "current-context: a\ncontexts: [{name: a, context: {cluster: c, namespace: Bad_One}}]\n"
      "clusters: [{name: c, cluster: {server: \"https://h\"}}]\n");
  CHECK(home.problem() == "context 'a': 'Bad_One' is not a namespace's name");
}

TEST_CASE("a server address must be https, http on loopback only") {
  const auto problem = [](const std::string& server) {
    Home home;
    home.simple("    server: \"" + server + "\"\n");
    return home.problem();
  };
  CHECK(problem("") == "cluster 'main' has no server address");
  CHECK(problem("kube.example:6443") ==
        "cluster 'main': server 'kube.example:6443' needs its scheme: https://kube.example:6443");
  CHECK(problem("http://kube.example") ==
        "cluster 'main': server 'http://kube.example' is not encrypted: use https:// (http:// is for loopback only)");
  CHECK(problem("ftp://kube.example") == "cluster 'main': server 'ftp://kube.example' must start with https://");
  CHECK(problem("https://h:port") == "cluster 'main': server 'https://h:port' is not a URL");
  CHECK(problem("https://me:hunter2@h") == "cluster 'main': the server address must not hold a user name or password");
}

TEST_CASE("a path prefix of the server stays, query and fragment go") {
  Home home;
  home.simple("    server: \"https://rancher.example/k8s/clusters/c-x/?a=b#c\"\n");
  CHECK(home.load().connection.base_url == "https://rancher.example/k8s/clusters/c-x");
}

TEST_CASE("without TLS no credentials are sent") {
  Home home;
  home.simple("    server: http://127.0.0.1:8080\n");
  const kube::ClusterAccess access = home.load();
  CHECK_FALSE(access.token.has_value());
  CHECK(access.method == kube::AuthMethod::none);
  CHECK(access.warnings == std::vector<std::string>{"http://127.0.0.1:8080 is not encrypted: no credentials are sent"});
}

TEST_CASE("proxy-url knows three schemes") {
  Home home;
  for (const char* url : {"http://p:3128", "https://p:3128", "socks5://p:1080"}) {
    home.simple(server_line + "    proxy-url: " + url + "\n");
    CHECK(home.load().connection.proxy_url == url);
  }
  for (const char* url : {"ftp://p", "p:3128", "http://"}) {
    home.simple(server_line + "    proxy-url: " + url + "\n");
    CHECK(home.problem() == "cluster 'main': proxy-url must start with http://, https:// or socks5://");
  }
}

TEST_CASE("the environment gives proxies, HTTP/2 and roots") {
  Home home;
  home.simple(server_line + "    disable-compression: true\n");
  home.environment.variables["https_proxy"] = "http://p:3128";
  home.environment.variables["NO_PROXY"] = "internal";
  home.environment.variables["DISABLE_HTTP2"] = "1";
  home.environment.variables["SSL_CERT_FILE"] = "/roots.pem";
  const kube::ClusterAccess access = home.load();
  CHECK(access.connection.https_proxy == "http://p:3128");
  CHECK(access.connection.no_proxy == "internal");
  CHECK(access.connection.disable_http2);
  CHECK(access.connection.disable_compression);
  CHECK(access.ca_source == "system /roots.pem");
  CHECK(access.connection.user_agent.starts_with("kforge/"));
}

TEST_CASE("a certificate authority must be there, readable and a certificate") {
  const auto problem = [](const std::string& lines) {
    Home home;
    home.write("home/.kube/notes.txt", "no certificate here");
    home.simple(server_line + lines);
    return replace_all(home.problem(), home.folder.path() + "/home/.kube", "DIR");
  };
  CHECK(problem("    certificate-authority: gone.pem\n") ==
        "cannot read DIR/gone.pem for cluster 'main': no such file");
  CHECK(problem("    certificate-authority: notes.txt\n") == "cluster 'main': DIR/notes.txt holds no certificate");
  CHECK(problem("    certificate-authority-data: '***'\n") ==
        "cluster 'main': certificate-authority-data is not valid base64");
  CHECK(problem("    certificate-authority-data: " + encoded(client_pair().key_pem) + "\n") ==
        "cluster 'main': certificate-authority-data holds no certificate");
  CHECK(problem("    certificate-authority: notes.txt\n    certificate-authority-data: YQ==\n")
            .starts_with("the kubeconfig has 2 problems\n  why:  cluster 'main' has both certificate-authority and "
                         "certificate-authority-data, keep one"));
}

TEST_CASE("the description says which cluster, which user and why, never a secret") {
  Home home;
  home.simple(
      "    server: https://kube.example:6443\n    tls-server-name: kube.internal\n    certificate-authority-data: " +
          encoded(cluster_authority().certificate_pem) + "\n",
      "    token: s3cret\n    as: boss\n");
  const Json description = kube::describe(home.load());
  CHECK(description == Json{{"server", "https://kube.example:6443"},
                            {"context", "prod"},
                            {"cluster", "main"},
                            {"user", "me"},
                            {"namespace", "default"},
                            {"auth", "token"},
                            {"tls", {{"insecure", false}, {"serverName", "kube.internal"}, {"caSource", "inline"}}},
                            {"sources", {path_in(home)}}});
}

TEST_CASE("a pod uses its service account when nothing else is configured") {
  Home home;
  home.environment.variables["KUBERNETES_SERVICE_HOST"] = "fd12::1";
  home.environment.variables["KUBERNETES_SERVICE_PORT"] = "443";
  CHECK(home.problem().starts_with("no cluster is configured"));
  home.write("serviceaccount/token", "pod-token\n", 0644);
  CHECK(home.problem() == "cannot read " + home.service_account + "/ca.crt for cluster 'in-cluster': no such file");
  home.write("serviceaccount/ca.crt", cluster_authority().certificate_pem, 0644);
  home.write("serviceaccount/namespace", "backend\n", 0644);
  kube::ClusterAccess access = home.load();
  CHECK(access.connection.base_url == "https://[fd12::1]:443");
  CHECK(access.token->reveal() == "pod-token");
  CHECK(access.token_file == home.service_account + "/token");
  CHECK(access.name_space == "backend");
  CHECK(access.sources == std::vector<std::string>{"in-cluster"});
  CHECK(access.warnings.empty());
  home.environment.variables["POD_NAMESPACE"] = "other";
  CHECK(home.load().name_space == "other");
}

TEST_CASE("a broken or foreign kubeconfig never falls back to the pod's account") {
  Home home;
  home.environment.variables["KUBERNETES_SERVICE_HOST"] = "10.96.0.1";
  home.environment.variables["KUBERNETES_SERVICE_PORT"] = "443";
  home.write("serviceaccount/token", "pod-token");
  home.write("serviceaccount/ca.crt", cluster_authority().certificate_pem);
  home.project_context = "prod";
  CHECK(home.problem() == "there is no context 'prod'");
  home.project_context.clear();
  home.config("contexts: [");
  CHECK(home.problem().starts_with(path_in(home)));
  home.simple(server_line);
  CHECK(home.load().connection.base_url == "https://kube.example:6443");
}

}  // namespace kforge::tests
