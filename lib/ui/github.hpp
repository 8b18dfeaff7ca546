// SPDX-License-Identifier: Apache-2.0
// GitHub Actions: annotations that point into kforge.yaml, the step summary and step outputs.
#pragma once

#include "base/diagnostics.hpp"
#include "os/environment.hpp"
#include "ui/json_lines.hpp"
#include "ui/progress_model.hpp"
#include "ui/view.hpp"

#include <string>
#include <string_view>

namespace kforge::ui {

// A workflow command: "::error file=kforge.yaml,line=12,col=5,title=KF2003 image not found::text\n".
enum class AnnotationLevel { error, warning };
struct Annotation {
  AnnotationLevel level = AnnotationLevel::error;
  SourcePlace place;  // may be unknown
  std::string title, text;
};
std::string workflow_command(const Annotation& annotation, const Environment& environment);

// Every problem, ten at most of a severity (what GitHub shows of a step), as workflow commands.
std::string annotations_of(const Diagnostics& diagnostics, const Environment& environment);
std::string annotations_of(const Error& error, const Environment& environment);

// Writes annotations to `commands` (a log stream), Markdown to `summary` and name=value lines to `outputs`.
class GithubView final : public View {
 public:
  struct Sinks {
    Sink commands, summary, outputs;  // the last two may be empty
  };
  GithubView(Sinks sinks, const Clock& clock, const Environment& environment)
      : sinks_(std::move(sinks)), clock_(clock), environment_(environment) {}
  void on_event(const deploy::Event& event) override;
  void close(const Error* error) override;

 private:
  void annotate(const Annotation& annotation);

  Sinks sinks_;
  const Clock& clock_;
  const Environment& environment_;
  ProgressModel model_;
  int errors_ = 0, warnings_ = 0;
};

// The step summary of a run.
std::string summary_markdown(const ProgressModel& model);

}  // namespace kforge::ui
