// SPDX-License-Identifier: Apache-2.0
// Boost.Asio as this layer uses it: coroutines on one thread. GCC 12 miscompiles `co_await` in the condition of a loop:
// the result goes into a variable first.
#pragma once

// clang-format off
#include <utility>  // Boost 1.74 uses std::exchange without it
// clang-format on
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace kforge::stream {

namespace asio = boost::asio;
using boost::system::error_code;
template <class T>
using Task = asio::awaitable<T>;

// As a completion token: the error lands in `ec` instead of being thrown.
inline auto into(error_code& ec) {
  return asio::redirect_error(asio::use_awaitable, ec);
}

}  // namespace kforge::stream
