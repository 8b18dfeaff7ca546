// SPDX-License-Identifier: Apache-2.0
#include "http/curl_transport.hpp"

#include "base/error.hpp"
#include "http/easy_options.hpp"
#include "http/failure.hpp"
#include "http/multi_loop.hpp"

#include <curl/curl.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <map>
#include <utility>
#include <vector>

namespace kforge::http {
namespace {

// OpenSSL and libcurl take milliseconds to wake up; commands that never talk to a cluster do not pay for them.
void initialise_library() {
  static const CURLcode code = [] {
    ::unsetenv("SSLKEYLOGFILE");  // libcurl would write the keys of every session there
    return curl_global_init(CURL_GLOBAL_DEFAULT);
  }();
  if (code != CURLE_OK) throw Error(ErrorKind::internal, "libcurl does not start");
}

// Takes the wake-up bytes; more than one read's worth only wakes the next poll().
void drain(int fd) {
  std::array<char, 64> bytes{};
  [[maybe_unused]] const ssize_t ignored = ::read(fd, bytes.data(), bytes.size());
}

int poll_milliseconds(Clock::time_point now, Clock::time_point until) {
  if (until <= now) return 0;
  const auto capped = std::min<Clock::time_point::duration>(until - now, std::chrono::hours{1});
  return static_cast<int>(std::chrono::ceil<std::chrono::milliseconds>(capped).count());
}

}  // namespace

struct CurlTransport::State {
  State(const Clock& real_clock, const SignalSource& source) : clock(real_clock), signals(source) {}

  void throw_signal();
  MultiLoop& loop_of(const Transfer& transfer);
  EasyHandle new_handle();
  void begin(Transfer& transfer);
  void collect();
  bool deliver(TransferId id);
  bool deliver_all();
  bool poll_once(Clock::time_point until);
  void retire(Transfer& transfer) noexcept;

