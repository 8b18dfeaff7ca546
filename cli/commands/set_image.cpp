// SPDX-License-Identifier: Apache-2.0
#include "base/text.hpp"
#include "cli/commands/commands.hpp"
#include "cli/on_failure.hpp"
#include "cli/services.hpp"
#include "cli/verbs.hpp"
#include "project/image.hpp"

#include <fmt/format.h>

#include <map>
#include <memory>

namespace kforge::cli {
namespace {

struct SetImageOptions {
  std::vector<std::string> words;
  VerbOptions verb;
  std::string on_failure;
};

int run_set_image(Session& session, const SetImageOptions& options) {
  const project::Project& project = session.project();
  std::map<std::string, std::string> images;  // by service
  std::vector<std::string> services, words;
  for (const std::string& word : options.words) {
    const auto [typed, image] = assignment(word, "SERVICE=IMAGE, such as order-service=order-service:v2.0.0");
    const std::string service = services_named(project, {typed}).front();
    const auto parsed = project::parse_image(image);
    if (!parsed) throw Error(ErrorKind::usage, fmt::format("'{}' is no image", image));
    if (parsed->tag.empty() && parsed->digest.empty())
      throw Error(ErrorKind::usage, fmt::format("image '{}' has neither tag nor digest", image))
          .hint("what runs has to be told apart from what ran before: name a version");
    if (!images.emplace(service, image).second)
      throw Error(ErrorKind::usage, fmt::format("'{}' is named twice", service));
    services.push_back(service);
    words.push_back(fmt::format("{}={}", service, image));
  }
  deploy::VerbRequest request = verb_request(session, "set image", services, options.verb);
  request.words = join(words, " ");
  request.on_failure = on_failure(options.on_failure, project);
  return run_verb(session, request, options.verb, [&](const deploy::Running& running) {
    deploy::Edits edits;
    for (const deploy::RunningService& service : running.services())
      for (deploy::Edit& edit : deploy::image_edits(project, service, images.at(service.name)))
        edits.push_back(std::move(edit));
    return edits;
  });
}

}  // namespace

Action bind_set_image(OptionTable& table) {
  const auto options = std::make_shared<SetImageOptions>();
  table.argument({.name = "SERVICE=IMAGE",
                  .description = "services with the image that their main container shall run",
                  .target = &options->words,
                  .required = true,
                  .complete = Complete::service});
  add_on_failure_option(table, options->on_failure);
  add_verb_options(table, options->verb, Saves::yes);
  return [options](Session& session) { return run_set_image(session, *options); };
}

}  // namespace kforge::cli
