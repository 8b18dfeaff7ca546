// SPDX-License-Identifier: Apache-2.0
// One CURLM as a set of sockets to poll and a timer: several of them share the one poll() of the transport.
#pragma once

#include "http/transfer.hpp"
#include "os/clock.hpp"

#include <curl/curl.h>
#include <poll.h>

#include <map>
#include <memory>
#include <optional>
#include <vector>

namespace kforge::http {

using MultiHandle = std::unique_ptr<CURLM, Deleter<curl_multi_cleanup>>;

class MultiLoop {
 public:
  // `host_connections` limits connections to one server; 0: no limit.
  MultiLoop(const Clock& clock, long host_connections);
  MultiLoop(const MultiLoop&) = delete;
  MultiLoop& operator=(const MultiLoop&) = delete;

  void add(CURL* easy);
  void remove(CURL* easy) noexcept;
  void append_sockets(std::vector<pollfd>& entries) const;
  std::optional<Clock::time_point> deadline() const { return deadline_; }
  // Lets libcurl work on what poll() reported for a socket of this loop, or on timers that are due.
  void on_socket_ready(const pollfd& entry);
  void on_time(Clock::time_point now);

  struct Done {
    Transfer* transfer;
    CURLcode code;
  };
  std::optional<Done> next_done();

 private:
  static int socket_changed(CURL* easy, curl_socket_t socket, int what, void* user, void* socket_user) noexcept;
  static int timer_changed(CURLM* multi, long milliseconds, void* user) noexcept;

  const Clock& clock_;
  MultiHandle multi_;
  std::map<curl_socket_t, short> sockets_;  // poll events wanted
  std::optional<Clock::time_point> deadline_;
};

}  // namespace kforge::http
