#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# From a clean clone to a running shop: installs, builds, starts a Kubernetes control plane on loopback and deploys
# examples/shop to it. The API server and its controllers are real; the nodes are simulated, so no container is pulled.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
folder=$PWD/build/quickstart
kforge=$PWD/build/release/kforge

step() { printf '\n== %s\n' "$*"; }

step "packages"
scripts/install-deps.sh --build
step "build"
cmake --preset release >/dev/null
cmake --build --preset release
step "control plane (the first time, building it takes some minutes)"
if KUBECONFIG=$folder/admin.kubeconfig "$kforge" config view-connection >/dev/null 2>&1 && [[ -e $folder/environment ]] &&
  "$(sed -n 's/^KUBECTL=//p' "$folder/environment")" --kubeconfig "$folder/admin.kubeconfig" get --raw /readyz >/dev/null 2>&1; then
  echo "already running"
else
  tests/cluster/cluster up "$folder"
fi
step "kforge up"
export KUBECONFIG=$folder/admin.kubeconfig
(cd examples/shop && "$kforge" up)
step "kforge status"
(cd examples/shop && "$kforge" status)

cat <<TEXT

The shop runs. To look at it:

  export KUBECONFIG=$folder/admin.kubeconfig PATH=$PWD/build/release:\$PATH
  cd examples/shop
  kforge status -v
  \$EDITOR kforge.yaml     # change an image, then
  kforge up

To stop it:

  kforge down                                    # the shop
  $PWD/tests/cluster/cluster down $folder   # the control plane
TEXT
