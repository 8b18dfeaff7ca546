// SPDX-License-Identifier: Apache-2.0
#include "sandbox/server/pod_streams.hpp"

#include "base/text.hpp"
#include "sandbox/server/channels.hpp"
#include "sandbox/server/pod_target.hpp"

#include <fmt/format.h>

#include <charconv>
#include <map>

namespace kforge::sandbox {
namespace {

enum : unsigned { channel_in = 0, channel_out = 1, channel_err = 2, channel_status = 3, channel_resize = 4 };

// --- logs ---

void follow_log(PodRuntime& runtime, const ContainerId& id, const LogQuery& query,
                const std::shared_ptr<Responder>& responder) {
  responder->begin({200, {}, "text/plain", {}});
  const auto ended = std::make_shared<bool>(false);
  const std::uint64_t follower = runtime.follow_logs(
      id, query, [responder](std::string_view text) { responder->write(std::string(text)); },
      [responder, ended] {
        if (!std::exchange(*ended, true)) responder->end();
      });
  responder->on_closed([&runtime, follower, ended] {
    *ended = true;
    runtime.unfollow_logs(follower);
  });
}

void answer_log(Api& api, PodRuntime& runtime, const HttpRequest& request, const Target& target,
                const std::shared_ptr<Responder>& responder) {
  const ObjectPtr pod = pod_of(api, target);
  const LogQuery query = log_query_of(request);
  const ContainerId id = log_container(*pod, container_of(request, *pod), query.previous);
  const auto text = runtime.logs(id, query);
  if (!text && !query.follow) throw bad_request(fmt::format("unable to retrieve container logs for {}", id.container));
  if (!query.follow) return responder->send({200, {}, "text/plain", *text});
  follow_log(runtime, id, query, responder);
}

// --- exec ---

std::string exit_status(int code) {
  if (code == 0) return to_text({{"metadata", Json::object()}, {"status", "Success"}});
  return to_text({{"metadata", Json::object()},
                  {"status", "Failure"},
                  {"message", fmt::format("command terminated with non-zero exit code: exit status {}", code)},
                  {"reason", "NonZeroExitCode"},
                  {"details", {{"causes", {{{"reason", "ExitCode"}, {"message", std::to_string(code)}}}}}}});
}

// One command with its channels; lives until the command or the client ends.
struct Execution : std::enable_shared_from_this<Execution> {
  std::shared_ptr<Channels> channels;
  std::unique_ptr<ExecSession> session;
  bool has_out = true, has_err = true;

  // The session keeps its listener, so that must not keep the session.
  ExecListener listener() {
    const auto with = [weak = weak_from_this()](auto action) {
      if (const auto self = weak.lock()) action(*self);
    };
    return {
        [with](std::string_view text) { with([&](Execution& self) { self.send(channel_out, self.has_out, text); }); },
        [with](std::string_view text) { with([&](Execution& self) { self.send(channel_err, self.has_err, text); }); },
        [with](int code) { with([&](Execution& self) { self.finish(exit_status(code)); }); },
        [with](const std::string& message) {
          with([&](Execution& self) { self.finish(to_text(status_object(500, "InternalError", message))); });
        }};
  }

  void send(unsigned channel, bool wanted, std::string_view text) {
    if (wanted) channels->send(channel, text);
  }

  void finish(const std::string& status) {
    channels->send(channel_status, status);
    channels->on_closed = nullptr;
    channels->close();
  }

  void connect() {
    channels->on_data = [self = shared_from_this()](unsigned channel, std::string_view data) {
      if (channel == channel_in && self->session) self->session->write(data);
      if (channel == channel_resize && self->session) self->resize(data);
    };
    channels->on_end = [self = shared_from_this()](unsigned channel) {
      if (channel == channel_in && self->session) self->session->close_input();
    };
    channels->on_closed = [self = shared_from_this()] { self->session.reset(); };
  }

