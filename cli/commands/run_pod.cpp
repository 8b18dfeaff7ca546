// SPDX-License-Identifier: Apache-2.0
// `kforge run`: a pod to look around from, gone when the command has ended.
#include "stream/remote_command.hpp"

#include "base/digest.hpp"
#include "base/text.hpp"
#include "cli/commands/commands.hpp"
#include "cli/plans.hpp"
#include "cli/progress.hpp"
#include "cli/session.hpp"
#include "deploy/names.hpp"
#include "deploy/verb_run.hpp"
#include "project/image.hpp"

#include <fmt/format.h>

#include <memory>

namespace kforge::cli {
namespace {

constexpr const char* debug_manager = "kforge-run";
// A pod whose kforge was killed ends by itself.
constexpr int longest_life_seconds = 4 * 3600;
constexpr std::chrono::seconds start_patience{120};

struct RunOptions {
  std::string image = "busybox:1.37", tier = "backend";
  std::vector<std::string> command;
  bool input = false, tty = false;
};

const schema::Kind& pod_kind() {
  return *schema::Table::embedded().find(schema::kind_name("v1", "Pod"));
}

project::Tier tier_named(const std::string& name) {
  for (const project::Tier tier : {project::Tier::database, project::Tier::auth, project::Tier::gateway})
    if (name == to_string(tier)) return tier;
  return project::Tier::backend;
}

// It keeps the rules of the namespace: the `restricted` level of Pod Security, requests and limits. It carries the
// project's label, so that `down` finds it, and no service's, so that it gets no requests.
Json debug_pod(const project::Project& project, const RunOptions& options) {
  const std::string suffix = to_lower(random_alphanumeric(6));
  Json pod = {
      {"apiVersion", "v1"},
      {"kind", "Pod"},
      {"metadata",
       {{"name", "debug-" + suffix},
        {"namespace", project.namespaces.of(tier_named(options.tier))},
        {"labels",
         {{deploy::project_label, project.name}, {deploy::managed_by_label, "kforge"}, {"tier", options.tier}}}}},
      {"spec",
       {{"restartPolicy", "Always"},
        {"activeDeadlineSeconds", longest_life_seconds},
        {"terminationGracePeriodSeconds", 1},
        {"automountServiceAccountToken", false},
        {"enableServiceLinks", false},
        {"securityContext",
         {{"runAsNonRoot", true},
          {"runAsUser", 10001},
          {"runAsGroup", 10001},
          {"seccompProfile", {{"type", "RuntimeDefault"}}}}}}}};
  Json container = {
      {"name", "debug"},
      {"image", project::with_registry(project.defaults.registry, options.image)},
      {"command", {"sleep", std::to_string(longest_life_seconds)}},
      {"resources",
       {{"requests", {{"cpu", "50m"}, {"memory", "64Mi"}}}, {"limits", {{"cpu", "500m"}, {"memory", "256Mi"}}}}},
      {"securityContext", {{"allowPrivilegeEscalation", false}, {"capabilities", {{"drop", {"ALL"}}}}}}};
  for (const std::string& secret : project.defaults.image_pull_secrets)
    pod["spec"]["imagePullSecrets"].push_back({{"name", secret}});
  pod["spec"]["containers"].push_back(std::move(container));
  return pod;
}

// The pod from its creation to its removal, whatever happens in between.
class DebugPod {
 public:
  DebugPod(Session& session, Json manifest) : session_(session), manifest_(std::move(manifest)) {}
  ~DebugPod() { remove(); }
  DebugPod(const DebugPod&) = delete;
  DebugPod& operator=(const DebugPod&) = delete;

  kube::ObjectRef ref() const { return kube::ref_of(manifest_); }

  // Waits until it runs and explains why it does not, as `up` would. Returns the exit code.
  int start() {
    deploy::VerbRequest request;
    request.command = "run";
    request.timeout = session_.settings().timeout.value_or(start_patience);
    request.lock.use = false;
    request.recorded = deploy::Recorded::no;
    const deploy::RunningService nobody{.name = {}, .tier = project::Tier::backend};
    RunViews views(session_, RunViews::Show::errors);
    return views.run([&] {
      return deploy::run_verb(context_of(session_, views), request, [&](const deploy::Running&) {
        deploy::Edit edit;
        edit.service = &nobody;
        edit.body = manifest_;
        edit.manager = debug_manager;
        return deploy::Edits{edit};
      });
    });
  }

 private:
  void remove() noexcept try {
    kube::Client& client = session_.client();
    client.ignore_signals();
    kube::ApiRequest request = kube::delete_request(pod_kind(), ref(), "", kube::Propagation::background);
    const kube::ApiResult result = client.call(std::move(request));
    if (!result.ok() && !result.not_found())
      session_.warn(fmt::format("pod {} could not be removed: {}", ref().name, result.error->what()));
  } catch (const std::exception& error) {
    session_.warn(fmt::format("pod {} may still be there: {}", ref().name, error.what()));
  }

  Session& session_;
  Json manifest_;
};

struct Talk {
  std::vector<std::string> command;
  stream::Input input = stream::Input::none;
};

// Without a command it is a shell, at a terminal one to talk to.
Talk talk_of(Session& session, const RunOptions& options) {
  const Terminal& terminal = session.deps().terminal;
  const bool at_terminal = terminal.input_is_terminal() && terminal.is_terminal(Stream::out);
  Talk talk{.command = options.command};
  if (options.tty && !options.input)
    throw Error(ErrorKind::usage, "-t needs -i").hint("use -it for a program that talks to a terminal");
  if (options.command.empty()) talk.command = {"sh"};
  if (options.input || options.command.empty()) talk.input = stream::Input::piped;
  if ((options.tty || options.command.empty()) && at_terminal) talk.input = stream::Input::terminal;
  return talk;
}

int run_run(Session& session, const RunOptions& options) {
  if (!project::parse_image(options.image))
    throw Error(ErrorKind::usage, fmt::format("'{}' is no image", options.image));
  const Talk talk = talk_of(session, options);
  DebugPod pod(session, debug_pod(session.project(), options));
  if (const int code = pod.start(); code != 0) return code;
  session.note(
      fmt::format("pod {} in namespace {}; it goes when the command ends\n", pod.ref().name, pod.ref().name_space));
  const stream::RemoteCommand command{.name_space = pod.ref().name_space,
                                      .pod = pod.ref().name,
                                      .container = "debug",
                                      .command = talk.command,
                                      .input = talk.input};
  return stream::run_remote({session.client(), session.deps().terminal, session.deps().signals}, command);
}

}  // namespace

Action bind_run(OptionTable& table) {
  const auto options = std::make_shared<RunOptions>();
  table.argument(
      {.name = "COMMAND", .description = "what to run, after '--'; default: sh", .target = &options->command});
  table.option({.names = "--image",
                .value = "IMAGE",
                .description = "image of the pod, with a `sleep` in it; default: busybox:1.37",
                .target = &options->image});
  table.option({.names = "--tier",
                .value = "TIER",
                .description = "whose namespace it runs in; default: backend",
                .target = &options->tier,
                .choices = {"database", "auth", "backend", "gateway"}});
  table.option({.names = "-i,--stdin", .value = "", .description = "pass stdin on", .target = &options->input});
  table.option({.names = "-t,--tty",
                .value = "",
                .description = "give the command a terminal; with -i",
                .target = &options->tty});
  return [options](Session& session) { return run_run(session, *options); };
}

}  // namespace kforge::cli
