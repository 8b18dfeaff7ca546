// SPDX-License-Identifier: Apache-2.0
#include "stream/web_socket.hpp"

#include "stream/dial.hpp"

#include "base/text.hpp"
#include "kube/credentials.hpp"
#include "kube/errors.hpp"
#include "kube/redact.hpp"

#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket/stream.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

namespace kforge::stream {
namespace {

namespace beast = boost::beast;
namespace websocket = beast::websocket;

constexpr std::size_t largest_message = std::size_t{16} << 20;
constexpr std::size_t write_buffer = std::size_t{64} << 10;

using Ws = websocket::stream<Channel, false>;

// What an attempt to open came to when the server answered with something else than 101.
struct Refusal {
  http::Response response;
};

// The request for messages: what the account asked for, without the query, which may hold a command.
kube::ApiRequest request_for(const std::string& path) {
  kube::ApiRequest request;
  request.path = path;
  return request;
}

void add_headers(websocket::request_type& request, const kube::Identity& identity, const std::string& protocols) {
  request.set(beast::http::field::user_agent, identity.connection->user_agent);
  request.set(beast::http::field::sec_websocket_protocol, protocols);
  for (const auto& [name, value] : identity.headers) request.insert(name, value);
  if (identity.bearer_token)
    request.set(beast::http::field::authorization, "Bearer " + identity.bearer_token->reveal());
}

http::Response plain(const websocket::response_type& answer) {
  http::Response response;
  response.status = static_cast<int>(answer.result_int());
  for (const auto& field : answer.base())
    response.headers.emplace_back(to_lower(std::string(field.name_string())), std::string(field.value()));
  response.body = answer.body();
  response.http_version = 11;
  return response;
}

Error broken(const error_code& ec) {
  if (ec == beast::error::timeout)
    return Error(ErrorKind::unreachable, "the cluster does not answer any more").why("nothing came for a minute");
  return Error(ErrorKind::unreachable, "the connection to the cluster broke").why(ec.message());
}

}  // namespace

struct WebSocket::State {
  State(Channel channel, const asio::any_io_executor& executor) : ws(std::move(channel)), freed(executor) {
    freed.expires_at(asio::steady_timer::time_point::max());
    ws.read_message_max(largest_message);
    ws.write_buffer_bytes(write_buffer);
    ws.auto_fragment(false);
    ws.binary(true);
    websocket::stream_base::timeout timeout{};
    timeout.handshake_timeout = std::chrono::seconds(30);
    timeout.idle_timeout = std::chrono::seconds(60);
    timeout.keep_alive_pings = true;
    ws.set_option(timeout);
  }

