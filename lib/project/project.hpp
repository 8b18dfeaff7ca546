// SPDX-License-Identifier: Apache-2.0
// Reading kforge.yaml: find it, parse it, lay the environment over it, validate, lint.
#pragma once

#include "base/diagnostics.hpp"
#include "os/environment.hpp"
#include "project/model.hpp"

#include <optional>
#include <string>
#include <vector>

namespace kforge::project {

struct LoadOptions {
  std::string file;         // --file; empty: kforge.yaml found upwards from the working directory
  std::string environment;  // --environment; empty: `environment:` of the file
};

struct Loaded {
  Project project;
  Diagnostics warnings;
};

// The path of kforge.yaml (or kforge.yml) in `directory` or the nearest parent; empty when there is none.
std::optional<std::string> find_project_file(const std::string& directory);

// Throws InvalidInput with every error of the file, or Error{project_invalid} when there is no file.
Loaded load(const LoadOptions& options, const Environment& environment);

// The same for a text: `file` as shown to people, `directory` the folder that paths in it count from.
struct TextOrigin {
  std::string file = "kforge.yaml";
  std::string directory;
};
Loaded load_text(std::string text, const TextOrigin& origin, const std::string& environment_name,
                 const Environment& environment);

// JSON Schema 2020-12 of the project file, generated from the field table.
Json json_schema();
// What `kforge explain services.replicas` prints: type, default, doc, children. Throws Error{not_found} with
// did-you-mean.
std::string explain_key(const std::string& path);
// One row per key, for docs/kforge-yaml.md.
std::string reference_markdown();
// Every key path, for completion.
std::vector<std::string> key_paths();

}  // namespace kforge::project
