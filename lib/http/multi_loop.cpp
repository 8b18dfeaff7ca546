// SPDX-License-Identifier: Apache-2.0
#include "http/multi_loop.hpp"

#include "base/error.hpp"

#include <new>

namespace kforge::http {
namespace {

constexpr long streams_per_connection = 100;  // what kube-apiserver allows

template <class Value>
void set(CURLM* multi, CURLMoption option, Value value) {
  if (curl_multi_setopt(multi, option, value) != CURLM_OK)
    throw Error(ErrorKind::internal, "libcurl refuses a multi option");
}

}  // namespace

MultiLoop::MultiLoop(const Clock& clock, long host_connections) : clock_(clock), multi_(curl_multi_init()) {
  if (!multi_) throw std::bad_alloc();
  set(multi_.get(), CURLMOPT_PIPELINING, CURLPIPE_MULTIPLEX);
  set(multi_.get(), CURLMOPT_MAX_CONCURRENT_STREAMS, streams_per_connection);
  set(multi_.get(), CURLMOPT_MAX_HOST_CONNECTIONS, host_connections);
  set(multi_.get(), CURLMOPT_SOCKETFUNCTION, &socket_changed);
  set(multi_.get(), CURLMOPT_SOCKETDATA, static_cast<void*>(this));
  set(multi_.get(), CURLMOPT_TIMERFUNCTION, &timer_changed);
  set(multi_.get(), CURLMOPT_TIMERDATA, static_cast<void*>(this));
}

void MultiLoop::add(CURL* easy) {
  if (curl_multi_add_handle(multi_.get(), easy) != CURLM_OK)
    throw Error(ErrorKind::internal, "libcurl refuses a transfer");
}

void MultiLoop::remove(CURL* easy) noexcept {
  curl_multi_remove_handle(multi_.get(), easy);
}

void MultiLoop::append_sockets(std::vector<pollfd>& entries) const {
  for (const auto& [socket, events] : sockets_) entries.push_back({socket, events, 0});
}

void MultiLoop::on_socket_ready(const pollfd& entry) {
  if (!sockets_.contains(entry.fd)) return;
  int what = 0;
  if ((entry.revents & (POLLIN | POLLHUP)) != 0) what |= CURL_CSELECT_IN;
  if ((entry.revents & POLLOUT) != 0) what |= CURL_CSELECT_OUT;
  if ((entry.revents & POLLERR) != 0) what |= CURL_CSELECT_ERR;
  int running = 0;
  curl_multi_socket_action(multi_.get(), entry.fd, what, &running);
}

void MultiLoop::on_time(Clock::time_point now) {
  if (!deadline_ || now < *deadline_) return;
  deadline_.reset();
  int running = 0;
  curl_multi_socket_action(multi_.get(), CURL_SOCKET_TIMEOUT, 0, &running);
}

std::optional<MultiLoop::Done> MultiLoop::next_done() {
  int left = 0;
  while (const CURLMsg* message = curl_multi_info_read(multi_.get(), &left)) {
    if (message->msg != CURLMSG_DONE) continue;
    void* user = nullptr;
    curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &user);
    return Done{static_cast<Transfer*>(user), message->data.result};
  }
  return std::nullopt;
}

int MultiLoop::socket_changed(CURL*, curl_socket_t socket, int what, void* user, void*) noexcept {
  try {
    auto& sockets = static_cast<MultiLoop*>(user)->sockets_;
    if (what == CURL_POLL_REMOVE) {
      sockets.erase(socket);
      return 0;
    }
    int events = 0;
    if ((what & CURL_POLL_IN) != 0) events |= POLLIN;
    if ((what & CURL_POLL_OUT) != 0) events |= POLLOUT;
    sockets[socket] = static_cast<short>(events);
    return 0;
  } catch (...) {
    return -1;
  }
}

int MultiLoop::timer_changed(CURLM*, long milliseconds, void* user) noexcept {
  auto& loop = *static_cast<MultiLoop*>(user);
  if (milliseconds < 0)
    loop.deadline_.reset();
  else
    loop.deadline_ = loop.clock_.now() + std::chrono::milliseconds{milliseconds};
  return 0;
}

}  // namespace kforge::http
