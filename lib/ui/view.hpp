// SPDX-License-Identifier: Apache-2.0
// Views show the one event stream of a deploy. Several may look at it at once.
#pragma once

#include "deploy/events.hpp"
#include "os/terminal.hpp"

#include <memory>
#include <vector>

namespace kforge::ui {

struct View : deploy::Observer {
  // Called once when the command ends, on every path; `error` is what ended it, or null.
  virtual void close(const Error* error) { (void)error; }
  // Something else is about to write to the terminal.
  virtual void make_way() {}
};

// Hands everything to all of its views. A view whose reader has gone is dropped: a closed log never stops a deploy.
class Tee final : public View {
 public:
  void add(std::unique_ptr<View> view) { views_.push_back(std::move(view)); }
  void on_event(const deploy::Event& event) override {
    each([&](View& view) { view.on_event(event); });
  }
  void on_tick() override {
    each([](View& view) { view.on_tick(); });
  }
  void make_way() override {
    each([](View& view) { view.make_way(); });
  }
  void close(const Error* error) override {
    each([&](View& view) { view.close(error); });
  }

 private:
  template <class Call>
  void each(Call call) {
    for (std::unique_ptr<View>& view : views_) try {
        if (view) call(*view);
      } catch (const OutputClosed&) {
        view.reset();
      }
  }

  std::vector<std::unique_ptr<View>> views_;
};

}  // namespace kforge::ui
