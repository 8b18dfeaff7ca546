// SPDX-License-Identifier: Apache-2.0
#include "kube/user_agent.hpp"

#include <sys/utsname.h>

namespace kforge::kube {
namespace {

// Go's names, which every other client of the API uses.
std::string machine() {
  utsname system{};
  ::uname(&system);
  const std::string name = system.machine;
  if (name == "x86_64") return "amd64";
  return name == "aarch64" ? "arm64" : name;
}

}  // namespace

std::string user_agent() {
  return "kforge/" KFORGE_VERSION " (linux/" + machine() + ")";
}

}  // namespace kforge::kube
