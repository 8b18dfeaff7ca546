// SPDX-License-Identifier: Apache-2.0
#include "ui/github.hpp"

#include "base/text.hpp"
#include "os/files.hpp"
#include "ui/report.hpp"

#include <fmt/format.h>

#include <map>

namespace kforge::ui {
namespace {

constexpr int most_per_level = 10;  // GitHub shows no more of one step

// Escapes of workflow commands: text first, properties also ':' and ','.
std::string escaped_text(std::string_view text) {
  std::string escaped = replace_all(printable(text), "%", "%25");
  return replace_all(replace_all(std::move(escaped), "\r", "%0D"), "\n", "%0A");
}
std::string escaped_property(std::string_view text) {
  return replace_all(replace_all(escaped_text(text), ":", "%3A"), ",", "%2C");
}

// GitHub wants the path from the root of the checkout.
std::string path_in_checkout(const std::string& file, const Environment& environment) {
  const std::string root = environment.get_or("GITHUB_WORKSPACE", "") + "/";
  const std::string path = absolute_path(file, environment.working_directory);
  return root.size() > 1 && path.starts_with(root) ? path.substr(root.size()) : file;
}

// Text in a Markdown table cell or sentence.
std::string markdown(std::string_view text) {
  std::string safe = printable(text);
  for (const auto& [from, to] : {std::pair{"&", "&amp;"}, {"<", "&lt;"}, {"|", "\\|"}, {"`", "\\`"}, {"\n", " "}})
    safe = replace_all(std::move(safe), from, to);
  return safe;
}

// Indented code: nothing in it can end the block.
std::string code_block(std::string_view text) {
  return "\n    " + replace_all(printable(text), "\n", "\n    ") + "\n";
}

Annotation annotation_of(const deploy::Diagnosis& diagnosis) {
  std::string text = headline(diagnosis);
  if (!diagnosis.verdict.evidence.empty()) text += "\n" + diagnosis.verdict.evidence;
  if (const std::string advice = remedy(diagnosis); !advice.empty()) text += "\n" + advice;
  const rollout::Cause* cause = rollout::find_cause(diagnosis.verdict.code);
  return {AnnotationLevel::error, diagnosis.place.value_or(SourcePlace{}),
          cause == nullptr ? "rollout failed" : fmt::format("{} {}", cause->code, cause->title), text};
}

std::string_view state_word(StageState state) {
  switch (state) {
    case StageState::pending:
      return "not reached";
    case StageState::running:
      return "stopped";
    case StageState::ready:
      return "ready";
    case StageState::failed:
      return "**failed**";
  }
  return {};
}

std::string failure_markdown(const deploy::Diagnosis& diagnosis) {
  std::string text = fmt::format("\n#### {}\n", markdown(headline(diagnosis)));
  if (diagnosis.place && diagnosis.place->known())
    text += fmt::format("\n{}\n", markdown(diagnosis.place->to_string()));
  if (!diagnosis.verdict.evidence.empty()) text += code_block(diagnosis.verdict.evidence);
  if (!diagnosis.log_lines.empty())
    text += fmt::format("\nlast lines of {}:\n{}", markdown(diagnosis.log_source),
                        code_block(join(diagnosis.log_lines, "\n")));
  if (const std::string advice = remedy(diagnosis); !advice.empty()) text += "\n" + markdown(advice) + "\n";
  return text;
}

}  // namespace

std::string workflow_command(const Annotation& annotation, const Environment& environment) {
  std::vector<std::string> properties;
  if (!annotation.place.file.empty())
    properties.push_back("file=" + escaped_property(path_in_checkout(annotation.place.file, environment)));
  if (annotation.place.known()) {
    properties.push_back(fmt::format("line={}", annotation.place.line));
    properties.push_back(fmt::format("col={}", annotation.place.column));
  }
  if (!annotation.title.empty()) properties.push_back("title=" + escaped_property(annotation.title));
  return fmt::format("::{}{}{}::{}\n", annotation.level == AnnotationLevel::error ? "error" : "warning",
                     properties.empty() ? "" : " ", join(properties, ","), escaped_text(annotation.text));
}

std::string annotations_of(const Diagnostics& diagnostics, const Environment& environment) {
  std::string commands;
  std::map<Severity, int> count;
  for (const Diagnostic& item : diagnostics.all())
    if (count[item.severity]++ < most_per_level)
      commands +=
          workflow_command({item.severity == Severity::error ? AnnotationLevel::error : AnnotationLevel::warning,
                            item.place, "", item.hint.empty() ? item.message : item.message + "\n" + item.hint},
                           environment);
  return commands;
}

std::string annotations_of(const Error& error, const Environment& environment) {
  if (const auto* invalid = dynamic_cast<const InvalidInput*>(&error))
    return annotations_of(invalid->diagnostics, environment);
  std::string text = error.what();
  for (const std::string& part : {error.cause, error.advice})
    if (!part.empty()) text += "\n" + part;
  return workflow_command({AnnotationLevel::error, error.place.value_or(SourcePlace{}), error.code, text}, environment);
}

void GithubView::annotate(const Annotation& annotation) {
  int& count = annotation.level == AnnotationLevel::error ? errors_ : warnings_;
  if (count++ < most_per_level) sinks_.commands(workflow_command(annotation, environment_));
}

void GithubView::on_event(const deploy::Event& event) {
  model_.apply(event, clock_.now());
  if (const auto* diagnosis = std::get_if<deploy::Diagnosis>(&event)) annotate(annotation_of(*diagnosis));
  if (const auto* warning = std::get_if<deploy::WarningText>(&event))
    annotate({AnnotationLevel::warning, {}, "", warning->text});
}

void GithubView::close(const Error* error) {
  if (error != nullptr && model_.diagnoses().empty()) sinks_.commands(annotations_of(*error, environment_));
  if (sinks_.summary && !model_.started().project.empty()) sinks_.summary(summary_markdown(model_));
  if (!sinks_.outputs) return;
  const std::string outcome = model_.finished() ? model_.finished()->outcome : error == nullptr ? "done" : "failed";
  const bool changed = model_.finished() && !model_.finished()->applied.empty();
  sinks_.outputs(fmt::format("outcome={}\nchanged={}\n", outcome, changed));
}

std::string summary_markdown(const ProgressModel& model) {
  const deploy::Started& run = model.started();
  std::string text = fmt::format("### kforge {}: {} → {}\n\n", run.command, markdown(run.project),
                                 markdown(run.context.empty() ? run.server : run.context));
  if (model.finished())
    text += fmt::format("{} in {}: {}\n", markdown(model.finished()->outcome), format_duration(model.finished()->took),
                        outcome_text(model.finished()->summary));
  if (!model.stages().empty()) text += "\n| stage | state | time |\n|---|---|---|\n";
  for (const StageProgress& stage : model.stages())
    text += fmt::format("| {} | {} | {} |\n", project::to_string(stage.tier), state_word(stage.state),
                        stage.took.count() > 0 ? format_duration(stage.took) : "");
  for (const deploy::Diagnosis& diagnosis : by_weight(model.diagnoses())) text += failure_markdown(diagnosis);
  return text;
}

}  // namespace kforge::ui
