// SPDX-License-Identifier: Apache-2.0
#include "kube/watch.hpp"

#include "base/text.hpp"
#include "kube/client_state.hpp"
#include "kube/errors.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace kforge::kube {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t longest_line = std::size_t{16} << 20;
constexpr Milliseconds silence_limit = 150s;  // bookmarks come about once a minute
constexpr Milliseconds poll_interval = 2s;    // for accounts that may list but not watch
constexpr Milliseconds first_backoff = 800ms, longest_backoff = 30s;
constexpr Milliseconds shortest_good_stream = 1s;

std::optional<WatchEvent> event_of(const std::string& type) {
  if (type == "ADDED") return WatchEvent::added;
  if (type == "MODIFIED") return WatchEvent::modified;
  if (type == "DELETED") return WatchEvent::deleted;
  return std::nullopt;
}

bool is_final(ErrorKind kind) {
  return kind == ErrorKind::not_authenticated || kind == ErrorKind::forbidden || kind == ErrorKind::not_found ||
         kind == ErrorKind::rejected;
}

// The server is another one than before; waiting does not help.
bool is_final(http::Failure failure) {
  switch (failure) {
    case http::Failure::tls_untrusted:
    case http::Failure::tls_name_mismatch:
    case http::Failure::tls_expired:
    case http::Failure::tls_client_rejected:
    case http::Failure::redirect:
      return true;
    default:
      return false;
  }
}

}  // namespace

Watch::Watch(ClientState& owner, WatchRequest request, WatchHandler& handler)
    : owner_(owner), request_(std::move(request)), handler_(handler) {}

std::string Watch::path(bool streaming) const {
  std::string text = schema::collection_path(*request_.kind, request_.name_space);
  text += streaming ? "?watch=1&allowWatchBookmarks=true" : "?limit=500";
  if (!request_.label_selector.empty()) text += "&labelSelector=" + url_encode(request_.label_selector);
  if (!request_.field_selector.empty()) text += "&fieldSelector=" + url_encode(request_.field_selector);
  if (!streaming) return text;
  // Below the five minutes after which many load balancers cut a connection.
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(owner_.jitter.between(280s, 290s));
  return text + fmt::format("&timeoutSeconds={}&resourceVersion={}", seconds.count(), url_encode(version_));
}

ApiRequest Watch::request_for_words() const {
  ApiRequest request;
  request.path = schema::collection_path(*request_.kind, request_.name_space) + "?watch=1";
  return request;
}

void Watch::list() {
  next_ = Next::nothing;
  last_list_ = owner_.clock.now();
  ApiRequest request;
  request.path = path(false);
  request.follow_pages = true;
  list_call_ = owner_.send(std::move(request), [this](ApiResult result) {
    list_call_ = 0;
    on_listed(std::move(result));
  });
}

void Watch::on_listed(ApiResult result) {
  if (!result.ok()) {
    if (!listed_ || is_final(result.error->kind)) return fail(*result.error);
    return again(Next::list);
  }
  listed_ = true;
  version_ = resource_version_of(result.body);
  handler_.on_list(items_of(std::move(result.body)));
  if (ended_) return;
  if (polling_) {
    next_ = Next::list;
    next_at_ = owner_.clock.now() + poll_interval;
    return;
  }
  open();
}

void Watch::open() {
  next_ = Next::nothing;
  try {
    const Identity identity = owner_.credentials.current();
    http::Request request;
    request.connection = identity.connection;
    request.path = path(true);
    request.headers = identity.headers;
    request.headers.emplace_back("Accept", "application/json");
    request.bearer_token = identity.bearer_token;
    request.timeout = 0ms;
    request.stream = true;
    generation_ = identity.generation;
    opened_ = last_bytes_ = owner_.clock.now();
    events_seen_ = false;
    line_.clear();
    searched_ = 0;
    ++owner_.sent;
    stream_ = owner_.transport.start(std::move(request), *this);
  } catch (const Error& error) {  // no credentials any more
    fail(error);
  }
}

void Watch::close_stream() noexcept {
  if (stream_ != 0) owner_.transport.cancel(stream_);
  stream_ = 0;
}

void Watch::stop() noexcept {
  ended_ = true;
  next_ = Next::nothing;
  close_stream();
  if (list_call_ != 0) owner_.cancel(list_call_);
  list_call_ = 0;
}

void Watch::fail(const Error& error) {
  stop();
  handler_.on_failed(error);
}

