// SPDX-License-Identifier: Apache-2.0
#include "sandbox/process/control_socket.hpp"

#include "base/error.hpp"

#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/streambuf.hpp>
#include <boost/asio/write.hpp>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>
#include <istream>

namespace kforge::sandbox {

namespace asio = boost::asio;
using Local = asio::local::stream_protocol;
using ErrorCode = boost::system::error_code;

namespace {

constexpr std::size_t longest_question = std::size_t{4} << 20;

// A socket's path may have 107 characters, a state folder more: the folder is named through a descriptor of it.
class ShortPath {
 public:
  explicit ShortPath(const Home& home)
      : folder_(::open(home.folder.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC)),
        text_(fmt::format("/proc/self/fd/{}/control", folder_)) {}
  ~ShortPath() {
    if (folder_ >= 0) ::close(folder_);
  }
  ShortPath(const ShortPath&) = delete;
  ShortPath& operator=(const ShortPath&) = delete;
  const std::string& text() const { return text_; }

 private:
  int folder_;
  std::string text_;
};

struct Descriptor {
  explicit Descriptor(int number) : fd(number) {}
  ~Descriptor() {
    if (fd >= 0) ::close(fd);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int fd;
};

// One question and its answer.
struct Talk : std::enable_shared_from_this<Talk> {
  Talk(Local::socket peer, const std::function<Json(const Json&)>& answerer)
      : socket(std::move(peer)), answer(answerer) {}

  void start() {
    asio::async_read_until(socket, buffer, '\n', [self = shared_from_this()](ErrorCode error, std::size_t) {
      if (!error) self->reply();
    });
  }

  void reply() {
    std::istream stream(&buffer);
    std::string line;
    std::getline(stream, line);
    text = to_text(answer(Json::parse(line, nullptr, false))) + "\n";
    asio::async_write(socket, asio::buffer(text), [self = shared_from_this()](ErrorCode, std::size_t) {});
  }

  Local::socket socket;
  const std::function<Json(const Json&)>& answer;
  asio::streambuf buffer{longest_question};
  std::string text;
};

bool send_all(int socket, std::string_view text) {
  while (!text.empty()) {
    const ssize_t sent = ::send(socket, text.data(), text.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    text.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

std::string read_line(int socket) {
  std::string line;
  char buffer[4096];
  while (line.find('\n') == std::string::npos) {
    const ssize_t got = ::recv(socket, buffer, sizeof buffer, 0);
    if (got <= 0) break;
    line.append(buffer, static_cast<std::size_t>(got));
  }
  return line;
}

}  // namespace

struct ControlSocket::State : std::enable_shared_from_this<ControlSocket::State> {
  State(asio::io_context& loop, std::function<Json(const Json&)> answerer)
      : acceptor(loop), answer(std::move(answerer)) {}

  void accept() {
    acceptor.async_accept([self = shared_from_this()](ErrorCode error, Local::socket peer) {
      if (error == asio::error::operation_aborted) return;
      if (!error) std::make_shared<Talk>(std::move(peer), self->answer)->start();
      self->accept();
    });
  }

  Local::acceptor acceptor;
  std::function<Json(const Json&)> answer;
};

ControlSocket::ControlSocket(asio::io_context& loop, const Home& home, std::function<Json(const Json&)> answer)
    : state_(std::make_shared<State>(loop, std::move(answer))) {
  std::filesystem::remove(home.path("control"));  // of a process that was killed
  const ShortPath path(home);
  ErrorCode error;
  state_->acceptor.open();
  state_->acceptor.bind(Local::endpoint(path.text()), error);
  if (!error) state_->acceptor.listen(asio::socket_base::max_listen_connections, error);
  if (error)
    throw Error(ErrorKind::internal, fmt::format("cannot make the socket '{}'", home.path("control")))
        .why(error.message());
  state_->accept();
}

ControlSocket::~ControlSocket() {
  ErrorCode ignored;
  state_->acceptor.close(ignored);
}

std::optional<Json> ask(const Home& home, const Json& question) {
  const ShortPath path(home);
  const Descriptor socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::strncpy(address.sun_path, path.text().c_str(), sizeof address.sun_path - 1);
  const timeval patience{5, 0};
  ::setsockopt(socket.fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  if (::connect(socket.fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) return std::nullopt;
  if (!send_all(socket.fd, to_text(question) + "\n")) return std::nullopt;
  Json answer = Json::parse(read_line(socket.fd), nullptr, false);
  return answer.is_discarded() ? std::nullopt : std::optional(std::move(answer));
}

}  // namespace kforge::sandbox
