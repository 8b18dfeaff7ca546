// SPDX-License-Identifier: Apache-2.0
// Seam: the three standard streams. stdout is the result, stderr is progress and errors.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace kforge {

enum class Stream { out, err };

// What a wait for events looks at besides them: the descriptor of an output, -1 for none.
struct OutputWatch {
  int fd = -1;
  bool wants_room = false;  // wakes when it takes more; otherwise only when its reader has gone
};

struct Terminal {
  virtual ~Terminal() = default;
  // Writes all of it, or throws OutputClosed when the reader has gone (EPIPE).
  virtual void write(Stream stream, std::string_view text) = 0;
  // Writes to stdout what goes without waiting; returns how many bytes that were. Throws OutputClosed as write() does,
  // also for an empty text.
  virtual std::size_t write_some(std::string_view text) {
    write(Stream::out, text);
    return text.size();
  }
  // What to wait for when write_some() has not taken all; -1 when it always does.
  virtual int output_fd() { return -1; }
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

class PosixTerminal final : public Terminal {
 public:
  PosixTerminal() = default;
  ~PosixTerminal() override;
  PosixTerminal(const PosixTerminal&) = delete;
  PosixTerminal& operator=(const PosixTerminal&) = delete;
  void write(Stream stream, std::string_view text) override;
  std::size_t write_some(std::string_view text) override;
  int output_fd() override;
  bool is_terminal(Stream stream) const override;
  bool input_is_terminal() const override;
  int width(Stream stream) const override;
  int height(Stream stream) const override;
  std::optional<std::string> read_line() override;

 private:
  // How stdout is written to without blocking.
  enum class Output { unknown, plain, own, shared };
  void find_output();

  Output output_ = Output::unknown;
  int own_fd_ = -1;  // stdout opened a second time, not blocking
};

// Takes the numbers of standard streams that were closed, before a file or socket of ours gets them: what is written
// to a closed stdout must fail, not end up there. Called first in main().
void reserve_standard_streams();

}  // namespace kforge