  const Clock& clock;
  const SignalSource& signals;
  bool signals_ignored = false, signal_thrown = false;
  OutputWatch output;
  TransferId last_id = 0;
  std::map<const Connection*, PeerCertificate> certificates;  // outlives the connections that note them
  std::optional<MultiLoop> requests, streams;  // a stream that nobody reads must not hold up the requests
  std::deque<TransferId> touched;
  std::vector<EasyHandle> idle;  // handles for reuse
  std::vector<pollfd> entries;   // of poll(), kept for its memory
  std::map<TransferId, std::unique_ptr<Transfer>> transfers;
};

void CurlTransport::State::throw_signal() {
  if (signals_ignored || signal_thrown || signals.pending() == 0) return;
  signal_thrown = true;
  throw_if_signalled(signals);
}

MultiLoop& CurlTransport::State::loop_of(const Transfer& transfer) {
  initialise_library();
  if (transfer.request.stream) return streams ? *streams : streams.emplace(clock, 0);
  return requests ? *requests : requests.emplace(clock, 8);
}

EasyHandle CurlTransport::State::new_handle() {
  if (idle.empty()) return EasyHandle(curl_easy_init());
  EasyHandle handle = std::move(idle.back());
  idle.pop_back();
  return handle;
}

void CurlTransport::State::begin(Transfer& transfer) {
  try {
    MultiLoop& loop = loop_of(transfer);
    transfer.easy = new_handle();
    if (!transfer.easy) throw std::bad_alloc();
    transfer.certificate = &certificates[transfer.request.connection];
    configure(transfer);
    loop.add(transfer.easy.get());
  } catch (const Error& error) {
    transfer.easy.reset();
    transfer.finished = Completion{Failure::other, error.what(), {}};
    transfer.touch();
  }
}

// Takes the handle out of libcurl, for reuse.
void CurlTransport::State::retire(Transfer& transfer) noexcept {
  if (!transfer.easy) return;
  std::optional<MultiLoop>& loop = transfer.request.stream ? streams : requests;
  if (loop) loop->remove(transfer.easy.get());
  curl_easy_reset(transfer.easy.get());
  if (idle.size() < 32) idle.push_back(std::move(transfer.easy));
  transfer.easy.reset();
}

void CurlTransport::State::collect() {
  for (std::optional<MultiLoop>* loop : {&requests, &streams})
    while (const auto done = *loop ? (*loop)->next_done() : std::nullopt) {
      done->transfer->finished = completion_of(*done->transfer, done->code);
      retire(*done->transfer);
      done->transfer->touch();
    }
}

// Hands over what a transfer has; returns whether its handler ran. The handler may cancel any transfer, this one too.
bool CurlTransport::State::deliver(TransferId id) {
  auto found = transfers.find(id);
  if (found == transfers.end()) return false;
  found->second->is_touched = false;
  bool ran = false;
  if (!found->second->paused && !found->second->received.empty()) {
    std::string bytes = std::exchange(found->second->received, {});
    ran = true;
    const bool go_on = found->second->handler->on_data(bytes);
    found = transfers.find(id);
    if (found == transfers.end()) return true;
    Transfer& transfer = *found->second;
    bytes.clear();
    transfer.received = std::move(bytes);  // keeps its memory for the next piece
    transfer.paused = !go_on;
    if (!go_on && transfer.easy) curl_easy_pause(transfer.easy.get(), CURLPAUSE_RECV);
    if (go_on && std::exchange(transfer.held, false) && transfer.easy)
      curl_easy_pause(transfer.easy.get(), CURLPAUSE_CONT);
  }
  if (found->second->paused || !found->second->finished) return ran;
  const std::unique_ptr<Transfer> over = std::move(found->second);
  transfers.erase(found);
  over->handler->on_done(std::move(*over->finished));
  return true;
}

// Only what is there now: a handler that starts a request that fails at once must not keep us here.
bool CurlTransport::State::deliver_all() {
  bool ran = false;
  for (std::size_t left = touched.size(); left > 0 && !touched.empty(); --left) {
    const TransferId id = touched.front();
    touched.pop_front();
    ran = deliver(id) || ran;
  }
  return ran;
}

// Waits for sockets, timers, signals and the watched output. Returns whether one of the last two came.
bool CurlTransport::State::poll_once(Clock::time_point until) {
  entries.clear();
  entries.push_back({signals_ignored ? -1 : signals.poll_fd(), POLLIN, 0});
  // Without events poll() still tells that the reader of a pipe has gone.
  entries.push_back({output.fd, static_cast<short>(output.wants_room ? POLLOUT : 0), 0});
  for (std::optional<MultiLoop>* loop : {&requests, &streams}) {
    if (!*loop) continue;
    (*loop)->append_sockets(entries);
    if (const auto deadline = (*loop)->deadline()) until = std::min(until, *deadline);
  }
  ::poll(entries.data(), entries.size(), poll_milliseconds(clock.now(), until));
  const bool signalled = entries[0].revents != 0, writable = entries[1].revents != 0;
  if (signalled) drain(entries[0].fd);
  for (std::optional<MultiLoop>* loop : {&requests, &streams}) {
    if (!*loop) continue;
    for (std::size_t i = 2; i < entries.size(); ++i)
      if (entries[i].revents != 0) (*loop)->on_socket_ready(entries[i]);
    (*loop)->on_time(clock.now());
  }
  collect();
  return signalled || writable;
}

CurlTransport::CurlTransport(const Clock& clock, const SignalSource& signals)
    : state_(std::make_unique<State>(clock, signals)) {}

CurlTransport::~CurlTransport() {
  for (auto& [id, transfer] : state_->transfers) state_->retire(*transfer);
}

TransferId CurlTransport::start(Request request, Handler& handler) {
  auto transfer = std::make_unique<Transfer>();
  transfer->id = ++state_->last_id;
  transfer->request = std::move(request);
  transfer->handler = &handler;
  transfer->touched = &state_->touched;
  Transfer& started = *transfer;
  state_->transfers.emplace(started.id, std::move(transfer));
  state_->begin(started);
  return started.id;
}

void CurlTransport::cancel(TransferId id) noexcept {
  const auto found = state_->transfers.find(id);
  if (found == state_->transfers.end()) return;
  state_->retire(*found->second);
  state_->transfers.erase(found);
}

void CurlTransport::resume(TransferId id) {
  const auto found = state_->transfers.find(id);
  if (found == state_->transfers.end() || !found->second->paused) return;
  found->second->paused = found->second->held = false;
  if (found->second->easy) curl_easy_pause(found->second->easy.get(), CURLPAUSE_CONT);
  found->second->touch();
}

void CurlTransport::wait(Clock::time_point until) {
  for (bool polled = false;; polled = true) {
    state_->throw_signal();
    if (state_->deliver_all()) return;
    if (polled && state_->clock.now() >= until) return;
    const bool woken = state_->poll_once(until);
    state_->throw_signal();
    if (woken) return;
  }
}

void CurlTransport::watch_output(OutputWatch watch) {
  state_->output = watch;
}

void CurlTransport::ignore_signals() {
  state_->signals_ignored = true;
}

}  // namespace kforge::http
