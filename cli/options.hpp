// SPDX-License-Identifier: Apache-2.0
// Options and arguments as plain rows. The parser, the help, the completions, the man page and docs/cli.md all read
// them.
#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace kforge::cli {

// What a shell offers for a value.
enum class Complete { nothing, file, directory, service, key };

struct OptionSpec {
  std::string names;        // "-f,--file"
  std::string value;        // "PATH"; empty for a flag
  std::string description;  // lower case, no full stop
  std::variant<bool*, std::string*, std::vector<std::string>*> target;
  std::string group{};     // heading in the help; empty: "options"
  std::string variable{};  // environment variable that stands in for it: "KFORGE_FILE"
  std::vector<std::string> choices{};
  Complete complete = Complete::nothing;

  bool is_flag() const { return std::holds_alternative<bool*>(target); }
  std::string long_name() const;   // "--file"
  std::string short_name() const;  // "-f", or empty
};

struct ArgumentSpec {
  std::string name;  // "SERVICE"
  std::string description;
  std::variant<std::string*, std::vector<std::string>*> target;
  bool required = false;
  std::vector<std::string> choices{};
  Complete complete = Complete::nothing;

  bool repeated() const { return target.index() == 1; }
  std::string usage() const;  // "SERVICE", "[SERVICE…]"
};

struct OptionTable {
  std::vector<OptionSpec> options;
  std::vector<ArgumentSpec> arguments;

  void option(OptionSpec spec) { options.push_back(std::move(spec)); }
  void argument(ArgumentSpec spec) { arguments.push_back(std::move(spec)); }
};

}  // namespace kforge::cli
