// SPDX-License-Identifier: Apache-2.0
// Which files are read and how they merge: client-go's loader_test.go.
#include "kube/file_trust.hpp"
#include "tests/support/catch.hpp"
#include "tests/unit/kube/kubeconfig_fixture.hpp"

#include <fmt/format.h>

namespace kforge::tests {
namespace {

std::string part(const std::string& context, const std::string& cluster, const std::string& server,
                 const std::string& user) {
  return fmt::format(
      "contexts: [{{name: {}, context: {{cluster: {}, user: {}}}}}]\nclusters: [{{name: {}, cluster: {{server: "
      "\"{}\"}}}}]\n"
      "users: [{{name: {}, user: {{token: {}-token}}}}]\n",
      context, cluster, user, cluster, server, user, user);
}

}  // namespace

TEST_CASE("the kubeconfig of the home folder is read when nothing else is named") {
  Home home;
  home.simple(server_line);
  const kube::ClusterAccess access = home.load();
  CHECK(access.connection.base_url == "https://kube.example:6443");
  CHECK(access.context == "prod");
  CHECK(access.cluster == "main");
  CHECK(access.user == "me");
  CHECK(access.name_space == "default");
  CHECK(access.token->reveal() == "t0ken");
  CHECK(access.sources == std::vector<std::string>{home.folder.path() + "/home/.kube/config"});
  CHECK(access.warnings.empty());
}

TEST_CASE("JSON is a kubeconfig too") {
  Home home;
  home.config(R"({"current-context": "a", "contexts": [{"name": "a", "context": {"cluster": "c", "user": "u"}}],
	"clusters": [{"name": "c", "cluster": {"server": "https://h:1"}}], "users": [{"name": "u", "user": {"token": "x"}}]})");
  CHECK(home.load().connection.base_url == "https://h:1");
}

TEST_CASE("--kubeconfig names exactly one file and KUBECONFIG is ignored then") {
  Home home;
  home.environment.variables["KUBECONFIG"] =
      home.write("other", part("o", "o", "https://other", "o") + "current-context: o\n");
  home.write("one", part("a", "c", "https://one", "u") + "current-context: a\n");
  home.flags.kubeconfig = "one";
  const kube::ClusterAccess access = home.load();
  CHECK(access.connection.base_url == "https://one");
  CHECK(access.sources == std::vector<std::string>{home.folder.path() + "/one"});
}

TEST_CASE("a file that --kubeconfig names must exist") {
  Home home;
  home.flags.kubeconfig = "missing";
  CHECK(home.problem() == "the kubeconfig 'missing' does not exist");
}

TEST_CASE("files of KUBECONFIG merge: the first one that defines a name wins the whole entry") {
  Home home;
  const std::string first = home.write("first", "current-context: a\n" + part("a", "c", "https://first", "u"));
  const std::string second = home.write(
      "second", "current-context: b\n" + part("b", "c", "https://second", "v") + "preferences: {}\nextensions: []\n");
  home.environment.variables["KUBECONFIG"] = first + "::" + home.folder.path() + "/missing:" + second + ":" + first;
  kube::ClusterAccess access = home.load();
  CHECK(access.context == "a");
  CHECK(access.connection.base_url == "https://first");
  CHECK(access.sources == std::vector<std::string>{first, second});
  home.flags.context = "b";  // defined in the second file, with the first one's cluster
  access = home.load();
  CHECK(access.connection.base_url == "https://first");
  CHECK(access.token->reveal() == "v-token");
}

TEST_CASE("KUBECONFIG with missing files only is a warning, then there is no cluster") {
  Home home;
  home.environment.variables["KUBECONFIG"] = home.folder.path() + "/a:" + home.folder.path() + "/b";
  CHECK(home.problem() ==
        "no cluster is configured\n"
        "  why:  looked at $KUBECONFIG, ~/.kube/config and the service account of a pod\n"
        "  hint: set KUBECONFIG or --kubeconfig to the kubeconfig of your cluster");
}

TEST_CASE("an empty file is a valid kubeconfig without anything in it") {
  Home home;
  home.config("");
  CHECK(home.problem().starts_with("no cluster is configured"));
}

