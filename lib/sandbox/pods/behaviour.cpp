// SPDX-License-Identifier: Apache-2.0
#include "sandbox/pods/behaviour.hpp"

#include "base/digest.hpp"
#include "base/text.hpp"
#include "sandbox/controllers/toolkit.hpp"
#include "sandbox/pods/pod_fields.hpp"

#include <fmt/format.h>

#include <charconv>

namespace kforge::sandbox {
namespace {

using Kind = PodFault::Kind;
constexpr Milliseconds at_once{20}, slow_start{20'000}, hang_after{10'000}, flap_every{10'000};

std::string command_text(const Json& container) {
  std::string text;
  for (const char* field : {"command", "args"})
    for (const Json& word : at_path(container, {field}))
      if (word.is_string()) text += word.get<std::string>() + " ";
  return text;
}

// The number behind a word of a shell command ("sleep 5", "exit 3"); empty when the word is not there.
std::optional<int> number_behind(const std::string& text, std::string_view word) {
  const std::size_t at = text.find(word);
  if (at == std::string::npos) return std::nullopt;
  int number = 0;
  const char* begin = text.data() + at + word.size();
  const auto [end, error] = std::from_chars(begin, text.data() + text.size(), number);
  return error == std::errc() && end != begin && number >= 0 ? std::optional(number) : std::nullopt;
}

std::uint64_t hash(std::string_view text) {
  std::uint64_t value = 0;
  for (const char byte : sha256(text).substr(0, 8)) value = value << 8U | static_cast<unsigned char>(byte);
  return value;
}

std::optional<PlannedExit> fault_exit(const Launch& launch, const PodFault& fault) {
  const std::string& name = launch.id.container;
  if (fault.kind == Kind::crash_loop)
    return PlannedExit{fault.after.value_or(at_once),
                       fault.exit_code,
                       fault.exit_code == 0 ? "Completed" : "Error",
                       {fmt::format("{}: fatal: cannot go on (the sandbox plays the fault 'crash-loop')", name),
                        fmt::format("{}: exiting with code {}", name, fault.exit_code)}};
  if (fault.kind == Kind::oom)
    return PlannedExit{fault.after.value_or(at_once),
                       137,
                       "OOMKilled",
                       {fmt::format("{}: allocating (the sandbox plays the fault 'oom')", name)}};
  return std::nullopt;
}

}  // namespace

std::optional<PlannedExit> planned_exit(const Launch& launch, const std::optional<PodFault>& fault,
                                        const RuntimePace& pace) {
  if (fault)
    if (auto exit = fault_exit(launch, *fault)) return exit;
  const std::string command = command_text(launch.container);
  const bool completes = string_at(launch.pod, {"spec", "restartPolicy"}) != "Always";
  if (contains(command, "sleep infinity")) return std::nullopt;
  const auto slept = number_behind(command, "sleep "), code = number_behind(command, "exit ");
  if (launch.init ? is_sidecar(launch.container) : !completes && !code) return std::nullopt;
  const Milliseconds length = slept ? std::chrono::seconds(*slept) : launch.init ? pace.run_init : pace.run_job;
  const int exit_code = code.value_or(0);
  return PlannedExit{
      length, exit_code, exit_code == 0 ? "Completed" : "Error", {fmt::format("{} finished", launch.id.container)}};
}

Health health_at(const std::optional<PodFault>& fault, ProbeKind kind, Milliseconds age) {
  if (!fault) return {};
  const bool dies_at_once = (fault->kind == Kind::crash_loop || fault->kind == Kind::oom) && !fault->after;
  if (dies_at_once) return {kind == ProbeKind::liveness, std::nullopt};
  if (fault->kind == Kind::never_ready) return {kind != ProbeKind::readiness, std::nullopt};
  if (fault->kind == Kind::slow_start) {
    const Milliseconds up = fault->after.value_or(slow_start);
    return age < up ? Health{false, up} : Health{};
  }
  if (fault->kind == Kind::hang) {
    const Milliseconds hung = fault->after.value_or(hang_after);
    return age < hung ? Health{true, hung} : Health{false, std::nullopt};
  }
  if (fault->kind == Kind::flapping && kind == ProbeKind::readiness) {
    const Milliseconds every = std::max(fault->every.value_or(flap_every), Milliseconds(1));
    return {(age / every) % 2 == 0, (age / every + 1) * every};
  }
  return {};
}

std::string probe_output(const Json& probe, const std::string& pod_ip, bool refused) {
  const auto port_of = [&](const char* action) {
    const Json& port = at_path(probe, {action, "port"});
    return port.is_number() ? std::to_string(port.get<int>()) : string_at(probe, {action, "port"});
  };
  if (probe.contains("httpGet")) {
    if (!refused) return "HTTP probe failed with statuscode: 503";
    const std::string place = fmt::format("{}:{}", pod_ip, port_of("httpGet"));
    return fmt::format("Get \"{}://{}{}\": dial tcp {}: connect: connection refused",
                       to_lower(string_at(probe, {"httpGet", "scheme"}, "HTTP")), place,
                       string_at(probe, {"httpGet", "path"}, "/"), place);
  }
  if (probe.contains("tcpSocket"))
    return fmt::format("dial tcp {}:{}: connect: connection refused", pod_ip, port_of("tcpSocket"));
  if (probe.contains("grpc"))
    return refused ? fmt::format("timeout: failed to connect service \"{}:{}\" within 1s", pod_ip, port_of("grpc"))
                   : "service unhealthy (responded with \"NOT_SERVING\")";
  return "no response\n";
}

Milliseconds pre_stop_length(const Json& container) {
  const Json& hook = at_path(container, {"lifecycle", "preStop"});
  if (hook.contains("sleep")) return seconds_at(hook, {"sleep", "seconds"});
  return std::chrono::seconds(number_behind(command_text(at_path(hook, {"exec"})), "sleep ").value_or(0));
}

std::string command_error(const Json& container) {
  const Json& command = at_path(container, {container.contains("command") ? "command" : "args"});
  const bool named = command.is_array() && !command.empty() && command.front().is_string();
  return fmt::format(
      "failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: "
      "unable to start container process: error during container init: exec: \"{}\": executable file not found in "
      "$PATH",
      named ? command.front().get<std::string>() : "node");
}

std::string full_image_name(const std::string& image) {
  std::string name = image;
  const std::size_t slash = name.find('/');
  const std::string first = slash == std::string::npos ? "" : name.substr(0, slash);
  if (first.find_first_of(".:") == std::string::npos && first != "localhost")
    name = (slash == std::string::npos ? "docker.io/library/" : "docker.io/") + name;
  const std::size_t colon = name.rfind(':');
  const bool tagged = contains(name, "@") || (colon != std::string::npos && colon > name.rfind('/'));
  return tagged ? name : name + ":latest";
}

std::string pull_error(const std::string& image, Kind kind) {
  const std::string name = full_image_name(image);
  const bool missing = kind == Kind::image_missing;
  return fmt::format(
      "rpc error: code = {0} desc = failed to pull and unpack image \"{1}\": failed to resolve reference \"{1}\": {2}",
      missing ? "NotFound" : "Unknown", name,
      missing ? name + ": not found"
              : "pull access denied, repository does not exist or may require authorization: server message: "
                "insufficient_scope: authorization failed");
}

Milliseconds pull_length(const std::string& image, const RuntimePace& pace) {
  const auto spread = static_cast<std::uint64_t>(std::max<std::int64_t>(1, pace.pull_spread.count()));
  return pace.pull_at_least + Milliseconds(static_cast<std::int64_t>(hash(image) % spread));
}

std::uint64_t image_size(const std::string& image) {
  return 20'000'000 + hash(image) % 180'000'000;
}

std::string image_digest_name(const std::string& image) {
  const std::string name = full_image_name(image);
  if (contains(name, "@")) return name;
  return fmt::format("{}@sha256:{}", name.substr(0, name.rfind(':')), sha256_hex(name));
}

}  // namespace kforge::sandbox
