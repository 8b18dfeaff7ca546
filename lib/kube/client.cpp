// SPDX-License-Identifier: Apache-2.0
#include "kube/client.hpp"

#include "kube/client_state.hpp"

#include <utility>

namespace kforge::kube {

Client::Client(http::Transport& transport, const Clock& clock, ProcessRunner& processes, ClusterAccess access,
               const Environment& environment, bool input_is_terminal)
    : state_(std::make_unique<ClientState>(transport, std::move(access),
                                           CredentialSources{clock, processes, environment, input_is_terminal})) {}

Client::~Client() {
  for (const auto& [id, call] : std::exchange(state_->calls, {}))
    if (call->transfer != 0) state_->transport.cancel(call->transfer);
  for (const auto& [id, watch] : state_->watches) watch->stop();
  for (const auto& [id, stream] : state_->streams) stream->stop();
}

RequestId Client::send(ApiRequest request, ApiReply reply) {
  return state_->send(std::move(request), std::move(reply));
}

void Client::cancel(RequestId id) noexcept {
  state_->cancel(id);
}

void Client::wait(Clock::time_point until) {
  state_->wait(until);
}

ApiResult Client::call(ApiRequest request) {
  std::optional<ApiResult> answer;
  const RequestId id = send(std::move(request), [&answer](ApiResult result) { answer = std::move(result); });
  try {
    while (!answer) wait(Clock::time_point::max());
  } catch (...) {  // an interrupt: the answer must not come to a frame that is gone
    cancel(id);
    throw;
  }
  return std::move(*answer);
}

RequestId Client::watch(WatchRequest request, WatchHandler& handler) {
  return state_->watch(std::move(request), handler);
}

RequestId Client::stream(ApiRequest request, StreamHandler& handler) {
  return state_->stream(std::move(request), handler);
}

void Client::resume(RequestId id) {
  if (const auto found = state_->streams.find(id); found != state_->streams.end()) found->second->resume();
}

void Client::watch_output(OutputWatch watch) {
  state_->transport.watch_output(watch);
}

Identity Client::identity() {
  return state_->credentials.current();
}

bool Client::renew_identity(std::uint64_t generation) {
  return state_->credentials.renew(generation);
}

const ClusterAccess& Client::access() const {
  return state_->credentials.access();
}

std::vector<std::string> Client::take_warnings() {
  return std::exchange(state_->warnings, {});
}

std::vector<std::string> Client::take_notices() {
  return std::exchange(state_->notices, {});
}

std::size_t Client::requests_sent() const {
  return state_->sent;
}

void Client::ignore_signals() {
  state_->transport.ignore_signals();
}

DiscoveredKinds& Client::discovered_kinds() {
  return state_->discovered;
}

}  // namespace kforge::kube
