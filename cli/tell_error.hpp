// SPDX-License-Identifier: Apache-2.0
// How an error reaches people: text on stderr, and annotations in GitHub Actions.
#pragma once

#include "base/error.hpp"
#include "cli/deps.hpp"
#include "ui/style.hpp"

#include <exception>

namespace kforge::cli {

void tell_error(const Deps& deps, const ui::Style& style, const Error& error);

// What remains when something else than an Error was thrown.
Error internal_error(const std::exception& error);

}  // namespace kforge::cli
