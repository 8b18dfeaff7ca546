// SPDX-License-Identifier: Apache-2.0
#include "base/text.hpp"
#include "cli/commands/commands.hpp"
#include "cli/local_values.hpp"
#include "cli/session.hpp"
#include "os/files.hpp"
#include "ui/line.hpp"

#include <fmt/format.h>

#include <deque>
#include <filesystem>
#include <memory>
#include <set>

namespace kforge::cli {
namespace {

struct RenderOptions {
  std::string directory;
};

// YAML files in the folders of the stages that this run did not write: leftovers that `kubectl apply` would bring back.
std::vector<std::string> leftovers(const std::string& directory, const std::map<std::string, std::string>& files) {
  std::vector<std::string> found;
  std::set<std::string> folders;
  for (const auto& [path, text] : files) folders.insert(directory_of(path));
  for (const std::string& folder : folders) {
    std::error_code ignored;
    for (const auto& entry : std::filesystem::directory_iterator(std::filesystem::path(directory) / folder, ignored)) {
      const std::string path = (std::filesystem::path(folder) / entry.path().filename()).string();
      if (entry.path().extension() == ".yaml" && !files.contains(path)) found.push_back(path);
    }
  }
  return found;
}

void write_files(Session& session, const std::string& directory, const std::map<std::string, std::string>& files) {
  const std::string base = absolute_path(directory, session.deps().environment.working_directory);
  for (const auto& [path, text] : files) {
    const std::string full = (std::filesystem::path(base) / path).string();
    make_directories(directory_of(full));
    write_file_atomically(full, text);
  }
  for (const std::string& path : leftovers(base, files))
    session.warn(fmt::format("{}/{} is not part of the project any more", directory, path));
}

int run_render(Session& session, const RenderOptions& options) {
  // Kept until the process ends: taking thousands of trees apart takes longer than printing them.
  static auto* const kept = new std::deque<render::Rendered>;
  const render::Rendered& rendered = kept->emplace_back(render_offline(session.project(), session.deps().environment));
  if (!options.directory.empty()) {
    const std::map<std::string, std::string> files = render::files_of(rendered);
    write_files(session, options.directory, files);
    if (session.json()) {
      Json paths = Json::array();
      for (const auto& [path, text] : files) paths.push_back(path);
      session.print_json({{"directory", options.directory}, {"files", std::move(paths)}});
    } else {
      session.print(
          ui::shown(fmt::format("{} in {}\n", counted(files.size(), "file"), options.directory), session.out_style()));
    }
    return 0;
  }
  if (session.json()) {
    Json items = Json::array();
    for (const render::Object& object : rendered.objects) items.push_back(object.manifest);
    session.print_json({{"apiVersion", "v1"}, {"kind", "List"}, {"items", std::move(items)}});
    return 0;
  }
  session.print(render::to_yaml(rendered));
  return 0;
}

}  // namespace

Action bind_render(OptionTable& table) {
  const auto options = std::make_shared<RenderOptions>();
  table.option({.names = "--dir",
                .value = "PATH",
                .description = "write a folder for each stage there instead of printing",
                .target = &options->directory,
                .complete = Complete::directory});
  return [options](Session& session) { return run_render(session, *options); };
}

}  // namespace kforge::cli
