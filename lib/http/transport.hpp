// SPDX-License-Identifier: Apache-2.0
// Seam: HTTP. Transfers run together on one loop; wait() is the only call in kforge that blocks on the network.
#pragma once

#include "base/secret.hpp"
#include "os/clock.hpp"
#include "os/terminal.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace kforge::http {

// How to reach one server: made from the kubeconfig once, outlives every transfer that names it.
struct Connection {
  std::string base_url;               // "https://10.0.0.5:6443", no trailing slash; may hold a path prefix
  std::optional<std::string> ca_pem;  // trust only these; absent: the system's roots
  std::string system_ca_file;         // where the system's roots are; also what an https proxy is verified with
  std::optional<std::string> client_certificate_pem;
  std::optional<Secret> client_key_pem;
  std::string tls_server_name;  // SNI and verified name, when it differs from the URL's host
  bool insecure_skip_tls_verify = false;
  std::optional<std::string> proxy_url;           // used always when set (ignores NO_PROXY); userinfo is never printed
  bool proxy_from_environment = true;             // HTTPS_PROXY and NO_PROXY, never for loopback
  std::string no_proxy, https_proxy, http_proxy;  // captured from the environment
  bool disable_compression = false;
  bool disable_http2 = false;
  std::string user_agent = "kforge";
};

using Headers = std::vector<std::pair<std::string, std::string>>;

struct Request {
  const Connection* connection = nullptr;
  std::string method = "GET";
  std::string path;  // with query, appended to base_url
  Headers headers;
  std::optional<Secret> bearer_token;  // sent as Authorization, never logged
  std::string body;
  std::chrono::milliseconds timeout{60'000};  // of the whole transfer; zero for streams
  bool stream = false;                        // body is handed over as it comes, on connections of its own kind
  bool alone = false;      // nothing else shares its connection: whoever stops reading it holds up nobody
  bool idempotent = true;  // false: goes out on a connection of its own, as libcurl repeats a request when
                           // a reused connection turns out to be dead
};

struct Response {
  int status = 0;
  Headers headers;       // names in lower case
  std::string body;      // empty for streams that succeeded
  int http_version = 0;  // 11 or 20; 0 when unknown
  // First value of a header (name in lower case), or empty.
  std::string_view header(std::string_view name) const;
};

// Why a transfer ended without a complete HTTP response.
enum class Failure {
  none,
  resolve,
  refused,
  connect_timeout,
  tls_untrusted,
  tls_name_mismatch,
  tls_expired,
  tls_client_rejected,
  tls_other,
  proxy,
  reset,
  timeout,
  too_large,
  redirect,
  cancelled,
  other
};

struct Completion {
  Failure failure = Failure::none;
  std::string message;  // what went wrong, sanitised, without credentials
  Response response;    // status is 0 when no header arrived
};

// Called from wait(), never from start() or cancel(). Outlives its transfer.
struct Handler {
  virtual ~Handler() = default;
  // Only for streams with a 2xx status: a piece of the body. Return false to get nothing more (the end neither) until
  // resume(); the bytes of this call count as taken.
  virtual bool on_data(std::string_view bytes) {
    (void)bytes;
    return true;
  }
  virtual void on_done(Completion completion) = 0;
};

using TransferId = std::uint64_t;

struct Transport {
  virtual ~Transport() = default;
  virtual TransferId start(Request request, Handler& handler) = 0;
  virtual void cancel(TransferId id) noexcept = 0;  // the handler is not called any more
  virtual void resume(TransferId id) = 0;           // after on_data returned false
  // Runs handlers for what is ready; returns after at least one handler ran, at `until`, or when the watched output is
  // ready. Throws Error{interrupted|terminated} once when a signal arrives.
  virtual void wait(Clock::time_point until) = 0;
  // Makes wait() return when the output takes more, or when its reader has gone.
  virtual void watch_output(OutputWatch watch) { (void)watch; }
  // Further signals do not throw any more: for the clean-up after an interrupt.
  virtual void ignore_signals() = 0;
};

}  // namespace kforge::http
