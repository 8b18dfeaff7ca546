// SPDX-License-Identifier: Apache-2.0
#include "cli/verbs.hpp"

#include "base/text.hpp"
#include "cli/plans.hpp"
#include "cli/progress.hpp"
#include "cli/services.hpp"
#include "os/files.hpp"
#include "project/settings.hpp"

#include <fmt/format.h>

#include <filesystem>

namespace kforge::cli {
namespace {

// The project file as it is and as --save will leave it.
class SavedFile {
 public:
  explicit SavedFile(Session& session)
      : session_(session),
        path_((std::filesystem::path(session.project().directory) /
               std::filesystem::path(session.project().file).filename())
                  .string()),
        before_(read_file(path_).value_or("")) {}

  // Throws when the values cannot be written, or when the file would not say what they mean.
  void prepare(const std::vector<project::Setting>& settings) {
    const project::Project& project = session_.project();
    after_ = project::with_settings(project, {.shown = project.file, .text = before_}, settings);
    project::load_text(after_, {.file = project.file, .directory = project.directory}, session_.globals().environment,
                       session_.deps().environment);
  }

  void write() {
    const std::string& shown = session_.project().file;
    if (after_ == before_) return session_.note(fmt::format("{} says so already\n", shown));
    if (read_file(path_) != before_)
      throw Error(ErrorKind::conflict, fmt::format("{} was changed by somebody else meanwhile", shown))
          .hint("the cluster is changed; write the value into the file by hand, or run it again");
    write_file_atomically(std::filesystem::canonical(path_).string(), after_, mode());
    session_.note(fmt::format("{} says so now\n", shown));
  }

 private:
  unsigned mode() const { return static_cast<unsigned>(std::filesystem::status(path_).permissions()); }

  Session& session_;
  std::string path_, before_, after_;
};

std::vector<project::Setting> settings_of(const deploy::Edits& edits) {
  std::vector<project::Setting> settings;
  for (const deploy::Edit& edit : edits) settings.insert(settings.end(), edit.settings.begin(), edit.settings.end());
  return settings;
}

}  // namespace

void add_verb_options(OptionTable& table, VerbOptions& options, Saves saves) {
  table.option(
      {.names = "--no-wait", .value = "", .description = "do not wait until it works", .target = &options.no_wait});
  if (saves == Saves::yes)
    table.option({.names = "--save",
                  .value = "",
                  .description = "write it into the project file too, so that the next `kforge up` keeps it",
                  .target = &options.save});
  add_lock_options(table, options.lock);
}

deploy::VerbRequest verb_request(Session& session, const std::string& command, std::vector<std::string> services,
                                 const VerbOptions& options) {
  deploy::VerbRequest request;
  request.command = command;
  request.words = join(services, " ");
  request.services = std::move(services);
  request.timeout = session.settings().timeout.value_or(request.timeout);
  request.wait = options.no_wait ? deploy::Wait::no : deploy::Wait::yes;
  request.lock = lock_options(options.lock);
  return request;
}

int run_verb(Session& session, const deploy::VerbRequest& request, const VerbOptions& options,
             const deploy::MakeEdits& make) {
  std::optional<SavedFile> file;
  if (options.save) file.emplace(session);
  RunViews views(session);
  const int code = views.run([&] {
    return deploy::run_verb(context_of(session, views), request, [&](const deploy::Running& running) {
      deploy::Edits edits = make(running);
      if (file) {
        file->prepare(settings_of(edits));
        for (deploy::Edit& edit : edits)
          if (!edit.settings.empty()) edit.next_up.clear();
      }
      return edits;
    });
  });
  if (code == 0 && file) file->write();
  return code;
}

std::vector<std::string> services_or_all(const project::Project& project, const std::vector<std::string>& typed) {
  if (!typed.empty() && typed != std::vector<std::string>{"all"}) return services_named(project, typed);
  std::vector<std::string> names;
  for (const project::Service& service : project.services) names.push_back(service.name);
  return names;
}

std::pair<std::string, std::string> assignment(const std::string& text, const std::string& form) {
  const std::size_t sign = text.find('=');
  if (sign == std::string::npos || sign == 0 || sign + 1 == text.size())
    throw Error(ErrorKind::usage, fmt::format("'{}' is not {}", text, form));
  return {text.substr(0, sign), text.substr(sign + 1)};
}

}  // namespace kforge::cli