  void resize(std::string_view data) {
    const Json size = Json::parse(data, nullptr, false);
    if (size.is_object())
      session->resize(static_cast<int>(int_at(size, {"Width"})), static_cast<int>(int_at(size, {"Height"})));
  }
};

void answer_exec(Api& api, PodRuntime& runtime, const HttpRequest& request, const Target& target,
                 const std::shared_ptr<Responder>& responder) {
  const ObjectPtr pod = pod_of(api, target);
  const std::string container = container_of(request, *pod);
  const ExecRequest command{request.parameters("command"), request.flag("tty")};
  if (command.command.empty()) throw bad_request("you must specify at least 1 command for the container");
  check_running(*pod, container);
  if (!Channels::is_asked_for(request))
    throw bad_request("unable to upgrade: a sandbox speaks v5.channel.k8s.io and v4.channel.k8s.io over WebSocket");
  const auto execution = std::make_shared<Execution>();
  execution->channels = Channels::accept(request, *responder);
  execution->has_out = request.flag("stdout");
  execution->has_err = request.flag("stderr") && !command.tty;
  execution->connect();
  execution->session = runtime.exec(*pod, container, command, execution->listener());
  if (!request.flag("stdin") && execution->session) execution->session->close_input();
}

// --- port-forward (v4.channel.k8s.io: for each port a channel of data and one of errors, both begun with the port) ---

struct Forward {
  std::shared_ptr<Channels> channels;
  std::map<unsigned, std::unique_ptr<PortSession>> sessions;
};

std::vector<int> ports_of(const HttpRequest& request) {
  std::vector<int> ports;
  for (const std::string& each : request.parameters("ports"))
    for (const std::string& text : split(each, ',')) {
      int port = 0;
      std::from_chars(text.data(), text.data() + text.size(), port);
      if (port < 1 || port > 65535) throw bad_request(fmt::format("invalid port \"{}\"", text));
      ports.push_back(port);
    }
  if (ports.empty()) throw bad_request("you must specify at least 1 port");
  return ports;
}

PortListener port_listener(const std::shared_ptr<Channels>& channels, unsigned channel) {
  return {[channels, channel](std::string_view bytes) { channels->send(channel, bytes); },
          [channels] { channels->close(); },
          [channels, channel](const std::string& message) { channels->send(channel + 1, message); }};
}

void answer_port_forward(Api& api, PodRuntime& runtime, const HttpRequest& request, const Target& target,
                         const std::shared_ptr<Responder>& responder) {
  const ObjectPtr pod = pod_of(api, target);
  if (const std::string phase = string_at(*pod, {"status", "phase"}); phase != "Running")
    throw bad_request(fmt::format("unable to forward port because pod is not running. Current status={}", phase));
  if (!Channels::is_asked_for(request))
    throw bad_request("unable to upgrade: a sandbox forwards ports over WebSocket with v4.channel.k8s.io");
  const std::vector<int> ports = ports_of(request);
  const auto forward = std::make_shared<Forward>();
  forward->channels = Channels::accept(request, *responder);
  for (std::size_t i = 0; i < ports.size(); ++i) {
    const auto data = static_cast<unsigned>(2 * i);
    const auto port = static_cast<unsigned>(ports[i]);
    const std::string head{static_cast<char>(port & 0xFFU), static_cast<char>(port >> 8U)};
    forward->channels->send(data, head);
    forward->channels->send(data + 1, head);
    forward->sessions[data] = runtime.connect(*pod, ports[i], port_listener(forward->channels, data));
  }
  forward->channels->on_data = [forward](unsigned channel, std::string_view bytes) {
    if (const auto found = forward->sessions.find(channel); found != forward->sessions.end() && found->second)
      found->second->write(bytes);
  };
  forward->channels->on_closed = [forward] { forward->sessions.clear(); };
}

}  // namespace

PodStreams::PodStreams(Api& api, PodRuntime& runtime) : api_(api), runtime_(runtime) {}
PodStreams::~PodStreams() = default;

bool PodStreams::handle(const HttpRequest& request, const Target& target, const std::shared_ptr<Responder>& responder) {
  if (!target.group.empty() || target.resource != "pods" || target.name.empty()) return false;
  if (target.subresource == "log") {
    answer_log(api_, runtime_, request, target, responder);
  } else if (target.subresource == "exec") {
    answer_exec(api_, runtime_, request, target, responder);
  } else if (target.subresource == "portforward") {
    answer_port_forward(api_, runtime_, request, target, responder);
  } else if (target.subresource == "attach") {
    throw bad_request("the containers of a sandbox have no terminal to attach to; use exec or logs");
  } else {
    return false;
  }
  return true;
}

}  // namespace kforge::sandbox
