// SPDX-License-Identifier: Apache-2.0
// One GET whose body is handed over as it comes.
#pragma once

#include "kube/client.hpp"

#include <cstdint>

namespace kforge::kube {

class BodyStream final : public http::Handler {
 public:
  BodyStream(ClientState& owner, RequestId id, ApiRequest request, StreamHandler& handler);

  void open();
  // Ends it without a further call of the handler.
  void stop() noexcept;
  void resume();
  // Tells the handler; the stream is over.
  void end(const StreamEnd& end);

  bool on_data(std::string_view bytes) override;
  void on_done(http::Completion completion) override;

 private:
  StreamEnd end_of(const http::Completion& completion) const;

  ClientState& owner_;
  RequestId id_;
  ApiRequest request_;
  StreamHandler& handler_;
  http::TransferId transfer_ = 0;
  std::uint64_t generation_ = 0;  // of the credentials it carries
  bool renewed_ = false;
};

}  // namespace kforge::kube
