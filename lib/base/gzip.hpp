// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace kforge {

// One gzip member (RFC 1952) without name or time: equal bytes in, equal bytes out.
std::string gzip(std::string_view bytes);
// What it holds; nothing when it is damaged, or when it would take more than `limit` bytes.
std::optional<std::string> gunzip(std::string_view compressed, std::size_t limit);

}  // namespace kforge
