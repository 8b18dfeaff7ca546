// SPDX-License-Identifier: Apache-2.0
#include "cli/command_table.hpp"

#include "base/text.hpp"
#include "cli/commands/commands.hpp"

#include <algorithm>

namespace kforge::cli {
namespace {

constexpr CommandSpec table[] = {
    {.name = "check",
     .group = "project",
     .summary = "check the project file, without a cluster",
     .details = "Reads kforge.yaml with everything it names, renders every object, and lists all mistakes at once. "
                "Warnings do not fail the check.",
     .formats = Formats::text_json,
     .bind = bind_check},
    {.name = "render",
     .group = "project",
     .summary = "print the Kubernetes objects of the project",
     .details =
         "Prints YAML documents (-o yaml, the default) or one List (-o json) in the order in which `kforge up` "
         "applies them. With --dir it writes a folder for each stage instead. Values of secrets are never printed.",
     .needs = Needs::project,
     .formats = Formats::yaml_json,
     .bind = bind_render},
    {.name = "schema",
     .group = "project",
     .summary = "print the JSON Schema of kforge.yaml",
     .details = "Editors that know JSON Schema 2020-12 complete and check kforge.yaml with it: "
                "`kforge schema > kforge.schema.json`.",
     .formats = Formats::json,
     .bind = bind_schema},
    {.name = "explain",
     .group = "project",
     .summary = "explain a key of kforge.yaml, a cause such as KF2003, or an exit code",
     .details = "Examples: `kforge explain services.scale`, `kforge explain KF2003`, `kforge explain 21`.",
     .formats = Formats::text_json,
     .bind = bind_explain},
    {.name = "plan",
     .aliases = "diff",
     .group = "deploy",
     .summary = "show what `kforge up` would change, field by field, and write nothing",
     .details =
         "Compares every object with the cluster and lets the server check what differs. Values of secrets are shown "
         "as hashes. When `kforge up` would refuse (a field of another manager, an immutable field), the plan says "
         "so and ends with the same exit code. docs/plan-json.md describes -o json.",
     .needs = Needs::cluster,
     .formats = Formats::text_json,
     .bind = bind_plan},
    {.name = "up",
     .group = "deploy",
     .summary = "bring the cluster to what kforge.yaml says, stage by stage",
     .details =
         "Plans, then applies and waits: namespaces, database, auth, backend, gateway; each stage must work before "
         "the next one starts. A rollout that cannot work ends at once with its cause. Running it again is always "
         "safe: what is unchanged is not written. A service may be named by any unique prefix.",
     .needs = Needs::cluster,
     .formats = Formats::text_json,
     .bind = bind_up},
    {.name = "drift",
     .group = "deploy",
     .summary = "show what others have changed in the cluster, who and when",
     .details =
         "Compares the project's objects with the last release as it was recorded and lists every field that is "
         "another one, and every field that others added: the release's value, the live one, field manager, time. "
         "Exits with 2 when there is any. What autoscalers, controllers and status writes change is no drift, nor is "
         "an edit of kforge.yaml, which `kforge plan` shows. Writes nothing.",
     .needs = Needs::cluster,
     .formats = Formats::text_json,
     .bind = bind_drift},
    {.name = "down",
     .group = "deploy",
     .summary = "remove the project from the cluster; data stays unless --delete-data",
     .details =
         "Removes the project's own objects in reverse order, after asking for the project's name. Volumes, "
         "generated secrets and namespaces stay unless --delete-data is given. Without a terminal --yes is needed.",
     .needs = Needs::cluster,
     .formats = Formats::text_json,
     .bind = bind_down},
    {.name = "history",
     .group = "deploy",
     .summary = "list the releases, show one, or compare two",
     .details = "Every `kforge up` that changes something, and every rollback, is a release: who, when, for which "
                "commit, how it ended, and every object of the project. The last ten are kept in the cluster. "
                "Examples: `kforge history show 12`, `kforge history diff 11 12`.",
     .needs = Needs::cluster,
     .formats = Formats::text_json,
     .bind = bind_history},
    {.name = "rollback",
     .group = "deploy",
     .summary = "deploy an earlier release again, configuration and secrets included",
     .details =
         "Shows what would change, asks, then deploys the stored objects as `kforge up` does, as a new release. "
         "Volumes, Jobs and the replicas of autoscalers stay as they are, and so does what a migration did to a "
         "database. Examples: `kforge rollback`, `kforge rollback 12`, `kforge rollback 12 order-service`. Without a "
         "terminal --yes is needed.",
     .needs = Needs::cluster,
     .formats = Formats::text_json,
     .bind = bind_rollback},
    {.name = "lock",
     .group = "deploy",
     .summary = "keep everybody from deploying the project, or show who does",
     .details = "The lock is a Lease in the project's namespace that every command that writes takes while it works. "
                "Taken by hand it stays until `kforge unlock`. --show only tells who holds it.",
     .needs = Needs::cluster,
     .formats = Formats::text_json,
     .bind = bind_lock},
    {.name = "unlock",
     .group = "deploy",
     .summary = "free the deploy lock",
     .details = "Frees a lock that was taken by hand, and that of a run that is dead. A run that is alive keeps it "
                "unless --force is given; it then stops before its next write.",
     .needs = Needs::cluster,
     .formats = Formats::text_json,
     .bind = bind_unlock},
    {.name = "status",
     .aliases = "ls,ps,list",
     .group = "run",
     .summary = "show what runs, whether it works, and why not",
     .details =
         "Without services it shows the whole project. -v adds the pods. --from reads a List that `kubectl get -o "
         "json` wrote instead of asking a cluster.",
     .formats = Formats::text_json,
     .bind = bind_status},
    {.name = "logs",
     .aliases = "log",
     .group = "run",
     .summary = "show and follow the logs of services, merged in the order of time",
     .details =
         "A target is a service, a tier (database, auth, backend, gateway), a pod, or KIND/NAME such as "
         "deployment/order-service; a unique prefix is enough. Without targets it shows the whole project. At a "
         "terminal it follows until Ctrl-C: new pods join, restarts and lost connections are survived without a line "
         "lost or shown twice. --where compares fields of lines that are JSON: level>=warn, status!=200, msg~timeout. "
         "Remarks of kforge begin with '~' and go to stderr.",
     .formats = Formats::lines,
     .bind = bind_logs},
    {.name = "scale",
     .group = "run",
     .summary = "set how many pods services have: SERVICE=3, SERVICE=+1",
     .details =
         "Example: `kforge scale order-service=3`; `kforge scale order-service 3` works too. With an autoscaler the "
         "number becomes its minimum, and its maximum where that is smaller. 0 stops the service after asking. It "
         "waits until the pods work and says what the next `kforge up` makes of it.",
     .needs = Needs::cluster,
     .formats = Formats::text_json,
     .bind = bind_scale},
    {.name = "autoscale",
     .group = "run",
     .summary = "scale a service between two numbers of pods by its CPU use",
     .details = "Example: `kforge autoscale order-service --min 2 --max 5 --cpu 80`. What is not given stays as "
                "kforge.yaml has it. The cluster needs a metrics server to scale by CPU.",
     .needs = Needs::cluster,
     .formats = Formats::text_json,
     .bind = bind_autoscale},
    {.name = "restart",
     .aliases = "reload",
     .group = "run",
     .summary = "replace the pods of services, without a gap",
     .details =
         "Pods are replaced by the rules of each rollout, so a service of two pods or more is never away. A "
         "StatefulSet replaces one pod after the other. Nothing else changes; the next `kforge up` leaves it alone.",
     .needs = Needs::cluster,
     .formats = Formats::text_json,
     .bind = bind_restart},
    {.name = "stop",
     .group = "run",
     .summary = "end all pods of services and remember how many there were",
     .details = "Their configuration, volumes and addresses stay. `kforge start` brings them back.",
     .needs = Needs::cluster,
     .formats = Formats::text_json,
     .bind = bind_stop},
    {.name = "start",
     .group = "run",
     .summary = "start services again that were stopped",
     .details = "With as many pods as they had. To deploy a project is `kforge up`.",
     .needs = Needs::cluster,
     .formats = Formats::text_json,
     .bind = bind_start},
    {.name = "pause",
     .group = "run",
     .summary = "let a rollout stand still where it is",
     .details = "Pods that run go on running; changes wait until `kforge resume`.",
     .needs = Needs::cluster,
     .formats = Formats::text_json,
     .bind = bind_pause},
    {.name = "resume",
     .group = "run",
     .summary = "let a paused rollout go on",
     .details = "It waits until what has changed meanwhile works.",
     .needs = Needs::cluster,
     .formats = Formats::text_json,
     .bind = bind_resume},
    {.name = "set image",
     .group = "run",
     .summary = "run other images, and wait until they work",
     .details = "Example: `kforge set image order-service=order-service:v2.0.0`. It waits and explains failures as "
                "`kforge up` does; --on-failure rollback goes back to the image that ran before. --save writes the "
                "image into kforge.yaml, otherwise the next `kforge up` sets the old one again.",
     .needs = Needs::cluster,
     .formats = Formats::text_json,
     .bind = bind_set_image},
    {.name = "exec",
     .group = "run",
     .summary = "run a command in a pod of a service",
     .details =
         "Example: `kforge exec order-service -it -- sh`. The first ready pod is taken, or the one that is named. "
         "stdin "
         "is passed on with -i, also from a pipe; the command's exit code becomes kforge's. Files are not copied: a "
         "container's files go with it, and what has to stay belongs into an image, a database or a volume.",
     .needs = Needs::cluster,
     .bind = bind_exec},
    {.name = "port-forward",
     .group = "run",
     .summary = "reach a service from this machine",
     .details =
         "Examples: `kforge port-forward postgres`, `kforge port-forward order-service 9000:8001`. Ports are those of "
         "the Service. Each connection goes to a pod that is ready then, so it survives rollouts.",
     .needs = Needs::cluster,
     .bind = bind_port_forward},
    {.name = "run",
     .group = "run",
     .summary = "run a command in a pod of its own, which goes with it",
     .details =
         "Examples: `kforge run -it`, `kforge run --image busybox -- wget -qO- http://order-service:8001/health`. "
         "The pod obeys the rules of the project's namespace (no root, no privileges, limits) and is removed "
         "when the command ends; the command's exit code becomes kforge's.",
     .needs = Needs::cluster,
     .bind = bind_run},
    {.name = "describe",
     .aliases = "desc,info,show",
     .group = "look",
     .summary = "show one service on one page: state, changes, probes, pods, events",
     .details = "What `kubectl describe` says about the Deployment and each of its pods, with what matters first.",
     .needs = Needs::cluster,
     .formats = Formats::text_json,
     .bind = bind_describe},
    {.name = "events",
     .group = "look",
     .summary = "show what happened in the project's namespaces, sorted and folded",
     .details = "Oldest first. What happens to every pod of a service is one line with a count. -f keeps printing.",
     .needs = Needs::cluster,
     .formats = Formats::text_json,
     .bind = bind_events},
    {.name = "top",
     .group = "look",
     .summary = "show CPU and memory beside requests and limits, and what would fit",
     .details = "Needs a metrics server. -v adds the pods; --watch adds a trend and more samples to advise from.",
     .needs = Needs::cluster,
     .formats = Formats::text_json,
     .bind = bind_top},
    {.name = "health",
     .group = "look",
     .summary = "ask every pod for its health, and tell how fast it answers",
     .details =
         "Calls the URL of each pod's readiness probe through the API server, and looks at pods and endpoints. "
         "--from-gateway asks for the routes at the gateway instead. Ends with 20 when something is wrong, so that a "
         "script can wait for health. -v shows every pod.",
     .needs = Needs::cluster,
     .formats = Formats::text_json,
     .bind = bind_health},
    {.name = "open",
     .group = "look",
     .summary = "print the URL of a service, and try it",
     .details = "The URL of its first route at the gateway, as people outside of the cluster reach it.",
     .needs = Needs::cluster,
     .bind = bind_open},
    {.name = "config view-connection",
     .group = "look",
     .summary = "show which cluster kforge would talk to, as whom, and why",
     .details = "Secrets are never shown.",
     .formats = Formats::text_json,
     .bind = bind_view_connection},
    {.name = "sandbox start",
     .group = "move",
     .summary = "start a Kubernetes API on loopback, with simulated nodes and pods",
     .details =
         "A cluster inside the kforge binary: to try things, to rehearse a deploy in CI, to test failures. Its state "
         "stays until `kforge sandbox reset`. `--sandbox` on any command starts it when needed.",
     .formats = Formats::text_json,
     .bind = bind_sandbox_start},
    {.name = "sandbox stop",
     .group = "move",
     .summary = "end the sandbox; its state is kept",
     .details = "",
     .formats = Formats::text_json,
     .bind = bind_sandbox_stop},
    {.name = "sandbox status",
     .group = "move",
     .summary = "show whether the sandbox runs, where, and what it takes",
     .details = "",
     .formats = Formats::text_json,
     .bind = bind_sandbox_status},
    {.name = "sandbox reset",
     .group = "move",
     .summary = "throw the sandbox's state away; one that runs starts again empty",
     .details = "",
     .formats = Formats::text_json,
     .bind = bind_sandbox_reset},
    {.name = "sandbox kubeconfig",
     .group = "move",
     .summary = "print the path of the sandbox's kubeconfig file",
     .details = "Example: `kubectl --kubeconfig \"$(kforge sandbox kubeconfig)\" get pods -A`.",
     .bind = bind_sandbox_kubeconfig},
    {.name = "sandbox logs",
     .group = "move",
     .summary = "print the log of the sandbox itself",
     .details = "What the serving process had to say; logs of pods are not in it.",
     .bind = bind_sandbox_logs},
    {.name = "sandbox faults",
     .group = "move",
     .summary = "make the sandbox's API or pods fail as a file says; without one, show what fails now",
     .details =
         "A faults file is YAML: `api:` and `pods:`, each a list of {match: …, fault: …}. Example: `pods: [{match: "
         "backend/order, fault: crash-loop exit=3}]`. They end with --clear or with the sandbox. "
         "docs/sandbox.md lists them all.",
     .formats = Formats::text_json,
     .bind = bind_sandbox_faults},
    {.name = "completion",
     .group = "tool",
     .summary = "print the completion script of a shell",
     .details = "bash: `source <(kforge completion bash)`; zsh: `kforge completion zsh > \"${fpath[1]}/_kforge\"`; "
                "fish: `kforge completion fish > ~/.config/fish/completions/kforge.fish`.",
     .bind = bind_completion},
    {.name = "version",
     .group = "tool",
     .summary = "print the version",
     .details = "",
     .formats = Formats::text_json,
     .bind = bind_version},
    {.name = "help", .summary = "show help on a command", .details = "", .bind = bind_help},
    {.name = "__sandbox", .summary = "the process behind a sandbox", .details = "", .bind = bind_sandbox_serve},
    {.name = "__complete", .summary = "words for the completion scripts", .details = "", .bind = bind_complete},
};

}  // namespace

std::vector<std::string> CommandSpec::alias_list() const {
  return aliases.empty() ? std::vector<std::string>() : split(aliases, ',');
}

std::span<const CommandSpec> commands() {
  return table;
}

const CommandSpec* find_command(std::string_view name) {
  const auto found = std::ranges::find_if(table, [&](const CommandSpec& spec) {
    const std::vector<std::string> aliases = spec.alias_list();
    return spec.name == name || std::ranges::find(aliases, name) != aliases.end();
  });
  return found == std::end(table) ? nullptr : found;
}

std::vector<std::string> visible_names() {
  std::vector<std::string> names;
  for (const CommandSpec& spec : table) {
    if (spec.hidden()) continue;
    names.push_back(split(spec.name, ' ').front());
    for (std::string& alias : spec.alias_list()) names.push_back(std::move(alias));
  }
  return names;
}

}  // namespace kforge::cli
