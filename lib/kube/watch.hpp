// SPDX-License-Identifier: Apache-2.0
// One watch: LIST, then a stream of events from its version, for as long as it takes (api-client §5.3).
#pragma once

#include "kube/client.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace kforge::kube {

class Watch final : public http::Handler {
 public:
  Watch(ClientState& owner, WatchRequest request, WatchHandler& handler);

  // Reads the complete state; the stream follows from there.
  void list();
  // Ends it without a further call of the handler.
  void stop() noexcept;
  // When on_time() wants to be called next.
  Clock::time_point due() const;
  void on_time(Clock::time_point now);

  bool on_data(std::string_view bytes) override;
  void on_done(http::Completion completion) override;

 private:
  enum class Next { nothing, list, open };  // what the timer does
  void open();
  void on_listed(ApiResult result);
  void on_line(std::string_view line);
  void on_object(const std::string& type, Json object);
  void on_error_event(const Json& status);
  void on_refused(const http::Completion& completion);
  void on_stream_end(bool clean);
  void close_stream() noexcept;
  void relist();
  void again(Next next, std::optional<Milliseconds> server_wish = {});
  void fail(const Error& error);
  ApiRequest request_for_words() const;
  std::string path(bool streaming) const;

  ClientState& owner_;
  WatchRequest request_;
  WatchHandler& handler_;
  std::string version_;      // the last one seen
  RequestId list_call_ = 0;  // 0: none under way
  http::TransferId stream_ = 0;
  std::string line_;          // the start of a line whose end has not come yet
  std::size_t searched_ = 0;  // of line_, for the line feed
  Clock::time_point opened_{}, last_bytes_{}, last_list_{};
  std::uint64_t generation_ = 0;
  int failures_ = 0;  // in a row, for the backoff
  bool listed_ = false, events_seen_ = false, renewed_ = false, polling_ = false, ended_ = false;
  Next next_ = Next::nothing;
  Clock::time_point next_at_{};
};

}  // namespace kforge::kube