TEST_CASE("relative paths count from the file that holds the entry") {
  Home home;
  home.write("configs/ca.pem", cluster_authority().certificate_pem);
  home.write("configs/tls/client.pem", client_pair().certificate_pem);
  home.write("configs/tls/client.key", client_pair().key_pem);
  home.flags.kubeconfig =
      home.write("configs/config", Home::simple_text(server_line + "    certificate-authority: ca.pem\n",
                                                     "    client-certificate: tls/client.pem\n"
                                                     "    client-key: ./tls/client.key\n"));
  const kube::ClusterAccess access = home.load();
  CHECK(*access.connection.ca_pem == cluster_authority().certificate_pem);
  CHECK(access.ca_source == "file " + home.folder.path() + "/configs/ca.pem");
  CHECK(*access.connection.client_certificate_pem == client_pair().certificate_pem);
  CHECK(access.method == kube::AuthMethod::client_certificate);
}

TEST_CASE("values that look like numbers are texts") {
  Home home;
  home.config(
      "current-context: 1\ncontexts: [{name: 1, context: {cluster: 2, user: 3, namespace: team-7}}]\n"
      "clusters: [{name: 2, cluster: {server: \"https://h\"}}]\nusers: [{name: 3, user: {token: 0123}}]\n");
  const kube::ClusterAccess access = home.load();
  CHECK(access.context == "1");
  CHECK(access.token->reveal() == "0123");
  CHECK(access.name_space == "team-7");
}

TEST_CASE("unknown fields are ignored") {
  Home home;
  home.simple(server_line + "    api-version: v1\n    future: {a: [1]}\n");
  CHECK(home.load().connection.base_url == "https://kube.example:6443");
}

TEST_CASE("a name that one file defines twice is an error") {
  Home home;
  home.config(Home::simple_text(server_line, "    token: a\n") + "- name: me\n  user: {token: b}\n");
  CHECK(home.problem() == home.folder.path() + "/home/.kube/config:15: 'users' names 'me' twice");
}

TEST_CASE("every bad file is named, and nothing of their text is quoted") {
  Home home;
  const std::string broken = home.write("broken", "users: [{name: a, user: {token: s3cret\n");
  const std::string service = home.write("service", "kind: Service\n");
  home.environment.variables["KUBECONFIG"] = broken + ":" + service + ":" + home.folder.path();
  const std::string problem = home.problem();
  CHECK(problem.starts_with("the kubeconfig has "));
  CHECK(problem.find(broken + ":") != std::string::npos);
  CHECK(problem.find(service + " is a Service, not a kubeconfig") != std::string::npos);
  CHECK(problem.find("cannot read '" + home.folder.path() + "': Is a directory") != std::string::npos);
  CHECK(problem.find("s3cret") == std::string::npos);
}

TEST_CASE("a kubeconfig that others may read is used with a warning") {
  Home home;
  home.simple(server_line);
  const std::string path = home.folder.path() + "/home/.kube/config";
  ::chmod(path.c_str(), 0644);
  CHECK(home.load().warnings ==
        std::vector<std::string>{path + " can be read by others (mode 0644); run: chmod 600 " + path});
}

TEST_CASE("a kubeconfig that everybody may change is not used") {
  Home home;
  home.simple(server_line);
  const std::string path = home.folder.path() + "/home/.kube/config";
  ::chmod(path.c_str(), 0666);
  CHECK(home.problem() == path + " is writable by everybody (mode 0666); run: chmod 600 " + path);
}

TEST_CASE("whose file it is decides whether it is used") {
  const auto judge = [](unsigned mode, unsigned owner, unsigned ourselves) {
    const kube::FileTrust trust = kube::judge("/f", {.mode = mode, .owner = owner, .ourselves = ourselves});
    return trust.refusal.empty() ? (trust.warning.empty() ? "fine" : "warning: " + trust.warning)
                                 : "refused: " + trust.refusal;
  };
  CHECK(judge(0600, 1000, 1000) == "fine");
  CHECK(judge(0640, 1000, 1000) == "warning: /f can be read by others (mode 0640); run: chmod 600 /f");
  CHECK(judge(0644, 0, 1000) == "fine");  // mounted secrets belong to root
  CHECK(judge(0600, 1001, 1000) == "refused: /f belongs to another user (uid 1001); make a copy of your own");
  CHECK(judge(0600, 1001, 0) == "warning: /f belongs to another user (uid 1001)");
  CHECK(judge(0602, 0, 0) == "refused: /f is writable by everybody (mode 0602); run: chmod 600 /f");
}

}  // namespace kforge::tests