  Ws ws;
  beast::flat_buffer buffer;
  std::string protocol;
  asio::steady_timer freed;  // wakes writers that wait for their turn
  bool writing = false, ended = false;
};

namespace {

std::string offered(const std::vector<std::string>& protocols) {
  return join(protocols, ", ");
}

// One attempt. Throws Refusal, DialError or Error.
template <class State>
Task<std::unique_ptr<State>> attempt(const kube::Identity& identity, const std::string& path,
                                     const std::vector<std::string>& protocols) {
  const std::optional<http::Url> server = http::parse_url(identity.connection->base_url);
  if (!server) throw Error(ErrorKind::unreachable, "the server's address is not a URL");
  const auto executor = co_await asio::this_coro::executor;
  Channel channel = co_await dial(*identity.connection, *server);
  auto state = std::make_unique<State>(std::move(channel), executor);
  const std::string names = offered(protocols);
  state->ws.set_option(websocket::stream_base::decorator(
      [&](websocket::request_type& request) { add_headers(request, identity, names); }));
  websocket::response_type answer;
  error_code ec;
  co_await state->ws.async_handshake(answer, server->authority(), server->path + path, into(ec));
  if (ec == websocket::error::upgrade_declined || (ec && answer.result_int() >= 300)) throw Refusal{plain(answer)};
  if (ec) throw DialError{http::Failure::reset, ec.message()};
  state->protocol = std::string(answer[beast::http::field::sec_websocket_protocol]);
  if (std::find(protocols.begin(), protocols.end(), state->protocol) == protocols.end())
    throw Error(ErrorKind::unreachable, "the server chose a protocol that nobody offered")
        .why(fmt::format("it says '{}'", printable(state->protocol)))
        .hint("a proxy or a container runtime without WebSockets may stand in between");
  co_return state;
}

// A WebSocket is a GET, but the right to it is that of `create` too since Kubernetes 1.35 (KEP-4006).
Error refused(const kube::ApiRequest& request, const kube::ClusterAccess& access, const http::Response& response) {
  const Json body = Json::parse(response.body, nullptr, false);
  Error error = kube::status_error(request, access, response, body.is_discarded() ? Json() : body);
  if (error.kind == ErrorKind::forbidden) error.advice += "; exec and port-forward need both 'get' and 'create'";
  if (response.status == 400 && error.cause.empty()) error.cause = kube::safe_text(response.body.substr(0, 2048));
  return error;
}

}  // namespace

Task<std::unique_ptr<WebSocket>> WebSocket::open(kube::Client& client, std::string path,
                                                 std::vector<std::string> protocols) {
  const kube::ApiRequest request = request_for(path);
  for (bool renewed = false;; renewed = true) {
    const kube::Identity identity = client.identity();
    std::optional<http::Response> refusal;
    try {
      auto state = co_await attempt<State>(identity, path, protocols);
      co_return std::unique_ptr<WebSocket>(new WebSocket(std::move(state)));
    } catch (const Refusal& no) {
      refusal = no.response;
    } catch (const DialError& error) {
      http::Completion completion;
      completion.failure = error.failure;
      completion.message = printable(error.message);
      throw kube::connection_error(request, client.access(), completion);
    }
    if (refusal->status == 401 && !renewed && client.renew_identity(identity.generation)) continue;
    throw refused(request, client.access(), *refusal);
  }
}

WebSocket::WebSocket(std::unique_ptr<State> state) : state_(std::move(state)) {}
WebSocket::~WebSocket() = default;

const std::string& WebSocket::protocol() const {
  return state_->protocol;
}

Task<bool> WebSocket::read(std::string_view& message) {
  State& state = *state_;
  for (;;) {
    state.buffer.clear();
    error_code ec;
    co_await state.ws.async_read(state.buffer, into(ec));
    if (ec) state.ended = true;
    if (ec == websocket::error::closed) co_return false;
    if (ec) throw broken(ec);
    if (!state.ws.got_binary())
      throw Error(ErrorKind::unreachable, "the server sent text where only bytes are allowed");
    if (state.buffer.size() == 0) continue;  // servers open channels with empty messages
    message = {static_cast<const char*>(state.buffer.data().data()), state.buffer.size()};
    co_return true;
  }
}

Task<void> WebSocket::write(unsigned char channel, std::string_view bytes) {
  State& state = *state_;
  error_code ec;
  while (state.writing) co_await state.freed.async_wait(into(ec));
  if (state.ended) co_return;
  state.writing = true;
  const std::array<asio::const_buffer, 2> message{asio::buffer(&channel, 1), asio::buffer(bytes.data(), bytes.size())};
  ec = {};
  co_await state.ws.async_write(message, into(ec));
  state.writing = false;
  if (ec) state.ended = true;
  state.freed.cancel_one();
}

Task<void> WebSocket::close() {
  State& state = *state_;
  error_code ec;
  while (state.writing) co_await state.freed.async_wait(into(ec));
  if (state.ended) co_return;
  state.ended = true;
  co_await state.ws.async_close(websocket::close_code::normal, into(ec));
}

void WebSocket::abort() {
  state_->ended = true;
  state_->ws.next_layer().close();
}

}  // namespace kforge::stream
