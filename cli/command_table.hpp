// SPDX-License-Identifier: Apache-2.0
// The commands of kforge, in the order of the help.
#pragma once

#include "cli/options.hpp"

#include <functional>
#include <span>
#include <string_view>
#include <vector>

namespace kforge::cli {

class Session;

// What is loaded before a command runs, so that mistakes show in the same order everywhere.
enum class Needs { nothing, project, cluster };
// Formats of --output that a command knows.
enum class Formats { text, text_json, yaml_json, json, lines };  // lines: text, json and raw

// Runs the command; returns the exit code.
using Action = std::function<int(Session& session)>;

struct CommandSpec {
  std::string_view name;     // "up", "config view-connection"
  std::string_view aliases;  // "ls,ps"
  std::string_view group;    // heading in the help; empty: hidden
  std::string_view summary;  // one line, lower case, no full stop
  std::string_view details;  // paragraphs of the command's own help
  Needs needs = Needs::nothing;
  Formats formats = Formats::text;
  // Declares options and arguments; the action keeps what they are bound to alive.
  Action (*bind)(OptionTable& table) = nullptr;

  bool hidden() const { return group.empty(); }
  std::vector<std::string> alias_list() const;
};

std::span<const CommandSpec> commands();
// By name or alias; null when there is none.
const CommandSpec* find_command(std::string_view name);
// Names of commands that the help shows, "config" for "config view-connection" included.
std::vector<std::string> visible_names();

}  // namespace kforge::cli
