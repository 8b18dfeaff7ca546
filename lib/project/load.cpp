// SPDX-License-Identifier: Apache-2.0
#include "base/suggest.hpp"
#include "base/text.hpp"
#include "os/files.hpp"
#include "project/complete.hpp"
#include "project/keys.hpp"
#include "project/lint.hpp"
#include "project/overlay.hpp"
#include "project/own_files.hpp"
#include "project/own_objects.hpp"
#include "project/project.hpp"
#include "project/reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>

namespace kforge::project {
namespace {

namespace fs = std::filesystem;

constexpr std::array<const char*, 2> file_names{"kforge.yaml", "kforge.yml"};
constexpr yaml::Limits limits{
    .bytes = std::size_t{2} << 20, .nodes = 200'000, .depth = 32, .alias_expansions = 50'000, .documents = 1};

Project empty_project() {
  Project project;
  project.min_version = "1.30";
  project.defaults = product_defaults();
  return project;
}

// Every overlay on its own, so that mistakes show in the environments that are not used now, too.
void read_overlays(const yaml::Node& document, const Environment& environment, Diagnostics& problems) {
  const yaml::Node* environments = document.find("environments");
  if (environments == nullptr || !environments->is_mapping()) return;
  for (const yaml::Entry& entry : environments->entries) {
    if (!entry.value.is_mapping()) continue;  // reported with the whole
    Project part = empty_project();
    Reader(Pass::overlay, environment, problems, entry.key.scalar).section(top_section(), entry.value, &part);
  }
}

bool has_overlay(const yaml::Node& document, const std::string& name) {
  const std::vector<std::string> names = environments_of(document);
  return std::ranges::find(names, name) != names.end();
}

// The environment to use, or "".
std::string chosen_environment(const yaml::Node& document, const std::string& wanted, Diagnostics& problems) {
  const yaml::Node* own = document.find("environment");
  const std::string by_file = own != nullptr && own->type == yaml::Type::string ? own->scalar : std::string();
  const std::string chosen = wanted.empty() ? by_file : wanted;
  std::vector<std::string> known = environments_of(document);
  if (chosen.empty() || chosen == by_file || std::ranges::find(known, chosen) != known.end()) return chosen;
  if (!by_file.empty()) known.push_back(by_file);
  SourcePlace place;
  place.file = document.source ? document.source->file : std::string();
  std::string hint = did_you_mean(chosen, known);
  if (hint.empty() && !known.empty()) hint = fmt::format("there are {}", quoted_list(known));
  problems.error(std::move(place), fmt::format("there is no environment '{}'", chosen), hint);
  return chosen;
}

yaml::Node parse_document(const std::string& file, std::string text) {
  yaml::Node document = yaml::parse(file, std::move(text), limits);
  if (document.is_mapping()) return document;
  Diagnostics problems;
  problems.error(document.place(),
                 document.is_null() ? "the project file is empty" : "the project file must be a mapping",
                 "begin with `apiVersion: kforge.dev/v1` and `project: <name>`");
  throw InvalidInput(std::move(problems));
}

struct FoundFile {
  std::string path;   // to read
  std::string shown;  // to people
};

// A file above the working directory is shown as the user would type it.
FoundFile find_file(const LoadOptions& options, const Environment& environment) {
  if (!options.file.empty()) return {absolute_path(options.file, environment.working_directory), options.file};
  const auto found = find_project_file(environment.working_directory);
  if (!found)
    throw Error(ErrorKind::project_invalid,
                fmt::format("there is no kforge.yaml in '{}' or above it", environment.working_directory))
        .hint("`kforge init` writes one, --file names one elsewhere");
  return {*found, fs::path(*found).lexically_relative(environment.working_directory).string()};
}

}  // namespace

std::optional<std::string> find_project_file(const std::string& directory) {
  for (fs::path folder = fs::path(directory).lexically_normal();; folder = folder.parent_path()) {
    for (const char* name : file_names)
      if (const std::string path = (folder / name).string(); file_exists(path)) return path;
    if (folder == folder.parent_path()) return std::nullopt;
  }
}

Loaded load_text(std::string text, const TextOrigin& origin, const std::string& wanted_environment,
                 const Environment& environment) {
  yaml::Node document = parse_document(origin.file, std::move(text));
  Diagnostics problems;
  Project project = empty_project();
  project.file = origin.file;
  project.directory = origin.directory;
  const std::string chosen = chosen_environment(document, wanted_environment, problems);
  read_overlays(document, environment, problems);
  if (has_overlay(document, chosen)) {
    Project scratch = empty_project();
    Reader(Pass::base, environment, problems).section(top_section(), document, &scratch);
    document = with_environment(document, chosen);
  }
  Reader(Pass::merged, environment, problems).section(top_section(), document, &project);
  project.document = std::move(document);
  project.environment = chosen;
  complete(project, problems);
  read_own_files(project, problems);
  check_own_objects(project, problems);
  lint(project, problems);
  problems.sort();
  if (!problems.ok()) throw InvalidInput(std::move(problems));
  return {std::move(project), std::move(problems)};
}

Loaded load(const LoadOptions& options, const Environment& environment) {
  const FoundFile file = find_file(options, environment);
  auto text = read_file(file.path, limits.bytes);
  if (!text)
    throw Error(ErrorKind::project_invalid, fmt::format("'{}' does not exist", file.shown))
        .hint("`kforge init` writes a project file");
  return load_text(std::move(*text), {.file = file.shown, .directory = directory_of(file.path)}, options.environment,
                   environment);
}

}  // namespace kforge::project
