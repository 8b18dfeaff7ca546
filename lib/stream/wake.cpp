// SPDX-License-Identifier: Apache-2.0
#include "stream/wake.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>

namespace kforge::stream {

Wake::Wake(asio::io_context& io, int descriptor) : copy_(io), never_(io, asio::steady_timer::time_point::max()) {
  error_code ignored;
  if (descriptor >= 0) copy_.assign(::fcntl(descriptor, F_DUPFD_CLOEXEC, 3), ignored);
}

Task<bool> Wake::wait() {
  error_code ec;
  if (stopped_) co_return false;
  if (!copy_.is_open()) {
    co_await never_.async_wait(into(ec));
    co_return false;
  }
  co_await copy_.async_wait(asio::posix::stream_descriptor::wait_read, into(ec));
  co_return !stopped_;  // an error is what epoll says of files: reading tells the rest
}

void Wake::drain() {
  std::array<char, 64> bytes{};
  while (::read(copy_.native_handle(), bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size())) {
  }
}

void Wake::stop() {
  stopped_ = true;
  error_code ignored;
  copy_.close(ignored);
  never_.cancel();
}

}  // namespace kforge::stream
