// SPDX-License-Identifier: Apache-2.0
// Local ports that lead into pods. Every connection goes to the pod that serves then, so a pod that goes takes only its
// own connections with it.
#pragma once

#include "stream/pod_port.hpp"
#include "stream/wake.hpp"

#include "os/signals.hpp"

#include <functional>
#include <string>
#include <vector>

namespace kforge::stream {

enum class Choice { known, fresh };  // known: the one of before will do; fresh: it was not reached, look again

class Forwarder {
 public:
  struct Outside {
    kube::Client& client;
    const SignalSource& signals;
    // The pod and its port for a new connection. Throws Error when there is none.
    std::function<PodPort(int remote, Choice choice)> pick;
    // Something went wrong with one connection; the others go on.
    std::function<void(const Error& error)> tell;
  };
  explicit Forwarder(Outside outside);

  // Takes connections on a local address; "localhost" is 127.0.0.1 and, where it exists, ::1. Port 0 is any free one.
  // Returns the port. Throws Error{usage} when it is taken.
  int listen(const std::string& address, int local, int remote);
  // Serves until a signal throws Error{interrupted|terminated}.
  void run();

 private:
  int listen_on(const asio::ip::tcp::endpoint& endpoint, int remote);
  Task<void> accept_all(asio::ip::tcp::acceptor& acceptor, int remote);
  Task<void> serve(asio::ip::tcp::socket socket, int remote);
  Task<std::unique_ptr<PodConnection>> reach(int remote);
  Task<void> obey_signals();

  Outside outside_;
  asio::io_context io_{1};
  Wake signal_;
  std::vector<std::unique_ptr<asio::ip::tcp::acceptor>> acceptors_;
  std::exception_ptr end_;
};

}  // namespace kforge::stream
