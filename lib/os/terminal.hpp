// SPDX-License-Identifier: Apache-2.0
// Seam: the three standard streams. stdout is the result, stderr is progress and errors.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace kforge {

enum class Stream { out, err };

struct Terminal {
  virtual ~Terminal() = default;
  // Writes all of it, or throws OutputClosed when the reader has gone (EPIPE).
  virtual void write(Stream stream, std::string_view text) = 0;
  virtual bool is_terminal(Stream stream) const = 0;
  virtual bool input_is_terminal() const = 0;
  virtual int width(Stream stream) const = 0;   // columns; 0 when unknown
  virtual int height(Stream stream) const = 0;  // rows; 0 when unknown
  // One line without its line feed; empty at end of input. Only called when input_is_terminal().
  virtual std::optional<std::string> read_line() = 0;

  void out(std::string_view text) { write(Stream::out, text); }
  void err(std::string_view text) { write(Stream::err, text); }
};

// The reader of stdout has gone; a pipe such as `kforge logs | head` ends quietly with it.
struct OutputClosed {};

struct PosixTerminal final : Terminal {
  void write(Stream stream, std::string_view text) override;
  bool is_terminal(Stream stream) const override;
  bool input_is_terminal() const override;
  int width(Stream stream) const override;
  int height(Stream stream) const override;
  std::optional<std::string> read_line() override;
};

}  // namespace kforge
