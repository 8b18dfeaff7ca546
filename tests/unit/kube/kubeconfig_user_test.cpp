// SPDX-License-Identifier: Apache-2.0
// Who we are, as a kubeconfig says it.
#include "kube/credentials.hpp"
#include "tests/support/catch.hpp"
#include "tests/unit/kube/kubeconfig_fixture.hpp"

namespace kforge::tests {
namespace {

std::string certificate_lines(const KeyPair& pair) {
  return "    client-certificate-data: " + encoded(pair.certificate_pem) +
         "\n    client-key-data: " + encoded(pair.key_pem) + "\n";
}

kube::ClusterAccess access_of(const std::string& user_lines) {
  Home home;
  home.simple(server_line, user_lines);
  return home.load();
}

std::string problem_of(const std::string& user_lines) {
  Home home;
  home.write("home/.kube/empty", "");
  home.simple(server_line, user_lines);
  return replace_all(home.problem(), home.folder.path() + "/home/.kube", "DIR");
}

std::string exec_lines(const std::string& lines) {
  return "    exec:\n      apiVersion: client.authentication.k8s.io/v1\n      interactiveMode: Never\n" + lines;
}

}  // namespace

TEST_CASE("a token may come with a client certificate") {
  const kube::ClusterAccess access = access_of("    token: t0ken\n" + certificate_lines(client_pair()));
  CHECK(access.method == kube::AuthMethod::token);
  CHECK(access.connection.client_key_pem.has_value());
}

TEST_CASE("a token file wins over the token beside it") {
  Home home;
  home.write("home/.kube/token", "from-file\n");
  home.simple(server_line, "    token: inline\n    tokenFile: token\n");
  CHECK(home.load().token->reveal() == "from-file");
}

TEST_CASE("a token file must be there and not empty") {
  CHECK(problem_of("    tokenFile: gone\n") == "cannot read DIR/gone for user 'me': no such file");
  CHECK(problem_of("    tokenFile: empty\n") == "DIR/empty is empty; user 'me' needs a token in it");
}

TEST_CASE("certificates and keys come in pairs that belong together") {
  const KeyPair other = make_certificate({.common_name = "other"});
  CHECK(problem_of("    client-certificate-data: " + encoded(client_pair().certificate_pem) + "\n") ==
        "user 'me' has a client certificate without its client-key");
  CHECK(problem_of("    client-key-data: " + encoded(client_pair().key_pem) + "\n") ==
        "user 'me' has a client-key without its client-certificate");
  CHECK(problem_of(certificate_lines({client_pair().certificate_pem, other.key_pem})) ==
        "user 'me': the key does not belong to the certificate (client-certificate-data, client-key-data)");
  CHECK(problem_of(certificate_lines({client_pair().certificate_pem, encrypted_key(client_pair())})) ==
        "user 'me': the key is encrypted, which is not supported (client-certificate-data, client-key-data)");
  CHECK(problem_of(certificate_lines({"nonsense", client_pair().key_pem})) ==
        "user 'me': the certificate is not a PEM certificate (client-certificate-data, client-key-data)");
  CHECK(problem_of(certificate_lines({client_pair().certificate_pem, "nonsense"})) ==
        "user 'me': the key is not a PEM private key (client-certificate-data, client-key-data)");
  CHECK(problem_of("    client-certificate-data: YQ==\n    client-certificate: empty\n    client-key: empty\n")
            .find("user 'me' has both client-certificate and client-certificate-data, keep one") != std::string::npos);
}

TEST_CASE("bad base64 is named without its value") {
  CHECK(problem_of("    client-certificate-data: " + encoded(client_pair().certificate_pem) +
                   "\n    client-key-data: '%%s3cret'\n") == "user 'me': client-key-data is not valid base64");
}

TEST_CASE("two ways to log in are one too many") {
  CHECK(problem_of("    token: a\n    username: u\n    password: p\n") ==
        "user 'me' has a token and a user name with password, keep one");
  CHECK(problem_of(exec_lines("      command: aws\n") + "    auth-provider: {name: oidc}\n")
            .find("user 'me' has both exec and auth-provider, keep one") != std::string::npos);
}

TEST_CASE("basic authentication is sent as it always was") {
  const kube::ClusterAccess access = access_of("    username: Aladdin\n    password: open sesame\n");
  CHECK(access.method == kube::AuthMethod::basic);
  FakeClock clock;
  FakeProcesses processes;
  const Environment environment;
  kube::Credentials credentials(access, {clock, processes, environment});
  CHECK(credentials.current().headers == http::Headers{{"Authorization", "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="}});
}

TEST_CASE("what would break out of a header is refused") {
  CHECK(problem_of("    token: \"a\\r\\nX-Evil: 1\"\n") ==
        "user 'me': the token holds a line break or another control character");
  CHECK(problem_of("    username: \"a\\nb\"\n    password: p\n") ==
        "user 'me': the user name or password holds a character that HTTP does not allow");
  CHECK(problem_of("    token: t\n    as: \"boss\\nX: y\"\n") == "user 'me': impersonation holds control characters");
}

TEST_CASE("impersonation needs somebody, and becomes headers") {
  CHECK(problem_of("    token: t\n    as-groups: [admins]\n") == "user 'me': impersonation needs 'as'");
  const kube::ClusterAccess access = access_of(
      "    token: t\n    as: boss\n    as-uid: \"42\"\n    as-groups: [admins, ops]\n"
      "    as-user-extra: {\"example.com/scope%\": [a, b]}\n");
  CHECK(kube::impersonation_headers(access.impersonation) ==
        http::Headers{{"Impersonate-User", "boss"},
                      {"Impersonate-Uid", "42"},
                      {"Impersonate-Group", "admins"},
                      {"Impersonate-Group", "ops"},
                      {"Impersonate-Extra-example.com%2Fscope%25", "a"},
                      {"Impersonate-Extra-example.com%2Fscope%25", "b"}});
  CHECK(kube::impersonation_headers({}).empty());
}

TEST_CASE("impersonation flags replace the kubeconfig's") {
  Home home;
  home.simple(server_line, "    token: t\n    as: boss\n    as-groups: [admins]\n");
  home.flags.impersonate_user = "ci";
  home.flags.impersonate_groups = {"robots"};
  const kube::Impersonation as = home.load().impersonation;
  CHECK(as.user == "ci");
  CHECK(as.groups == std::vector<std::string>{"robots"});
}

TEST_CASE("old auth providers name their successors") {
  CHECK(problem_of("    auth-provider: {name: gcp}\n") ==
        "user 'me' uses the auth-provider 'gcp', which no longer exists: install gke-gcloud-auth-plugin");
  CHECK(problem_of("    auth-provider: {name: azure}\n") ==
        "user 'me' uses the auth-provider 'azure', which no longer exists: install kubelogin");
  CHECK(problem_of("    auth-provider: {name: oidc, config: {refresh-token: s3cret}}\n") ==
        "user 'me' uses the auth-provider 'oidc' without an id-token: use an exec plug-in such as kubelogin");
}

TEST_CASE("an id-token of an oidc provider is used until ten seconds before its end") {
  // {"exp": 1767225720}: 2026-01-01T00:02:00Z, two minutes after the fake clock starts.
  const std::string token = "eyJhbGciOiJub25lIn0." + encoded("{\"exp\": 1767225720}") + ".c2ln";
  const kube::ClusterAccess access = access_of("    auth-provider: {name: oidc, config: {id-token: " + token + "}}\n");
  CHECK(access.method == kube::AuthMethod::token);
  FakeClock clock;
  FakeProcesses processes;
  const Environment environment;
  kube::Credentials credentials(access, {clock, processes, environment});
  clock.advance(std::chrono::seconds{109});
  CHECK(credentials.current().bearer_token->reveal() == token);
  clock.advance(std::chrono::seconds{1});
  try {
    credentials.current();
    FAIL("no error");
  } catch (const Error& error) {
    CHECK(error.kind == ErrorKind::not_authenticated);
    CHECK(whole(error) ==
          "the id-token of user 'me' expired at 2026-01-01T00:02:00Z\n"
          "  hint: use an exec plug-in such as kubelogin, which renews it");
  }
}

TEST_CASE("an exec entry is checked before anything runs") {
  CHECK(problem_of("    exec: {apiVersion: client.authentication.k8s.io/v1, command: aws}\n") ==
        "user 'me': exec has no interactiveMode");
  CHECK(
      problem_of(
          "    exec: {apiVersion: client.authentication.k8s.io/v1beta1, interactiveMode: Sometimes, command: aws}\n") ==
      "user 'me': interactiveMode is Never, IfAvailable or Always, not 'Sometimes'");
  CHECK(problem_of("    exec: {apiVersion: client.authentication.k8s.io/v1alpha1, command: aws}\n") ==
        "user 'me': exec uses v1alpha1, which no longer exists: update the kubeconfig with its own tool");
  CHECK(problem_of("    exec: {apiVersion: example.com/v1, command: aws}\n") ==
        "user 'me': exec has the unknown apiVersion 'example.com/v1'");
  CHECK(problem_of("    exec: {interactiveMode: Never}\n") ==
        "the kubeconfig has 2 problems\n  why:  user 'me': exec has no command\nuser 'me': exec has no apiVersion");
  CHECK(problem_of(exec_lines("      command: aws\n      env: [{value: x}]\n")) ==
        "user 'me': exec has an env entry without a name");
}

TEST_CASE("a token makes the plugin unnecessary") {
  const kube::ClusterAccess access = access_of("    token: t\n" + exec_lines("      command: aws\n"));
  CHECK(access.method == kube::AuthMethod::token);
  CHECK_FALSE(access.exec.has_value());
}

TEST_CASE("a command with a slash is a path beside the kubeconfig, without one a program of PATH") {
  Home home;
  home.simple(server_line, exec_lines("      command: ./bin/login\n"));
  CHECK(home.load().exec->command == home.folder.path() + "/home/.kube/bin/login");
  CHECK(access_of(exec_lines("      command: aws\n")).exec->command == "aws");
}

TEST_CASE("a policy decides which plugins may run") {
  Home home;
  home.write("bin/aws", "");
  home.environment.variables["PATH"] = home.folder.path() + "/bin";
  home.simple(server_line, exec_lines("      command: aws\n"));
  const auto under = [&](const std::string& policy) {
    home.environment.variables["KFORGE_EXEC_PLUGINS"] = policy;
    return home.problem();
  };
  CHECK(under("") == "no problem");
  CHECK(under("deny") == "the kubeconfig wants to run 'aws', and KFORGE_EXEC_PLUGINS=deny forbids it");
  CHECK(under("allow:gcloud,aws") == "no problem");
  CHECK(under("allow:" + home.folder.path() + "/bin/aws") == "no problem");
  CHECK(under("allow:/usr/bin/aws") == "the kubeconfig wants to run 'aws', which KFORGE_EXEC_PLUGINS does not allow");
  CHECK(under("allow:") == "KFORGE_EXEC_PLUGINS is 'deny' or 'allow:COMMAND,COMMAND'");
  CHECK(under("sometimes") == "KFORGE_EXEC_PLUGINS is 'deny' or 'allow:COMMAND,COMMAND'");
}

}  // namespace kforge::tests
