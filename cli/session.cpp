// SPDX-License-Identifier: Apache-2.0
#include "cli/session.hpp"

#include "cli/sandboxes.hpp"
#include "ui/error_text.hpp"
#include "ui/report.hpp"

namespace kforge::cli {

Session::Session(const Deps& deps, const GlobalOptions& globals)
    : deps_(deps),
      globals_(globals),
      settings_(resolve(globals)),
      out_style_(ui::style_for(deps.terminal, Stream::out, deps.environment, settings_.colour)),
      err_style_(ui::style_for(deps.terminal, Stream::err, deps.environment, settings_.colour)) {}

project::LoadOptions Session::load_options() const {
  return {globals_.file, globals_.environment};
}

const project::Project& Session::project() {
  if (!project_) {
    project_ = project::load(load_options(), deps_.environment);
    note(ui::diagnostics_text(project_->warnings, err_style_));
  }
  return project_->project;
}

// kforge.yaml may name the context; outside of a project the kubeconfig decides.
std::string Session::project_context() {
  return near_project() ? project().context : std::string();
}

bool Session::near_project() const {
  return !globals_.file.empty() || project::find_project_file(deps_.environment.working_directory);
}

const kube::ClusterAccess& Session::access() {
  if (!access_) {
    access_ = is_for_sandbox(globals_) ? kube::load_access(sandbox_connection(*this, globals_), {}, deps_.environment)
                                       : kube::load_access(globals_.connection, project_context(), deps_.environment);
    for (const std::string& warning : access_->warnings) warn(warning);
  }
  return *access_;
}

kube::Client& Session::client() {
  if (!client_) {
    const kube::ClusterAccess& usable = access();
    client_ = std::make_unique<kube::Client>(deps_.transport(), deps_.clock, deps_.processes, usable, deps_.environment,
                                             deps_.terminal.input_is_terminal());
  }
  return *client_;
}

void Session::print_json(const Json& document) {
  print(ui::document_text(document));
}

void Session::note(std::string_view text) {
  if (settings_.progress != Progress::quiet) deps_.terminal.err(text);
}

void Session::warn(const std::string& text) {
  note(ui::warning_line(text, err_style_));
}

}  // namespace kforge::cli
