// SPDX-License-Identifier: Apache-2.0
#include "kube/stream.hpp"

#include "kube/client_state.hpp"
#include "kube/errors.hpp"

#include <utility>

namespace kforge::kube {

BodyStream::BodyStream(ClientState& owner, RequestId id, ApiRequest request, StreamHandler& handler)
    : owner_(owner), id_(id), request_(std::move(request)), handler_(handler) {}

void BodyStream::open() {
  try {
    const Identity identity = owner_.credentials.current();
    http::Request request;
    request.connection = identity.connection;
    request.path = request_.path;
    request.headers = identity.headers;
    request.headers.emplace_back("Accept", request_.accept);
    request.bearer_token = identity.bearer_token;
    request.timeout = Milliseconds{0};
    request.stream = request.alone = true;
    generation_ = identity.generation;
    ++owner_.sent;
    transfer_ = owner_.transport.start(std::move(request), *this);
  } catch (const Error& error) {  // no credentials; told by the next wait()
    owner_.failed_streams.emplace(id_, error);
  }
}

void BodyStream::stop() noexcept {
  if (transfer_ != 0) owner_.transport.cancel(transfer_);
  transfer_ = 0;
}

void BodyStream::resume() {
  if (transfer_ != 0) owner_.transport.resume(transfer_);
}

void BodyStream::end(const StreamEnd& end) {
  owner_.retire_stream(id_);
  handler_.on_end(end);
}

bool BodyStream::on_data(std::string_view bytes) {
  return handler_.on_bytes(bytes);
}

void BodyStream::on_done(http::Completion completion) {
  transfer_ = 0;
  owner_.note_answer(completion.response);
  if (completion.response.status == 401 && !std::exchange(renewed_, true)) try {
      if (owner_.credentials.renew(generation_)) return open();
    } catch (const Error& error) {
      return end({401, error});
    }
  end(end_of(completion));
}

StreamEnd BodyStream::end_of(const http::Completion& completion) const {
  const ClusterAccess& access = owner_.credentials.access();
  const int status = completion.response.status;
  if (completion.failure != http::Failure::none) return {status, connection_error(request_, access, completion)};
  if (status / 100 != 2)
    return {status, status_error(request_, access, completion.response, parse_body(completion.response.body))};
  return {status, std::nullopt};
}

}  // namespace kforge::kube