bool Watch::on_data(std::string_view bytes) {
  last_bytes_ = owner_.clock.now();
  renewed_ = false;
  line_ += bytes;
  // Lines are handed over from a copy: a handler may cancel, and a relist clears line_.
  std::string received = std::exchange(line_, {});
  std::size_t start = 0;
  for (std::size_t end = received.find('\n', searched_); end != std::string::npos; end = received.find('\n', start)) {
    on_line(std::string_view(received).substr(start, end - start));
    if (ended_ || stream_ == 0) return true;
    start = end + 1;
  }
  received.erase(0, start);
  searched_ = received.size();
  line_ = std::move(received);
  if (line_.size() > longest_line) relist();
  return true;
}

void Watch::on_line(std::string_view line) {
  if (trim(line).empty()) return;
  Json event = Json::parse(line, nullptr, false);
  if (!event.is_object() || !event.contains("object")) {
    close_stream();
    return again(Next::open);
  }
  const std::string type = string_at(event, {"type"});
  if (type == "ERROR") return on_error_event(event["object"]);
  on_object(type, std::move(event["object"]));
}

void Watch::on_object(const std::string& type, Json object) {
  const std::string version = resource_version_of(object);
  if (type == "BOOKMARK") {
    version_ = version;
    return;
  }
  const std::optional<WatchEvent> event = event_of(type);
  if (!event || version.empty()) return relist();  // a newer protocol: do not trust what we have
  version_ = version;
  events_seen_ = true;
  handler_.on_event(*event, std::move(object));
}

void Watch::on_error_event(const Json& status) {
  close_stream();
  const std::int64_t code = int_at(status, {"code"});
  if (code == 410) return relist();
  if (code == 401 || code == 403) {
    http::Response response;
    response.status = static_cast<int>(code);
    return fail(status_error(request_for_words(), owner_.credentials.access(), response, status));
  }
  const std::int64_t seconds = int_at(status, {"details", "retryAfterSeconds"});
  again(Next::open, seconds > 0 ? std::optional<Milliseconds>(std::chrono::seconds{seconds}) : std::nullopt);
}

// At once for the first time; a server that says so again and again is given time.
void Watch::relist() {
  close_stream();
  if (owner_.clock.now() - last_list_ < shortest_good_stream) return again(Next::list);
  list();
}

void Watch::on_done(http::Completion completion) {
  stream_ = 0;
  owner_.note_answer(completion.response);
  if (completion.response.status / 100 == 2) return on_stream_end(completion.failure == http::Failure::none);
  if (completion.failure == http::Failure::none) return on_refused(completion);
  if (is_final(completion.failure))
    return fail(connection_error(request_for_words(), owner_.credentials.access(), completion));
  again(Next::open);
}

// The end of a stream is normal; one that ends at once and empty is not.
void Watch::on_stream_end(bool clean) {
  const bool short_lived = owner_.clock.now() - opened_ < shortest_good_stream && !events_seen_;
  if (short_lived) return again(Next::open);
  if (clean) failures_ = 0;
  open();
}

void Watch::on_refused(const http::Completion& completion) {
  const int status = completion.response.status;
  const Json body = parse_body(completion.response.body);
  if (status == 410) return relist();
  if (status == 403) {  // may list, may not watch: look every two seconds
    polling_ = true;
    return list();
  }
  if (status == 401 && !std::exchange(renewed_, true)) try {
      if (owner_.credentials.renew(generation_)) return open();
    } catch (const Error& error) {
      return fail(error);
    }
  const Error error = status_error(request_for_words(), owner_.credentials.access(), completion.response, body);
  if (status < 500 && is_final(error.kind)) return fail(error);  // a server in trouble recovers
  again(Next::open, retry_after_of(completion.response, body));
}

// 0.8 s, 1.6 s … 30 s, each up to twice as long, unless the server names its own time.
void Watch::again(Next next, std::optional<Milliseconds> server_wish) {
  const Milliseconds base = std::min(longest_backoff, first_backoff * (1 << std::min(failures_, 6)));
  ++failures_;
  next_ = next;
  next_at_ = owner_.clock.now() + server_wish.value_or(owner_.jitter.between(base, base * 2));
}

Clock::time_point Watch::due() const {
  if (next_ != Next::nothing) return next_at_;
  return stream_ != 0 ? last_bytes_ + silence_limit : Clock::time_point::max();
}

void Watch::on_time(Clock::time_point now) {
  if (now < due()) return;
  if (next_ == Next::list) return list();
  if (next_ == Next::open) return open();
  close_stream();  // silent for too long: the peer may have vanished
  open();
}

}  // namespace kforge::kube
