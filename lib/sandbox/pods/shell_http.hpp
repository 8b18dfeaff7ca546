// SPDX-License-Identifier: Apache-2.0
// curl, wget and nslookup of the tiny shell: they see the cluster's Services and pods.
#pragma once

#include "sandbox/pods/shell.hpp"

namespace kforge::sandbox {

ShellResult curl(const ShellWorld& world, const std::vector<std::string>& words);
ShellResult wget(const ShellWorld& world, const std::vector<std::string>& words);
ShellResult look_up(const ShellWorld& world, const std::vector<std::string>& words);

// What a simulated service answers on HTTP.
std::string http_body(const std::string& service);

}  // namespace kforge::sandbox
