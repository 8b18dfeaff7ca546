# SPDX-License-Identifier: Apache-2.0
# What the scripts of this folder share; to be sourced.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
cache=${XDG_CACHE_HOME:-$HOME/.cache}/kforge/node
cluster=$root/tests/cluster/cluster

# The node's own network: nothing outside of its namespace knows these addresses, so several nodes can run at a time.
node_name=real-1
node_ip=10.231.0.2
pod_range=10.244.0.0/24
service_range=10.96.0.0/16
dns_ip=10.96.0.10
registry=127.0.0.1:5000
private_registry=127.0.0.1:5001   # wants a password that nobody has

say() { printf 'node: %s\n' "$*" >&2; }
die() { say "$*"; exit 1; }

as_root() { ((EUID == 0)) || die "a node needs root, for its namespaces"; }

# wait_until SECONDS WHAT COMMAND...: polls until the command succeeds.
wait_until() {
  local end=$((SECONDS + $1)) what=$2
  shift 2
  until "$@" >/dev/null 2>&1; do
    ((SECONDS < end)) || { say "$what: not in time"; return 1; }
    sleep 0.1
  done
}

# The process 1 of the namespaces of the node in DIR; nothing when it does not run. Process ids are re-used: the folder in
# the command line tells that it is ours.
node_pid() {
  local pid
  pid=$(cat "$1/namespaces.pid" 2>/dev/null) || return 0
  [[ -r /proc/$pid/cmdline ]] && tr '\0' ' ' <"/proc/$pid/cmdline" | grep -qF -- "$1/pause" && printf '%s' "$pid" || true
}

# cgroup_paths NAME: the folder of that name in every hierarchy (version 1) or in the only one (version 2). Beside those of
# version 1 there may be a `unified` one; nothing is made there by hand, but containers leave groups in it.
cgroup_paths() {
  if [[ -e /sys/fs/cgroup/cgroup.controllers ]]; then
    printf '/sys/fs/cgroup/%s\n' "$1"
  else
    local hierarchy
    for hierarchy in /sys/fs/cgroup/*/; do
      [[ -L ${hierarchy%/} ]] || printf '%s%s\n' "$hierarchy" "$1"
    done
  fi
}

# The group of the node in DIR, the same at every start.
cgroup_name() { printf 'kforge-node-%s' "$(sha256sum <<<"$1" | cut -c1-8)"; }
