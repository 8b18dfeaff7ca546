// SPDX-License-Identifier: Apache-2.0
#include "sandbox/process/sandbox.hpp"

#include "base/error.hpp"
#include "os/files.hpp"
#include "sandbox/controllers/controllers.hpp"
#include "sandbox/pods/simulated_runtime.hpp"
#include "sandbox/process/bootstrap.hpp"
#include "sandbox/process/control_socket.hpp"
#include "sandbox/process/fault_file.hpp"
#include "sandbox/process/loop_timers.hpp"
#include "sandbox/server/fault_gate.hpp"

#include <boost/asio/signal_set.hpp>
#include <fmt/format.h>
#include <unistd.h>

#include <charconv>
#include <csignal>
#include <filesystem>

namespace kforge::sandbox {
namespace {

namespace asio = boost::asio;

constexpr auto server_certificate_life = std::chrono::hours(24 * 365), clock_slack = std::chrono::hours(24);
constexpr const char* port_setting = "port";
constexpr std::size_t watch_history = 2000;  // changes; an etcd keeps five minutes

// The newest time in the store: with --speed a former process may have been ahead of the real clock.
WallTime newest_time(const Store& store, const Registry& registry) {
  std::string newest;
  for (const Resource* resource : registry.all())
    for (const ObjectPtr& object : store.list(resource->id(), ""))
      newest = std::max(
          {newest, string_at(*object, {"metadata", "creationTimestamp"}), string_at(*object, {"lastTimestamp"})});
  return parse_rfc3339(newest).value_or(WallTime{});
}

// The parts in the order in which they need each other.
class Sandbox {
 public:
  explicit Sandbox(const ServeOptions& options)
      : options_(options),
        identity_(options.home, SystemClock().wall_time()),
        store_(options.home.database(), watch_history),
        timers_(loop_, options.speed),
        api_(store_, timers_, schema::Table::embedded()),
        runtime_(store_, timers_, pod_faults_),
        server_(api_, timers_, runtime_, schema::Table::embedded()),
        gate_(server_, store_, timers_) {
    timers_.set_not_before(newest_time(store_, api_.registry()));
    store_.set_setting(root_certificate_setting, identity_.authority_certificate());
    bootstrap(api_, timers_, std::string(schema::Table::embedded().kubernetes_version()));
    controllers_ = std::make_unique<Controllers>(api_, timers_, runtime_);
    http_ = open_http();
    store_.set_setting(port_setting, std::to_string(http_->port()));
    identity_.write_kubeconfig(options_.home, http_->port());
    control_ = std::make_unique<ControlSocket>(loop_, options_.home,
                                               [this](const Json& question) { return answer(question); });
  }

  Serving description() const {
    return {::getpid(), http_->port(), options_.speed, format_rfc3339(timers_.wall_time()), options_.kforge_version};
  }

  void run() {
    asio::signal_set ending(loop_, SIGTERM, SIGINT);
    ending.async_wait([this](boost::system::error_code, int) { loop_.stop(); });
    loop_.run();
  }

 private:
  // The port of last time when it is still free, so that a kubeconfig somebody copied goes on working.
  std::unique_ptr<HttpServer> open_http() {
    const std::string known = store_.setting(port_setting).value_or("0");
    std::uint16_t port = 0;
    std::from_chars(known.data(), known.data() + known.size(), port);
    try {
      return listen(port);
    } catch (const Error&) {
      if (port == 0) throw;
      return listen(0);
    }
  }

  std::unique_ptr<HttpServer> listen(std::uint16_t port) {
    return std::make_unique<HttpServer>(loop_, certificates(), port, timers_,
                                        [this](HttpRequest request, const std::shared_ptr<Responder>& responder) {
                                          gate_.handle(std::move(request), responder);
                                        });
  }

  ServerCertificates certificates(bool expired = false) const {
    const WallTime now = SystemClock().wall_time();
    return identity_.server_certificates(now - 2 * clock_slack,
                                         expired ? now - clock_slack : now + server_certificate_life);
  }

  Json answer(const Json& question) {
    if (!question.is_object() || !question.contains("faults")) return {{"faults", faults_}};
    try {
      set_faults(question["faults"]);
    } catch (const Error& error) {
      return {{"error", error.what()}};
    }
    return {{"faults", faults_}};
  }

  void set_faults(const Json& document) {
    check_faults(document);
    std::vector<ApiFaultRule> rules = parse_api_faults(at_path(document, {"api"}));
    pod_faults_.load(at_path(document, {"pods"}));
    Milliseconds skew{0};
    bool expired = false;
    for (const ApiFaultRule& rule : rules) {
      if (rule.fault.kind == ApiFault::Kind::clock_skew) skew = rule.fault.by;
      expired = expired || rule.fault.kind == ApiFault::Kind::expired_certificate;
    }
    timers_.set_skew(skew);
    http_->use_certificates(certificates(expired));
    gate_.set(std::move(rules));
    faults_ = document;
  }

  const ServeOptions& options_;
  asio::io_context loop_;
  Identity identity_;
  Store store_;
  LoopTimers timers_;
  Api api_;
  FaultBook pod_faults_;
  SimulatedRuntime runtime_;
  ApiServer server_;
  FaultGate gate_;
  std::unique_ptr<Controllers> controllers_;
  std::unique_ptr<HttpServer> http_;
  std::unique_ptr<ControlSocket> control_;
  Json faults_ = Json::object();
};

}  // namespace

void serve(const ServeOptions& options, const std::function<void(const Serving&)>& on_ready) {
  const Home& home = options.home;
  make_directories(home.folder, 0700);
  const auto lock = FileLock::try_take(serving_lock(home));
  if (!lock) throw Error(ErrorKind::conflict, fmt::format("sandbox '{}' is running already", home.name));
  std::filesystem::remove(home.path("process.json"));  // of a process that was killed
  Sandbox sandbox(options);
  const Serving serving = sandbox.description();
  write_serving(home, serving);
  options.log(fmt::format("serving on 127.0.0.1:{}", serving.port));
  on_ready(serving);
  sandbox.run();
  std::filesystem::remove(home.path("process.json"));
  options.log("stopped");
}

}  // namespace kforge::sandbox
