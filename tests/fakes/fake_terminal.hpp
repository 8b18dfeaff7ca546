// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "os/terminal.hpp"

#include <deque>
#include <string>

namespace kforge::tests {

// Collects what is written; answers prompts from `input`.
struct FakeTerminal final : Terminal {
  std::string out_text, err_text;
  bool interactive = false;
  int columns = 100, rows = 40;
  std::deque<std::string> input;

  void write(Stream stream, std::string_view text) override { (stream == Stream::out ? out_text : err_text) += text; }
  bool is_terminal(Stream) const override { return interactive; }
  bool input_is_terminal() const override { return interactive; }
  int width(Stream) const override { return interactive ? columns : 0; }
  int height(Stream) const override { return interactive ? rows : 0; }
  std::optional<std::string> read_line() override {
    if (input.empty()) return std::nullopt;
    std::string line = input.front();
    input.pop_front();
    return line;
  }
};

}  // namespace kforge::tests
