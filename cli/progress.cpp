// SPDX-License-Identifier: Apache-2.0
#include "cli/progress.hpp"

#include "cli/append_file.hpp"
#include "cli/exit_code.hpp"
#include "cli/tell_error.hpp"
#include "ui/error_text.hpp"
#include "ui/github.hpp"
#include "ui/json_lines.hpp"
#include "ui/live_progress.hpp"
#include "ui/plain_lines.hpp"

#include <memory>

namespace kforge::cli {
namespace {

// --quiet: silence until something is wrong.
class QuietView final : public ui::View {
 public:
  QuietView(const Deps& deps, const ui::Style& style, ui::Detail detail)
      : deps_(deps), style_(style), detail_(detail) {}
  void on_event(const deploy::Event& event) override { model_.apply(event, deps_.clock.now()); }
  void close(const Error* error) override {
    if (error != nullptr) deps_.terminal.err(ui::closing_text(model_, error, style_, detail_));
  }

 private:
  const Deps& deps_;
  const ui::Style& style_;
  ui::Detail detail_;
  ui::ProgressModel model_;
};

ui::Sink file_sink(const std::string& path, AppendFile::Start start) {
  const auto file = std::make_shared<AppendFile>(path, start);
  return [file](std::string_view text) { file->write(text); };
}

ui::Sink stream_sink(Terminal& terminal, Stream stream) {
  return [&terminal, stream](std::string_view text) { terminal.write(stream, text); };
}

std::unique_ptr<ui::View> main_view(Session& session) {
  const Deps& deps = session.deps();
  const Settings& settings = session.settings();
  const ui::Style& style = session.err_style();
  const bool github = deps.environment.has("GITHUB_ACTIONS");
  switch (settings.progress) {
    case Progress::quiet:
      return std::make_unique<QuietView>(deps, style, settings.detail);
    case Progress::json:
      return std::make_unique<ui::JsonLines>(stream_sink(deps.terminal, Stream::err), deps.clock);
    case Progress::live:
      return std::make_unique<ui::LiveProgress>(deps.terminal, deps.clock, style, settings.detail);
    case Progress::automatic:
      if (style.live) return std::make_unique<ui::LiveProgress>(deps.terminal, deps.clock, style, settings.detail);
      break;
    case Progress::plain:
      break;
  }
  return std::make_unique<ui::PlainLines>(deps.terminal, deps.clock, style, settings.detail,
                                          github ? ui::Groups::github : ui::Groups::none);
}

std::unique_ptr<ui::View> github_view(const Deps& deps) {
  const auto runner_file = [&](const char* variable) {
    return deps.environment.has(variable) ? file_sink(deps.environment.get_or(variable, ""), AppendFile::Start::at_end)
                                          : ui::Sink();
  };
  return std::make_unique<ui::GithubView>(
      ui::GithubView::Sinks{stream_sink(deps.terminal, Stream::err), runner_file("GITHUB_STEP_SUMMARY"),
                            runner_file("GITHUB_OUTPUT")},
      deps.clock, deps.environment);
}

}  // namespace

RunViews::RunViews(Session& session, Show show) : session_(session) {
  const Deps& deps = session.deps();
  if (show == Show::errors) {
    views_.add(std::make_unique<QuietView>(deps, session.err_style(), session.settings().detail));
    return;
  }
  views_.add(main_view(session));
  if (deps.environment.has("GITHUB_ACTIONS")) views_.add(github_view(deps));
  const std::string& events = session.settings().events;
  if (!events.empty())
    views_.add(std::make_unique<ui::JsonLines>(
        events == "-" ? stream_sink(deps.terminal, Stream::out) : file_sink(events, AppendFile::Start::empty),
        deps.clock));
}

void RunViews::on_event(const deploy::Event& event) {
  result_.on_event(event);
  views_.on_event(event);
}

int RunViews::finish(const Error* error, int code) {
  views_.close(error);
  if (session_.json()) {
    Json document = result_.document();
    document["exitCode"] = code;
    document["error"] = error == nullptr ? Json() : ui::error_json(*error, code);
    session_.print_json(document);
  }
  return code;
}

int RunViews::run(const std::function<deploy::Finished()>& work) {
  try {
    return finish(nullptr, work().exit_code);
  } catch (const Error& error) {
    return finish(&error, exit_code(error.kind));
  } catch (const std::exception& error) {
    const Error internal = internal_error(error);
    return finish(&internal, exit_code(internal.kind));
  }
}

}  // namespace kforge::cli
