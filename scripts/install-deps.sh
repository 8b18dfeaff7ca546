#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Installs the Debian packages that kforge is built and tested with: scripts/install-deps.sh [--build|--tidy]
#   --build   only what the release binary needs
#   --tidy    also clang-tidy
set -euo pipefail

packages=(
  build-essential cmake ninja-build ccache pkg-config git ca-certificates
  libboost-dev libcli11-dev libcurl4-openssl-dev libfmt-dev libncurses-dev libsqlite3-dev libssl-dev libyaml-cpp-dev
  nlohmann-json3-dev zlib1g-dev
  openssl python3 python3-venv  # of the control plane in tests/cluster, which the quickstart runs on
)
test_packages=(catch2 clang-format-14 mold tmux
  runc containernetworking-plugins nftables iproute2 procps curl maven)  # of the node in tests/node
case ${1:-} in
  '') packages+=("${test_packages[@]}") ;;
  --build) ;;
  --tidy) packages+=("${test_packages[@]}" clang-tidy-14) ;;
  *) sed -n 's/^# //p' "$0" | sed -n '2,$p' >&2; exit 64 ;;
esac

missing() {
  local package
  for package in "${packages[@]}"; do
    [[ $(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null) == installed ]] || printf '%s\n' "$package"
  done
}

as_root() {
  if ((EUID == 0)); then "$@"; else sudo "$@"; fi
}

if ! command -v dpkg-query >/dev/null; then
  echo "install-deps: this is no Debian; install the equivalents of: ${packages[*]}" >&2
  exit 1
fi
mapfile -t wanted < <(missing)
((${#wanted[@]})) || exit 0
echo "install-deps: installing ${wanted[*]}" >&2
as_root apt-get -q update
as_root env DEBIAN_FRONTEND=noninteractive apt-get -q install -y --no-install-recommends "${wanted[@]}"
