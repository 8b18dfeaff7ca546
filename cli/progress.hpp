// SPDX-License-Identifier: Apache-2.0
// Which views look at a run, and what remains of it at its end.
#pragma once

#include "cli/session.hpp"
#include "ui/result_document.hpp"
#include "ui/view.hpp"

#include <functional>

namespace kforge::cli {

// The observer of one run: the views that the settings and the environment ask for, and the result.
class RunViews final : public deploy::Observer {
 public:
  explicit RunViews(Session& session);
  void on_event(const deploy::Event& event) override;
  void on_tick() override { views_.on_tick(); }

  // Something else is about to write to the terminal: what redraws itself gets out of the way.
  void make_way() { views_.make_way(); }

  // Runs `work`, closes the views, prints the JSON document when it was asked for, tells the error when no view has,
  // and returns the exit code.
  int run(const std::function<deploy::Finished()>& work);

 private:
  int finish(const Error* error, int code);

  Session& session_;
  ui::Tee views_;
  ui::ResultDocument result_;
};

}  // namespace kforge::cli
