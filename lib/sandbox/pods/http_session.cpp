// SPDX-License-Identifier: Apache-2.0
#include "sandbox/pods/http_session.hpp"

#include "base/text.hpp"
#include "sandbox/pods/container_config.hpp"
#include "sandbox/pods/later.hpp"
#include "sandbox/pods/pod_fields.hpp"
#include "sandbox/pods/shell_http.hpp"
#include "yaml/node.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <vector>

namespace kforge::sandbox {
namespace {

constexpr std::size_t largest_head = 64UL * 1024;
constexpr const char* no_route = "{\"message\":\"no Route matched with those values\"}\n";

// The paths of a Kong without a database; nothing for every other container, and for a port beside the proxy.
std::optional<std::vector<std::string>> routes_of(const Store& store, const Json& pod, const Json& container,
                                                  const Json& port) {
  if (string_at(port, {"name"}) != "http") return std::nullopt;
  const ContainerEnv env = container_env(store, pod, container);
  const auto named = std::ranges::find(env.variables, "KONG_DECLARATIVE_CONFIG",
                                       [](const auto& variable) { return std::string_view(variable.first); });
  if (named == env.variables.end()) return std::nullopt;
  const std::map<std::string, std::string> files = mounted_files(store, pod, container);
  const auto file = files.find(named->second);
  if (file == files.end()) return std::nullopt;
  std::vector<std::string> paths;
  const Json config = yaml::to_json(yaml::parse(file->first, file->second));
  for (const Json& service : at_path(config, {"services"}))
    for (const Json& route : at_path(service, {"routes"}))
      for (const Json& path : at_path(route, {"paths"}))
        if (path.is_string()) paths.push_back(path.get<std::string>());
  return paths;
}

// "GET /health HTTP/1.1" and the lines that follow.
struct Head {
  std::string path;
  std::size_t body = 0;  // its length
  bool last = false;
};

Head head_of(const std::string& text) {
  Head head;
  const std::vector<std::string> lines = split(text, '\n');
  if (const std::vector<std::string> words = split(lines.front(), ' '); words.size() > 1) head.path = words[1];
  for (const std::string& line : lines) {
    const std::string lower = to_lower(line);
    if (lower.starts_with("connection:")) head.last = contains(lower, "close");
    if (!lower.starts_with("content-length:")) continue;
    const std::string_view number = trim(std::string_view(lower).substr(lower.find(':') + 1));
    std::from_chars(number.data(), number.data() + number.size(), head.body);
  }
  return head;
}

class HttpSession final : public PortSession {
 public:
  HttpSession(Timers& timers, const Store& store, const Json& pod, int port, PortListener listener)
      : listener_(std::move(listener)), later_(timers) {
    for (const Json& container : at_path(pod, {"spec", "containers"}))
      for (const Json& each : at_path(container, {"ports"}))
        if (int_at(each, {"containerPort"}) == port) {
          service_ = string_at(container, {"name"});
          routes_ = routes_of(store, pod, container, each);
        }
    for (const Json& status : at_path(pod, {"status", "containerStatuses"}))
      if (string_at(status, {"name"}) == service_) ready_ = bool_at(status, {"ready"});
    if (service_.empty())
      later_.run([this, port, pod = pod_label(pod)] {
        listener_.failed(
            fmt::format("failed to connect to localhost:{0} inside pod {1}: dial tcp4 127.0.0.1:{0}: connect: "
                        "connection refused",
                        port, pod));
      });
  }

  void write(std::string_view bytes) override {
    if (service_.empty()) return;
    while (!bytes.empty()) bytes.remove_prefix(body_left_ > 0 ? take_body(bytes) : take_head(bytes));
  }

 private:
  std::size_t take_body(std::string_view bytes) {
    const std::string_view part = bytes.substr(0, body_left_);
    body_left_ -= part.size();
    send(std::string(part));
    if (body_left_ == 0 && last_) close();
    return part.size();
  }

  std::size_t take_head(std::string_view bytes) {
    const std::size_t before = head_.size();
    head_ += bytes.substr(0, largest_head);
    const std::size_t end = head_.find("\r\n\r\n");
    if (end == std::string::npos) {
      if (head_.size() > largest_head) close();
      return head_.size() - before;
    }
    const Head head = head_of(head_.substr(0, end));
    head_.clear();
    answer(head);
    return end + 4 - before;
  }

  void answer(const Head& head) {
    last_ = head.last;
    body_left_ = head.body;
    std::string status = "503 Service Unavailable", body = http_body(service_);  // until its readiness probe is content
    if (ready_) status = "200 OK";
    if (ready_ && !has_route(head.path)) {
      status = "404 Not Found";
      body = no_route;
    }
    if (body_left_ > 0) body.clear();
    send(fmt::format("HTTP/1.1 {}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n{}\r\n{}", status,
                     body_left_ > 0 ? body_left_ : body.size(), last_ ? "Connection: close\r\n" : "", body));
    if (body_left_ == 0 && last_) close();
  }

  bool has_route(const std::string& path) const {
    return !routes_ || std::ranges::any_of(*routes_, [&](const std::string& route) { return path.starts_with(route); });
  }

  void send(std::string text) {
    later_.run([this, text = std::move(text)] { listener_.data(text); });
  }
  void close() {
    later_.run([this] { listener_.closed(); });
  }

  PortListener listener_;
  std::string service_, head_;
  std::optional<std::vector<std::string>> routes_;
  bool ready_ = false, last_ = false;
  std::size_t body_left_ = 0;  // of the request that is being answered
  Later later_;
};

}  // namespace

std::unique_ptr<PortSession> open_port(Timers& timers, const Store& store, const Json& pod, int port,
                                       PortListener listener) {
  return std::make_unique<HttpSession>(timers, store, pod, port, std::move(listener));
}

}  // namespace kforge::sandbox
