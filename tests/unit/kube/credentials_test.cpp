// SPDX-License-Identifier: Apache-2.0
// Credential plugins and rotating tokens: client-go's exec_test.go and token_source_test.go.
#include "kube/credentials.hpp"

#include "tests/support/catch.hpp"
#include "tests/unit/kube/kubeconfig_fixture.hpp"

namespace kforge::tests {
namespace {

using namespace std::chrono_literals;
using End = ProcessResult::End;

kube::ClusterAccess exec_access() {
  kube::ClusterAccess access = token_access();
  access.token.reset();
  access.method = kube::AuthMethod::exec;
  access.exec = kube::ExecPlugin{.command = "login",
                                 .arguments = {"--secret-argument"},
                                 .environment = {{"REGION", "eu"}, {"HOME", "/other"}},
                                 .api_version = "client.authentication.k8s.io/v1",
                                 .install_hint = "get it from\x1b[31m example.com\n",
                                 .interactive_mode = "IfAvailable"};
  return access;
}

ProcessResult prints(const Json& status, const std::string& version = "client.authentication.k8s.io/v1") {
  return {End::exited, 0, Json{{"kind", "ExecCredential"}, {"apiVersion", version}, {"status", status}}.dump()};
}

struct Plugin {
  FakeClock clock;
  FakeProcesses processes;
  Environment environment;
  kube::ClusterAccess access = exec_access();
  bool terminal = false;

