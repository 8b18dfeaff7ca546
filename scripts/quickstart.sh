#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# From a clean clone to a running shop: installs, builds and deploys examples/shop to the sandbox, a Kubernetes API inside the
# kforge binary. Nodes and pods are simulated, so nothing is pulled and nothing else is needed.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
kforge=$PWD/build/release/kforge

step() { printf '\n== %s\n' "$*"; }

step "packages"
scripts/install-deps.sh --build
step "build"
cmake --preset release >/dev/null
cmake --build --preset release
step "kforge up --sandbox -f examples/shop/kforge.yaml"
"$kforge" up --sandbox -f examples/shop/kforge.yaml
printf '\nshop is up\n'

cat <<TEXT

Next, three commands to try:

  export PATH=$PWD/build/release:\$PATH && cd examples/shop
  kforge status --sandbox -v
  kforge logs --sandbox order-service
  sed 's/order-service:v1.0.0/order-service:missing/' kforge.yaml >broken.yaml; kforge up --sandbox -f broken.yaml  # fails, and says why

To end it: \`kforge down --sandbox\` removes the shop, \`kforge sandbox stop\` ends the sandbox (\`reset\` forgets it).
TEXT
