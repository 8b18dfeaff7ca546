// SPDX-License-Identifier: Apache-2.0
// What a running command works with: settings, styles, and the project and cluster, loaded when first asked for.
#pragma once

#include "base/json.hpp"
#include "cli/deps.hpp"
#include "cli/global_options.hpp"
#include "kube/client.hpp"
#include "project/project.hpp"
#include "ui/style.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace kforge::cli {

class Session {
 public:
  Session(const Deps& deps, const GlobalOptions& globals);

  const Deps& deps() const { return deps_; }
  const GlobalOptions& globals() const { return globals_; }
  const Settings& settings() const { return settings_; }
  bool json() const { return settings_.output == Output::json; }
  const ui::Style& out_style() const { return out_style_; }
  const ui::Style& err_style() const { return err_style_; }

  // The project with the chosen environment; its warnings go to stderr once. Throws InvalidInput.
  const project::Project& project();
  project::LoadOptions load_options() const;
  // Which cluster as whom; its warnings go to stderr once. `project` is asked for its context when there is one.
  const kube::ClusterAccess& access();
  kube::Client& client();
  // Whether a project file is given or found.
  bool near_project() const;

  // Result on stdout.
  void print(std::string_view text) { deps_.terminal.out(text); }
  void print_json(const Json& document);
  // A remark on stderr; nothing with --quiet.
  void note(std::string_view text);
  // "! text" on stderr.
  void warn(const std::string& text);

 private:
  std::string project_context();

  const Deps& deps_;
  const GlobalOptions& globals_;
  Settings settings_;
  ui::Style out_style_, err_style_;
  std::optional<project::Loaded> project_;
  std::optional<kube::ClusterAccess> access_;
  std::unique_ptr<kube::Client> client_;
};

}  // namespace kforge::cli
