// SPDX-License-Identifier: Apache-2.0
#include "sandbox/server/fault_gate.hpp"

#include "sandbox/server/route.hpp"
#include "sandbox/server/url.hpp"

#include <fmt/format.h>

#include <array>

namespace kforge::sandbox {
namespace {

using Kind = ApiFault::Kind;

std::string_view to_string(Verb verb) {
  static constexpr std::array<std::string_view, 8> names{"get",    "list",  "watch",  "create",
                                                         "update", "patch", "delete", "deletecollection"};
  return names.at(static_cast<std::size_t>(verb));
}

// What a request is about; discovery and the like count as "get" of no resource.
RequestMatch description_of(const HttpRequest& request) {
  const auto segments = path_segments(request.path);
  const auto target = segments ? target_of(*segments) : std::nullopt;
  if (!target) return {"get", "", ""};
  try {
    const Route route = route_of(request, *target);
    return {std::string(to_string(route.verb)), resource_id(target->group, target->resource),
            target->name_space.empty() ? target->name : target->name_space + "/" + target->name};
  } catch (const Refusal&) {
    return {"", resource_id(target->group, target->resource), ""};
  }
}

// Passes a number of bytes of the body on and cuts the connection.
class CuttingResponder final : public Responder {
 public:
  CuttingResponder(std::shared_ptr<Responder> inner, std::size_t bytes) : inner_(std::move(inner)), left_(bytes) {}
  void send(HttpResponse response) override {
    const std::string body = std::move(response.body);
    if (left_ == 0) return reset();
    begin(std::move(response));
    write(body);
    if (left_ > 0) inner_->cut_when_sent();  // the answer was shorter
  }
  void begin(HttpResponse head) override { inner_->begin(std::move(head)); }
  void write(std::string chunk) override {
    if (left_ == 0) return;
    chunk.resize(std::min(chunk.size(), left_));
    left_ -= chunk.size();
    inner_->write(std::move(chunk));
    if (left_ == 0) inner_->cut_when_sent();
  }
  void end() override { inner_->end(); }
  void reset() override { inner_->reset(); }
  void cut_when_sent() override { inner_->cut_when_sent(); }
  std::shared_ptr<UpgradedStream> upgrade(HttpResponse head) override { return inner_->upgrade(std::move(head)); }
  std::size_t queued() const override { return inner_->queued(); }
  void on_closed(std::function<void()> action) override { inner_->on_closed(std::move(action)); }

 private:
  std::shared_ptr<Responder> inner_;
  std::size_t left_;
};

HttpResponse refusal(int code, std::string_view reason, std::string_view message, Json details = nullptr) {
  return {code, {}, "application/json", to_text(status_object(code, reason, message, std::move(details))) + "\n"};
}

HttpResponse too_many_requests(const ApiFault& fault) {
  HttpResponse response = refusal(429, "TooManyRequests", "Too many requests, please try again later.",
                                  {{"retryAfterSeconds", fault.retry_after}});
  response.headers.emplace_back("Retry-After", std::to_string(fault.retry_after));
  return response;
}

// The words that a server or something in front of it has for a code.
HttpResponse status_response(int code) {
  switch (code) {
    case 503:
      return refusal(503, "ServiceUnavailable", "the server is currently unable to handle the request");
    case 504:
      return refusal(504, "Timeout", "Timeout: request did not complete within the allotted timeout");
    case 500:
      return refusal(500, "InternalError", "Internal error occurred: the sandbox was told to fail");
    default:
      return refusal(code, "", fmt::format("the sandbox was told to answer {}", code));
  }
}

HttpResponse webhook_response(const ApiFault& fault) {
  const std::string message = fmt::format(
      "failed calling webhook \"{0}\": failed to call webhook: Post "
      "\"https://webhook.default.svc:443/validate?timeout=10s\": "
      "dial tcp 10.96.0.99:443: connect: connection refused",
      fault.webhook);
  return refusal(500, "InternalError", "Internal error occurred: " + message, {{"causes", {{{"message", message}}}}});
}

}  // namespace

FaultGate::FaultGate(ApiServer& server, Store& store, Timers& timers)
    : server_(server), store_(store), timers_(timers) {}

void FaultGate::set(std::vector<ApiFaultRule> rules) {
  rules_.clear();
  for (ApiFaultRule& rule : rules)
    if (!rule.fault.of_server()) rules_.push_back({std::move(rule), 0});
}

bool FaultGate::hits(Rule& rule, const RequestMatch& request) {
  const ApiFault& fault = rule.rule.fault;
  const bool only_watches = fault.kind == Kind::watch_cut || fault.kind == Kind::watch_expired;
  if (!rule.rule.match.covers(request) || (only_watches && request.verb != "watch")) return false;
  if (fault.kind == Kind::stale_reads && request.verb != "get" && request.verb != "list") return false;
  const long number = rule.seen++ - fault.skip;
  return number >= 0 && number < fault.times.value_or(number + 1);
}

// Latencies of all rules add up; of the others the first that hits is played.
void FaultGate::handle(HttpRequest request, const std::shared_ptr<Responder>& responder) {
  if (rules_.empty()) return server_.handle(std::move(request), responder);
  const RequestMatch description = description_of(request);
  Milliseconds delay{0};
  std::optional<ApiFault> chosen;
  for (Rule& rule : rules_) {
    const bool latency = rule.rule.fault.kind == Kind::latency;
    if ((chosen && !latency) || !hits(rule, description)) continue;
    if (latency)
      delay += rule.rule.fault.by;
    else
      chosen = rule.rule.fault;
  }
  const auto go_on = [this, responder, chosen, kept = std::move(request)]() mutable {
    chosen ? play(*chosen, std::move(kept), responder) : server_.handle(std::move(kept), responder);
  };
  if (delay.count() == 0) return std::function<void()>(go_on)();
  timers_.after(delay, go_on);
}

void FaultGate::play(const ApiFault& fault, HttpRequest request, const std::shared_ptr<Responder>& responder) {
  switch (fault.kind) {
    case Kind::too_many_requests:
      return responder->send(too_many_requests(fault));
    case Kind::status:
      return responder->send(status_response(fault.code));
    case Kind::leader_change:
      return responder->send(refusal(500, "", "etcdserver: leader changed"));
    case Kind::webhook_failure:
      return responder->send(webhook_response(fault));
    case Kind::reset:
      return server_.handle(std::move(request), std::make_shared<CuttingResponder>(responder, fault.at));
    case Kind::watch_expired: {
      const Json gone = expired("The resourceVersion for the provided watch is too old.").status;
      responder->begin({});
      responder->write(to_text({{"type", "ERROR"}, {"object", gone}}) + "\n");
      return responder->end();
    }
    case Kind::watch_cut:
      server_.handle(std::move(request), responder);
      timers_.after(fault.after, [responder] { responder->reset(); });
      return;
    case Kind::stale_reads: {
      const Store::View view(store_, store_.revision() - std::min<Revision>(fault.behind, store_.revision() - 1));
      return server_.handle(std::move(request), responder);
    }
    case Kind::latency:
    case Kind::clock_skew:
    case Kind::expired_certificate:
      return server_.handle(std::move(request), responder);
  }
}

}  // namespace kforge::sandbox
