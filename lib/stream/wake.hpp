// SPDX-License-Identifier: Apache-2.0
// Waiting until a descriptor of somebody else can be read, without making it non-blocking: that flag belongs to the
// open file, which a shell or another process may share.
#pragma once

#include "stream/asio.hpp"

#include <boost/asio/posix/stream_descriptor.hpp>

namespace kforge::stream {

class Wake {
 public:
  // The descriptor stays the caller's; a negative one never wakes.
  Wake(asio::io_context& io, int descriptor);
  // True when a read would not wait (files never do); false after stop().
  Task<bool> wait();
  // Takes what a pipe of signals holds.
  void drain();
  void stop();

 private:
  asio::posix::stream_descriptor copy_;
  asio::steady_timer never_;
  bool stopped_ = false;
};

}  // namespace kforge::stream
