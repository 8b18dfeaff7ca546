// SPDX-License-Identifier: Apache-2.0
#include "kube/exec_credential.hpp"

#include "base/error.hpp"
#include "base/text.hpp"
#include "kube/access_parts.hpp"
#include "kube/pem.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <system_error>

namespace kforge::kube {
namespace {

constexpr std::chrono::seconds unattended_timeout{60};

Error failed(const ExecPlugin& plugin, const std::string& how) {
  return Error(ErrorKind::not_authenticated, fmt::format("credential plugin '{}' {}", printable(plugin.command), how));
}

bool is_interactive(const ExecRun& run) {
  const ExecPlugin& plugin = run.plugin;
  if (plugin.interactive_mode == "Never") return false;
  if (plugin.interactive_mode == "Always" && !run.input_is_terminal)
    throw failed(plugin, "needs a terminal").why("its interactiveMode is Always, and standard input is not a terminal");
  return run.input_is_terminal;
}

std::string exec_info(const ExecPlugin& plugin, bool interactive) {
  Json spec = {{"interactive", interactive}};
  if (plugin.provide_cluster_info) spec["cluster"] = plugin.cluster_info;
  return to_text({{"kind", "ExecCredential"}, {"apiVersion", plugin.api_version}, {"spec", spec}});
}

Error start_failure(const ExecPlugin& plugin, int number) {
  if (number == E2BIG)
    return failed(plugin, "cannot be started")
        .why("its environment is too large; is the certificate authority a large bundle?");
  return failed(plugin, "cannot be started").why(to_lower(std::generic_category().message(number)));
}

void check_end(const ExecPlugin& plugin, const ProcessResult& result) {
  switch (result.end) {
    case ProcessResult::End::exited:
      if (result.code != 0)
        throw failed(plugin, fmt::format("failed with exit code {}", result.code))
            .hint("run it by hand to see why, and log in with its tool");
      return;
    case ProcessResult::End::signalled:
      throw failed(plugin, fmt::format("was ended by signal {}", result.code));
    case ProcessResult::End::timed_out:
      throw failed(plugin, fmt::format("did not answer within {} s", unattended_timeout.count()));
    case ProcessResult::End::not_found:
      throw failed(plugin, "is not installed").hint(std::string(trim(printable(plugin.install_hint))));
    case ProcessResult::End::failed_to_start:
      throw start_failure(plugin, result.code);
    case ProcessResult::End::too_much_output:
      throw failed(plugin, "printed more than 1 MiB");
  }
}

std::optional<std::string> text_in(const Json& status, const char* key) {
  const std::string text = string_at(status, {key});
  return text.empty() ? std::nullopt : std::optional(text);
}

// The certificate and key belong together, and nothing in the token breaks out of its header.
void check_credential(const ExecPlugin& plugin, const ExecCredential& credential) {
  if (!credential.token && !credential.certificate_pem && !credential.key_pem)
    throw failed(plugin, "gave no credentials");
  if (credential.token && has_control_characters(credential.token->reveal()))
    throw failed(plugin, "gave a token with a line break or another control character");
  if (credential.certificate_pem.has_value() != credential.key_pem.has_value())
    throw failed(plugin, "gave a client certificate without its key, or the reverse");
  if (!credential.certificate_pem) return;
  if (const std::string problem = key_pair_problem(*credential.certificate_pem, *credential.key_pem); !problem.empty())
    throw failed(plugin, "gave a client certificate that cannot be used").why(problem);
}

ExecCredential parse_output(const ExecPlugin& plugin, const std::string& output) {
  const Json answer = Json::parse(output, nullptr, false);
  if (!answer.is_object() || string_at(answer, {"kind"}) != "ExecCredential")
    throw failed(plugin, "did not print an ExecCredential");
  const std::string version = string_at(answer, {"apiVersion"});
  if (version != plugin.api_version)
    throw failed(plugin, "speaks another version")
        .why(fmt::format("it answers in {}, the kubeconfig says {}", printable(version), plugin.api_version));
  const Json& status = at_path(answer, {"status"});
  ExecCredential credential;
  if (auto token = text_in(status, "token")) credential.token = Secret(*token);
  credential.certificate_pem = text_in(status, "clientCertificateData");
  if (auto key = text_in(status, "clientKeyData")) credential.key_pem = Secret(*key);
  credential.expiry = parse_rfc3339(string_at(status, {"expirationTimestamp"}));
  check_credential(plugin, credential);
  return credential;
}

}  // namespace

ProcessRequest exec_request(const ExecRun& run) {
  ProcessRequest request;
  request.command = run.plugin.command;
  request.arguments = run.plugin.arguments;
  request.environment = run.environment.variables;
  for (const auto& [name, value] : run.plugin.environment) request.environment[name] = value;
  request.give_terminal = is_interactive(run);
  request.environment["KUBERNETES_EXEC_INFO"] = exec_info(run.plugin, request.give_terminal);
  request.timeout = request.give_terminal ? std::chrono::seconds{0} : unattended_timeout;
  return request;
}

ExecCredential run_exec_plugin(const ExecRun& run, ProcessRunner& processes) {
  const ProcessResult result = processes.run(exec_request(run));
  check_end(run.plugin, result);
  return parse_output(run.plugin, result.output);
}

}  // namespace kforge::kube
