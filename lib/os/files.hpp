// SPDX-License-Identifier: Apache-2.0
// Bounded reads and atomic writes. Paths are taken as given; nothing expands ~ or variables.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

namespace kforge {

inline constexpr std::size_t max_config_file_bytes = std::size_t{8} << 20;

// The whole content; empty optional when the file does not exist.
// Throws Error{project_invalid} naming the path when it cannot be read, is a directory, or is larger than `limit`.
std::optional<std::string> read_file(const std::string& path, std::size_t limit = max_config_file_bytes);
// Writes to a temporary file beside it, then renames (O_NOFOLLOW, fsync). `mode` such as 0644 or 0600.
void write_file_atomically(const std::string& path, const std::string& content, unsigned mode = 0644);
bool file_exists(const std::string& path);
void make_directories(const std::string& path, unsigned mode = 0755);

std::string absolute_path(const std::string& path, const std::string& base_directory);
std::string directory_of(const std::string& path);

}  // namespace kforge
