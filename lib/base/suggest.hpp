// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kforge {

// The candidate nearest to what was typed (Damerau-Levenshtein, at most a third of its length away), for did-you-mean.
std::optional<std::string> nearest(std::string_view typed, const std::vector<std::string>& candidates);
// "did you mean 'replicas'?" or an empty text.
std::string did_you_mean(std::string_view typed, const std::vector<std::string>& candidates);
// Candidates that `typed` names: exactly, or by unique or ambiguous prefix.
std::vector<std::string> matching_prefix(std::string_view typed, const std::vector<std::string>& candidates);

}  // namespace kforge