  Plugin() { environment.variables = {{"HOME", "/home/me"}, {"PATH", "/bin"}}; }
  void answers(const ProcessResult& result) {
    processes.script = [result](const ProcessRequest&) { return result; };
  }
  kube::Credentials credentials() { return {access, {clock, processes, environment, terminal}}; }
  // The message of the error that asking for credentials ends with.
  std::string problem() {
    try {
      credentials().current();
    } catch (const Error& error) {
      CHECK(error.kind == ErrorKind::not_authenticated);
      return whole(error);
    }
    return "no problem";
  }
};

}  // namespace

TEST_CASE("a plugin runs with our environment, its own variables and what it is asked for") {
  Plugin plugin;
  plugin.answers(prints({{"token", "from-plugin"}}));
  kube::Credentials credentials = plugin.credentials();
  CHECK(credentials.current().bearer_token->reveal() == "from-plugin");
  const ProcessRequest& request = plugin.processes.requests.at(0);
  CHECK(request.command == "login");
  CHECK(request.arguments == std::vector<std::string>{"--secret-argument"});
  CHECK(request.environment.at("PATH") == "/bin");
  CHECK(request.environment.at("HOME") == "/other");
  CHECK(request.environment.at("REGION") == "eu");
  CHECK(request.environment.at("KUBERNETES_EXEC_INFO") ==
        R"({"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","spec":{"interactive":false}})");
  CHECK_FALSE(request.give_terminal);
  CHECK(request.timeout == 60s);
}

TEST_CASE("a plugin that wants it learns about the cluster") {
  Home home;
  home.simple(
      server_line +
          "    tls-server-name: kube.internal\n    proxy-url: http://p:3128\n    certificate-authority-data: " +
          encoded(cluster_authority().certificate_pem) +
          "\n    extensions: [{name: client.authentication.k8s.io/exec, extension: {audience: x}}, {name: other, "
          "extension: 1}]\n",
      "    exec: {apiVersion: client.authentication.k8s.io/v1beta1, command: login, provideClusterInfo: true}\n");
  Plugin plugin;
  plugin.access = home.load();
  plugin.answers(prints({{"token", "t"}}, "client.authentication.k8s.io/v1beta1"));
  plugin.credentials().current();
  const Json info = Json::parse(plugin.processes.requests.at(0).environment.at("KUBERNETES_EXEC_INFO"));
  CHECK(info["apiVersion"] == "client.authentication.k8s.io/v1beta1");
  CHECK(info["spec"]["cluster"] == Json{{"server", "https://kube.example:6443"},
                                        {"tls-server-name", "kube.internal"},
                                        {"proxy-url", "http://p:3128"},
                                        {"certificate-authority-data", encoded(cluster_authority().certificate_pem)},
                                        {"config", {{"audience", "x"}}}});
}

TEST_CASE("a terminal is given when the mode and the situation allow it") {
  const auto interactive = [](const std::string& mode, bool terminal) {
    Plugin plugin;
    plugin.access.exec->interactive_mode = mode;
    plugin.terminal = terminal;
    plugin.answers(prints({{"token", "t"}}));
    plugin.credentials().current();
    const ProcessRequest request = plugin.processes.requests.at(0);
    CHECK(request.timeout == (request.give_terminal ? 0s : 60s));
    return request.give_terminal;
  };
  CHECK_FALSE(interactive("Never", true));
  CHECK(interactive("IfAvailable", true));
  CHECK_FALSE(interactive("IfAvailable", false));
  CHECK(interactive("Always", true));
  Plugin plugin;
  plugin.access.exec->interactive_mode = "Always";
  CHECK(plugin.problem() ==
        "credential plugin 'login' needs a terminal\n"
        "  why:  its interactiveMode is Always, and standard input is not a terminal");
  CHECK(plugin.processes.requests.empty());
}

TEST_CASE("credentials are kept until ten seconds before they expire, or for ever") {
  Plugin plugin;
  plugin.answers(prints({{"token", "t"}, {"expirationTimestamp", "2026-01-01T00:05:00Z"}}));
  kube::Credentials credentials = plugin.credentials();
  credentials.current();
  plugin.clock.advance(289s);
  credentials.current();
  CHECK(plugin.processes.requests.size() == 1);
  plugin.answers(prints({{"token", "for ever"}}));
  plugin.clock.advance(1s);
  CHECK(credentials.current().bearer_token->reveal() == "for ever");
  plugin.clock.advance(std::chrono::hours{100});
  credentials.current();
  CHECK(plugin.processes.requests.size() == 2);
}

TEST_CASE("what a plugin may answer wrong") {
  const auto problem = [](const ProcessResult& result) {
    Plugin plugin;
    plugin.answers(result);
    return plugin.problem();
  };
  CHECK(problem(prints(Json::object())) == "credential plugin 'login' gave no credentials");
  CHECK(problem({End::exited, 0, "s3cret, but no JSON"}) ==
        "credential plugin 'login' did not print an ExecCredential");
  CHECK(problem(prints({{"token", "t"}}, "client.authentication.k8s.io/v1beta1")) ==
        "credential plugin 'login' speaks another version\n"
        "  why:  it answers in client.authentication.k8s.io/v1beta1, the kubeconfig says "
        "client.authentication.k8s.io/v1");
  CHECK(problem(prints({{"clientCertificateData", client_pair().certificate_pem}})) ==
        "credential plugin 'login' gave a client certificate without its key, or the reverse");
  CHECK(problem(prints({{"clientCertificateData", "x"}, {"clientKeyData", "y"}})) ==
        "credential plugin 'login' gave a client certificate that cannot be used\n"
        "  why:  the certificate is not a PEM certificate");
  CHECK(problem(prints({{"token", "a\nb"}})) ==
        "credential plugin 'login' gave a token with a line break or another control character");
}

TEST_CASE("how a plugin may end badly: its output and arguments are never shown") {
  const auto problem = [](const ProcessResult& result) {
    Plugin plugin;
    plugin.answers(result);
    return plugin.problem();
  };
  CHECK(
      problem({End::exited, 3, "s3cret"}) ==
      "credential plugin 'login' failed with exit code 3\n  hint: run it by hand to see why, and log in with its tool");
  CHECK(problem({End::signalled, 9, ""}) == "credential plugin 'login' was ended by signal 9");
  CHECK(problem({End::timed_out, 0, ""}) == "credential plugin 'login' did not answer within 60 s");
  CHECK(problem({End::not_found, 2, ""}) ==
        "credential plugin 'login' is not installed\n  hint: get it from\\x1b[31m example.com");
  CHECK(problem({End::failed_to_start, 13, ""}) ==
        "credential plugin 'login' cannot be started\n  why:  permission denied");
  CHECK(problem({End::failed_to_start, 7, ""}) ==
        "credential plugin 'login' cannot be started\n"
        "  why:  its environment is too large; is the certificate authority a large bundle?");
  CHECK(problem({End::too_much_output, 0, ""}) == "credential plugin 'login' printed more than 1 MiB");
}

TEST_CASE("a certificate of a plugin opens a connection of its own, and the next one another") {
  Plugin plugin;
  const KeyPair second = make_certificate({.common_name = "second", .issuer = &cluster_authority()});
  plugin.answers(
      prints({{"clientCertificateData", client_pair().certificate_pem}, {"clientKeyData", client_pair().key_pem}}));
  kube::Credentials credentials = plugin.credentials();
  const kube::Identity first = credentials.current();
  CHECK(*first.connection->client_certificate_pem == client_pair().certificate_pem);
  plugin.answers(prints({{"clientCertificateData", second.certificate_pem}, {"clientKeyData", second.key_pem}}));
  CHECK(credentials.renew(first.generation));
  CHECK(*credentials.current().connection->client_certificate_pem == second.certificate_pem);
  CHECK(*first.connection->client_certificate_pem == client_pair().certificate_pem);
}

TEST_CASE("after a 401 the plugin runs once more and the request is sent again, for all requests together") {
  ScriptedClient test(exec_access());
  int runs = 0;
  test.processes.script = [&](const ProcessRequest&) { return prints({{"token", "token-" + std::to_string(++runs)}}); };
  test.transport.respond([](const Received& received) {
    return received.request.bearer_token->reveal() == "token-1"
               ? Reply::status_error(401, "Unauthorized", "Unauthorized").after(5ms)
               : Reply::json(200, Json::object());
  });
  int answers = 0;
  for (int i = 0; i < 5; ++i)
    test.client.send(post("/x"), [&](const kube::ApiResult& result) { answers += result.ok() ? 1 : 0; });
  test.run_for(1s);
  CHECK(answers == 5);
  CHECK(runs == 2);
}

TEST_CASE("a second 401 is the answer") {
  ScriptedClient test(exec_access());
  test.processes.script = [](const ProcessRequest&) { return prints({{"token", "t"}}); };
  test.transport.always("GET", "/x", Reply::status_error(401, "Unauthorized", "Unauthorized"));
  const kube::ApiResult result = test.client.call(get("/x"));
  CHECK(result.error->kind == ErrorKind::not_authenticated);
  CHECK(result.attempts == 2);
  CHECK(result.error->advice == "log in again with the tool that 'login' belongs to");
}

TEST_CASE("a plugin that fails is the answer to every request that waits for it") {
  ScriptedClient test(exec_access());
  test.processes.script = [](const ProcessRequest&) { return ProcessResult{End::not_found, 2, ""}; };
  std::vector<std::string> errors;
  for (int i = 0; i < 2; ++i)
    test.client.send(get("/x"), [&](const kube::ApiResult& result) { errors.emplace_back(result.error->what()); });
  CHECK(errors.empty());
  test.client.wait(test.clock.now() + 1s);
  CHECK(errors == std::vector<std::string>(2, "credential plugin 'login' is not installed"));
}

TEST_CASE("a token file is read again every fifty seconds, and a bad read keeps the last token") {
  Home home;
  const std::string path = home.write("token", "one\n");
  kube::ClusterAccess access = token_access();
  access.token_file = path;
  access.token = Secret("one");
  FakeClock clock;
  FakeProcesses processes;
  kube::Credentials credentials(access, {clock, processes, home.environment});
  home.write("token", "two\n");
  clock.advance(49s);
  CHECK(credentials.current().bearer_token->reveal() == "one");
  clock.advance(1s);
  CHECK(credentials.current().bearer_token->reveal() == "two");
  for (const char* bad : {"", "a\nb"}) {
    home.write("token", bad);
    clock.advance(60s);
    CHECK(credentials.current().bearer_token->reveal() == "two");
  }
}

TEST_CASE("a 401 reads the token file at once") {
  Home home;
  kube::ClusterAccess access = token_access();
  access.token_file = home.write("token", "fresh");
  access.token = Secret("stale");
  ScriptedClient test(access);
  test.transport.respond([](const Received& received) {
    return received.request.bearer_token->reveal() == "fresh"
               ? Reply::json(200, Json::object())
               : Reply::status_error(401, "Unauthorized", "Unauthorized");
  });
  CHECK(test.client.call(get("/x")).ok());
}

TEST_CASE("a fixed token that is refused is not tried twice") {
  ScriptedClient test;
  test.transport.on("GET", "/x", {Reply::status_error(401, "Unauthorized", "Unauthorized")});
  CHECK(test.client.call(get("/x")).attempts == 1);
}

TEST_CASE("impersonation goes with every request, watches too") {
  kube::ClusterAccess access = token_access();
  access.impersonation.user = "boss";
  ScriptedClient test(access);
  RecordingWatch watch;
  test.transport.respond([](const Received& received) {
    return received.request.stream
               ? Reply{.end = StreamEnd::stay_open}
               : Reply::json(200,
                             {{"kind", "PodList"}, {"metadata", {{"resourceVersion", "1"}}}, {"items", Json::array()}});
  });
  test.client.watch({.kind = &kind("v1", "Pod"), .name_space = "a"}, watch);
  test.run_for(1s);
  REQUIRE(test.transport.requests().size() == 2);
  for (const Received& received : test.transport.requests()) CHECK(received.header("impersonate-user") == "boss");
}

}  // namespace kforge::tests
