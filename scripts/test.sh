#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Installs, builds and runs every rung of the tests: scripts/test.sh [--quick]
#   --quick   only the rungs that need no control plane and no second build: lint, unit, golden, cli
# Ends with the line `N passed, N failed`; the exit code is 0 when nothing failed.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
quick=no
case ${1:-} in '') ;; --quick) quick=yes ;; *) sed -n 's/^# //p' "$0" | sed -n '2,$p' >&2; exit 64 ;; esac

jobs=$(nproc)
results=$PWD/build/test-results
rm -rf "$results"
mkdir -p "$results"
start=$SECONDS
: >"$results/rungs"

# rung NAME COMMAND...: runs it and remembers how long it took. It leaves its counts in $results/NAME*.xml; a rung that
# fails without any counts as one failed test.
rung() {
  local name=$1 began=$SECONDS code
  shift
  printf '\n== %s\n' "$name"
  "$@" </dev/null
  code=$?
  printf '%s %s %s\n' "$name" "$code" $((SECONDS - began)) >>"$results/rungs"
  return $code
}

build() { # PRESET TARGET...
  local preset=$1
  shift
  cmake --preset "$preset" >"$results/configure-$preset.log" || { cat "$results/configure-$preset.log"; return 1; }
  cmake --build --preset "$preset" -j "$jobs" ${1:+--target "$@"}
}

labelled() { # PRESET LABELS NAME
  ctest --preset "$1" -j "$jobs" --label-regex "^($2)\$" --no-tests=error --output-junit "$results/$3.xml" \
    --test-output-size-passed 65536 --test-output-size-failed 1048576 --test-output-truncation head
}

cluster_tools() { tests/cluster/cluster build; }
cluster_tests() {
  KFORGE_CLIENT_CHECK=$PWD/build/$fast/tests/cluster/client/client_check KFORGE_APPLY_CHECK=$PWD/build/$fast/tests/cluster/client/apply_check \
    KFORGE_TEST_LOGS=$results/cluster-logs \
    tests/cluster/run -n "$((jobs * 2))" --junit-xml "$results/cluster.xml"
}
# The same tests once more, on a sandbox.
sandbox_tests() { tests/cluster/run --on sandbox -n "$((jobs * 2))" --junit-xml "$results/sandbox.xml"; }
e2e_tests() { tests/e2e/run -n "$((jobs * 2))" --junit-xml "$results/e2e.xml"; }
node_tools() { tests/node/build; }
# The shop takes one worker; what it does not use, the failures on purpose take. They mostly wait.
node_tests() { KFORGE_TEST_LOGS=$results/node-logs tests/node/run -n 3 --junit-xml "$results/node.xml"; }
python_tests() { tests/python/run --junit-xml "$results/python.xml"; }
conformance_tests() { tests/conformance/run --junit-xml "$results/conformance.xml"; }
checkers() { tests/checkers/run --junit-xml "$results/checkers.xml"; }

# One build serves the fast rungs: with sanitizers, but for --quick.
fast=asan
[[ $quick == yes ]] && fast=dev

rung install scripts/install-deps.sh
if rung "build-$fast" build "$fast"; then
  for name in lint unit golden cli; do rung "$name" labelled "$fast" "$name" "$name"; done
fi
if [[ $quick == no ]] && rung build-release build release; then
  rung python python_tests
  rung conformance conformance_tests
  rung checkers checkers
  if rung cluster-tools cluster_tools; then
    rung e2e e2e_tests
    rung cluster cluster_tests
    rung sandbox sandbox_tests
    rung node-tools node_tools && rung node node_tests
  fi
fi

printf '\n== %s s in all\n' $((SECONDS - start))
python3 scripts/results.py summary "$results"
