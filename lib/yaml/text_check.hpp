// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "yaml/node.hpp"

#include <memory>

namespace kforge::yaml {

// Drops a byte order mark, finds the lines, and refuses (InvalidInput) what the parser must not see: too many bytes,
// text that is not UTF-8, control characters, and more flow indicators than nodes are allowed.
std::shared_ptr<const Source> checked_source(std::string file, std::string text, const Limits& limits);

// Throws InvalidInput with one error.
[[noreturn]] void refuse(SourcePlace place, std::string message, std::string hint = {});
// A place that no node stands at; line and column from 1.
SourcePlace place_in(const std::shared_ptr<const Source>& source, int line, int column);

}  // namespace kforge::yaml
