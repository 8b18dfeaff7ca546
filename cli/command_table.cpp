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
         "Compares the project's objects with what kforge.yaml says and lists every field that is another one, and "
         "every field that others added: wanted value, live value, field manager, time. Exits with 2 when there is "
         "any. What autoscalers, controllers and status writes change is no drift. Writes nothing.",
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
    {.name = "status",
     .aliases = "ls,ps",
     .group = "run",
     .summary = "show what runs, whether it works, and why not",
     .details =
         "Without services it shows the whole project. -v adds the pods. --from reads a List that `kubectl get -o "
         "json` wrote instead of asking a cluster.",
     .formats = Formats::text_json,
     .bind = bind_status},
    {.name = "logs",
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
    {.name = "describe",
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
