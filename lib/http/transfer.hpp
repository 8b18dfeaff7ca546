// SPDX-License-Identifier: Apache-2.0
// One transfer on its way through libcurl. Its C callbacks only store; handlers run later, from wait().
#pragma once

#include "http/peer_certificate.hpp"
#include "http/transport.hpp"

#include <curl/curl.h>

#include <array>
#include <cstddef>
#include <deque>
#include <memory>
#include <optional>
#include <string>

namespace kforge::http {

template <auto Free>
struct Deleter {
  template <class T>
  void operator()(T* pointer) const noexcept {
    Free(pointer);
  }
};
using EasyHandle = std::unique_ptr<CURL, Deleter<curl_easy_cleanup>>;
using HeaderList = std::unique_ptr<curl_slist, Deleter<curl_slist_free_all>>;

inline constexpr std::size_t max_body_bytes = std::size_t{64} << 20;  // decoded; an etcd object has at most 1.5 MiB

// Of a stream between two hand-overs: libcurl reads on as long as the socket gives.
inline constexpr std::size_t max_received_bytes = std::size_t{256} << 10;

struct Transfer {
  TransferId id = 0;
  Request request;
  Handler* handler = nullptr;
  EasyHandle easy;
  HeaderList headers, connect_to;
  std::array<char, CURL_ERROR_SIZE> error{};
  PeerCertificate* certificate = nullptr;     // where the server's is noted
  std::deque<TransferId>* touched = nullptr;  // transfers with something to hand over
  bool is_touched = false;
  bool paused = false;  // the handler wants no more for now
  bool held = false;    // so much has come that libcurl waits until it has been handed over
  bool too_large = false;
  Response response;
  std::string received;  // of a stream, not yet handed over
  std::optional<Completion> finished;

  bool hands_over_body() const { return request.stream && response.status >= 200 && response.status < 300; }
  void touch();
};

// Callbacks for CURLOPT_WRITEFUNCTION and CURLOPT_HEADERFUNCTION; `user` is the Transfer. Returning less than was given
// makes libcurl end the transfer.
std::size_t on_body(char* data, std::size_t unit, std::size_t count, void* user) noexcept;
std::size_t on_header(char* data, std::size_t unit, std::size_t count, void* user) noexcept;

}  // namespace kforge::http
