// SPDX-License-Identifier: Apache-2.0
// Options of every command: as typed, and made sense of once after flags and environment have been merged.
#pragma once

#include "base/duration.hpp"
#include "cli/options.hpp"
#include "kube/kubeconfig.hpp"
#include "ui/report.hpp"
#include "ui/style.hpp"

#include <map>
#include <optional>
#include <string>

namespace kforge::cli {

struct GlobalOptions {
  std::string file, environment;
  kube::ConnectionFlags connection;
  std::string output, colour = "auto", progress = "auto", timeout, events;
  bool sandbox = false, quiet = false, verbose = false, yes = false, help = false, version = false;
  // Options that an environment variable filled in: "--timeout" -> "KFORGE_TIMEOUT".
  std::map<std::string, std::string> from_environment;

  // How a message names the source of a value: "--timeout" or "KFORGE_TIMEOUT".
  std::string source_of(const std::string& option) const;
};

// The rows, with targets inside of `globals`.
OptionTable global_table(GlobalOptions& globals);

enum class Output { text, json, yaml, raw };
enum class Progress { automatic, live, plain, json, quiet };

struct Settings {
  Output output = Output::text;
  ui::ColourMode colour = ui::ColourMode::automatic;
  Progress progress = Progress::automatic;
  std::optional<Milliseconds> timeout;
  std::string events;  // path of the NDJSON stream, "-" for stdout, empty for none
  ui::Detail detail = ui::Detail::brief;
  bool yes = false;
};
// The only reader of the raw text. Throws Error{usage} naming the flag or variable.
Settings resolve(const GlobalOptions& globals);

}  // namespace kforge::cli
