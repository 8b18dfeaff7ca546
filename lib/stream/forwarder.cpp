// SPDX-License-Identifier: Apache-2.0
#include "stream/forwarder.hpp"

#include <boost/asio/write.hpp>
#include <fmt/format.h>

#include <array>

namespace kforge::stream {
namespace {

using asio::ip::tcp;

constexpr int most_tries = 8;
constexpr std::chrono::milliseconds pause_between_tries{250};
// How long the pod may be silent after the local side has said its last word; the channels have no way to pass that on.
constexpr std::chrono::seconds last_words{60};

// One connection: two directions that end together.
class Tube : public std::enable_shared_from_this<Tube> {
 public:
  Tube(tcp::socket local, std::unique_ptr<PodConnection> pod)
      : local_(std::move(local)), pod_(std::move(pod)), silence_(local_.get_executor()) {}

  Task<void> run() {
    const auto self = shared_from_this();
    asio::co_spawn(local_.get_executor(), upstream(), [self](const std::exception_ptr&) {});
    std::exception_ptr failure;
    try {
      co_await downstream();
    } catch (...) {
      failure = std::current_exception();
    }
    end();
    if (failure && !local_gone_) std::rethrow_exception(failure);
  }

 private:
  Task<void> upstream() {
    const auto self = shared_from_this();
    std::array<char, std::size_t{32} << 10> bytes{};
    for (;;) {
      error_code ec;
      const std::size_t got = co_await local_.async_read_some(asio::buffer(bytes), into(ec));
      if (ec == asio::error::eof) break;
      if (ec) {
        local_gone_ = true;
        pod_->abort();
        co_return;
      }
      co_await pod_->write({bytes.data(), got});
    }
    half_closed_ = true;
    watch_silence();
  }

  Task<void> downstream() {
    std::string_view bytes;
    for (;;) {
      const bool more = co_await pod_->read(bytes);
      if (!more) co_return;
      if (half_closed_) watch_silence();
      error_code ec;
      co_await asio::async_write(local_, asio::buffer(bytes.data(), bytes.size()), into(ec));
      if (ec) {
        local_gone_ = true;
        co_return;
      }
    }
  }

  void watch_silence() {
    if (ended_) return;
    silence_.expires_after(last_words);
    silence_.async_wait([self = shared_from_this()](error_code ec) {
      if (ec) return;
      self->local_gone_ = true;
      self->pod_->abort();
    });
  }

  void end() {
    ended_ = true;
    silence_.cancel();
    error_code ignored;
    local_.shutdown(tcp::socket::shutdown_send, ignored);
    local_.close(ignored);
    pod_->abort();
  }

  tcp::socket local_;
  std::unique_ptr<PodConnection> pod_;
  asio::steady_timer silence_;
  bool half_closed_ = false, local_gone_ = false, ended_ = false;
};

}  // namespace

Forwarder::Forwarder(Outside outside) : outside_(std::move(outside)), signal_(io_, outside_.signals.poll_fd()) {}

int Forwarder::listen(const std::string& address, int local, int remote) {
  if (address != "localhost") {
    error_code ec;
    const auto ip = asio::ip::make_address(address, ec);
    if (ec) throw Error(ErrorKind::usage, fmt::format("--address: '{}' is no IP address", address));
    return listen_on({ip, static_cast<unsigned short>(local)}, remote);
  }
  const int port = listen_on({asio::ip::address_v4::loopback(), static_cast<unsigned short>(local)}, remote);
  try {
    listen_on({asio::ip::address_v6::loopback(), static_cast<unsigned short>(port)}, remote);
  } catch (const Error&) {  // a machine without IPv6, or somebody else has the port there
  }
  return port;
}

int Forwarder::listen_on(const tcp::endpoint& endpoint, int remote) {
  auto acceptor = std::make_unique<tcp::acceptor>(io_);
  try {
    acceptor->open(endpoint.protocol());
    acceptor->set_option(tcp::acceptor::reuse_address(true));
    acceptor->bind(endpoint);
    acceptor->listen();
  } catch (const boost::system::system_error& error) {
    throw Error(ErrorKind::usage,
                fmt::format("cannot listen on port {} of {}", endpoint.port(), endpoint.address().to_string()))
        .why(error.code().message())
        .hint("choose another local port, such as ':PORT' for any free one");
  }
  tcp::acceptor& listening = *acceptors_.emplace_back(std::move(acceptor));
  asio::co_spawn(io_, accept_all(listening, remote), asio::detached);
  return listening.local_endpoint().port();
}

Task<void> Forwarder::accept_all(tcp::acceptor& acceptor, int remote) {
  for (;;) {
    error_code ec;
    tcp::socket socket = co_await acceptor.async_accept(into(ec));
    if (ec == asio::error::operation_aborted) co_return;
    if (ec) continue;  // the client has gone before we took it
    asio::co_spawn(io_, serve(std::move(socket), remote), [this](const std::exception_ptr& error) {
      try {
        if (error) std::rethrow_exception(error);
      } catch (const Error& problem) {
        outside_.tell(problem);
      }
    });
  }
}

Task<void> Forwarder::serve(tcp::socket socket, int remote) {
  auto pod = co_await reach(remote);
  error_code ignored;
  socket.set_option(tcp::no_delay(true), ignored);
  const auto tube = std::make_shared<Tube>(std::move(socket), std::move(pod));
  co_await tube->run();
}

// A pod that has just gone is not the last word: another one takes over.
Task<std::unique_ptr<PodConnection>> Forwarder::reach(int remote) {
  asio::steady_timer timer(io_);
  for (int attempt = 1;; ++attempt) {
    std::optional<Error> failure;
    try {
      PodPort target = outside_.pick(remote, attempt == 1 ? Choice::known : Choice::fresh);
      co_return co_await PodConnection::open(outside_.client, std::move(target));
    } catch (const Error& error) {
      failure = error;
    }
    const bool hopeless = failure->kind == ErrorKind::forbidden || failure->kind == ErrorKind::not_authenticated ||
                          failure->kind == ErrorKind::interrupted || failure->kind == ErrorKind::terminated;
    if (hopeless || attempt == most_tries) throw Error(*failure);
    timer.expires_after(pause_between_tries * attempt);
    co_await timer.async_wait(asio::use_awaitable);
  }
}

Task<void> Forwarder::obey_signals() {
  for (;;) {
    const bool woken = co_await signal_.wait();
    if (!woken) co_return;
    signal_.drain();
    throw_if_signalled(outside_.signals);
  }
}

void Forwarder::run() {
  asio::co_spawn(io_, obey_signals(), [this](const std::exception_ptr& error) {
    end_ = error;
    io_.stop();
  });
  io_.run();
  if (end_) std::rethrow_exception(end_);
}

}  // namespace kforge::stream
