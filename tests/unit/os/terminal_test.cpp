// SPDX-License-Identifier: Apache-2.0
// Writing to a reader that is slow, or has gone. stdout of the test is put aside for the time of a case.
#include "os/terminal.hpp"

#include "tests/support/catch.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <string>

using namespace kforge;

namespace {

// stdout goes to one end; the test reads from the other.
struct Redirected {
  int kept = ::dup(STDOUT_FILENO);
  int reader = -1;
  enum class To { pipe, socket };
  explicit Redirected(To to) {
    ::signal(SIGPIPE, SIG_IGN);
    int ends[2];
    const int made = to == To::pipe ? ::pipe(ends) : ::socketpair(AF_UNIX, SOCK_STREAM, 0, ends);
    REQUIRE(made == 0);
    reader = ends[0];
    ::dup2(ends[1], STDOUT_FILENO);
    ::close(ends[1]);
  }
  ~Redirected() {
    ::dup2(kept, STDOUT_FILENO);
    ::close(kept);
    close_reader();
  }
  void close_reader() {
    if (reader >= 0) ::close(reader);
    reader = -1;
  }
  std::string read_some() const {
    std::string text(1 << 20, '\0');
    const ssize_t got = ::read(reader, text.data(), text.size());
    text.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
    return text;
  }
};

// What a reader gets of 3 MB that are written without waiting.
bool everything_arrives(Redirected::To to) {
  Redirected out(to);
  PosixTerminal terminal;
  std::string text;
  for (int i = 0; text.size() < 3'000'000; ++i) text += std::to_string(i) + "\n";
  std::string got;
  bool refused = false;
  for (std::size_t done = 0; done < text.size();) {
    const std::size_t count = terminal.write_some(std::string_view(text).substr(done));
    refused = refused || done + count < text.size();
    done += count;
    while (got.size() < done) got += out.read_some();
  }
  return refused && got == text && terminal.output_fd() >= 0;
}

}  // namespace

TEST_CASE("a full pipe takes what it can without blocking the writer") {
  CHECK(everything_arrives(Redirected::To::pipe));
}

TEST_CASE("so does a full socket") {
  CHECK(everything_arrives(Redirected::To::socket));
}

TEST_CASE("stdout itself stays blocking for other programs that share it") {
  Redirected out(Redirected::To::pipe);
  PosixTerminal terminal;
  terminal.write_some("x");
  CHECK((::fcntl(STDOUT_FILENO, F_GETFL) & O_NONBLOCK) == 0);
}

TEST_CASE("a reader that has gone is noticed, with text and without") {
  for (const char* text : {"x", ""}) {
    Redirected out(Redirected::To::pipe);
    PosixTerminal terminal;
    terminal.write_some("first");
    out.close_reader();
    CHECK_THROWS_AS(terminal.write_some(text), OutputClosed);
  }
}
