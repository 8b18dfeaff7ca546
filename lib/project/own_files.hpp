// SPDX-License-Identifier: Apache-2.0
// Files that the project file names: bounded, and never outside of its folder.
#pragma once

#include "base/diagnostics.hpp"
#include "project/model.hpp"

#include <optional>
#include <string>

namespace kforge::project {

// Hostile input: more is refused.
inline constexpr std::size_t max_own_file_bytes = std::size_t{4} << 20;
inline constexpr std::size_t max_own_bytes = std::size_t{16} << 20;
inline constexpr std::size_t max_config_bytes = 900'000;  // of what goes into one ConfigMap; etcd takes 1 MiB

// Reads files below the folder of the project file.
class OwnFiles {
 public:
  OwnFiles(std::string directory, Diagnostics& problems) : directory_(std::move(directory)), problems_(problems) {}

  // The content; empty after a problem, which stands at `place`.
  std::optional<std::string> read(const std::string& path, const SourcePlace& place,
                                  std::size_t limit = max_own_file_bytes);
  // Whether a path stays below the folder with all its links followed; adds a problem otherwise. A missing file does.
  bool stays_inside(const std::string& path, const SourcePlace& place);

 private:
  std::string directory_;
  Diagnostics& problems_;
  std::size_t bytes_left_ = max_own_bytes;
};

// Fills in realms, public keys and own manifests, and checks the paths of secrets.
void read_own_files(Project& project, Diagnostics& problems);

}  // namespace kforge::project
