// SPDX-License-Identifier: Apache-2.0
#include "base/text.hpp"
#include "cli/commands/commands.hpp"
#include "cli/confirm.hpp"
#include "cli/services.hpp"
#include "cli/verbs.hpp"

#include <fmt/format.h>

#include <charconv>
#include <map>
#include <memory>

namespace kforge::cli {
namespace {

constexpr std::int64_t most_pods = 1000;

// "3", "+1", "-1".
struct Count {
  char sign = 0;  // 0: absolute
  std::int64_t number = 0;

  std::string text() const { return (sign == 0 ? "" : std::string(1, sign)) + std::to_string(number); }
  std::int64_t from(const deploy::RunningService& service) const {
    if (sign == 0) return number;
    const std::int64_t count = service.replicas() + (sign == '+' ? number : -number);
    if (count > 0) return count;
    throw Error(ErrorKind::guard_refused,
                fmt::format("'{}' has {} pods; {}{} would leave none", service.name, service.replicas(), sign, number))
        .hint(fmt::format("`kforge stop {}` stops it", service.name));
  }
};

bool is_count(const std::string& text) {
  const std::size_t start = text.starts_with('+') || text.starts_with('-') ? 1 : 0;
  return text.size() > start && text.find_first_not_of("0123456789", start) == std::string::npos;
}

Count count_of(const std::string& text) {
  Count count;
  if (is_count(text)) {
    if (text.front() == '+' || text.front() == '-') count.sign = text.front();
    const char* end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data() + (count.sign != 0 ? 1 : 0), end, count.number);
    if (error == std::errc() && stop == end && count.number <= most_pods) return count;
  }
  throw Error(ErrorKind::usage, fmt::format("'{}' is no number of pods", text))
      .hint(fmt::format("write SERVICE=3, SERVICE=+1 or SERVICE=-1, at most {}", most_pods));
}

using Counts = std::map<std::string, Count>;  // by service

// "web=3", and "web 3" as PM2 has it.
Counts counts_of(const project::Project& project, const std::vector<std::string>& words) {
  Counts counts;
  for (std::size_t i = 0; i < words.size(); ++i) {
    std::string typed = words[i], number;
    if (words[i].find('=') == std::string::npos && i + 1 < words.size() && is_count(words[i + 1]))
      number = words[++i];
    else
      std::tie(typed, number) = assignment(words[i], "SERVICE=NUMBER, such as order-service=3");
    const std::string service = services_named(project, {typed}).front();
    if (!counts.emplace(service, count_of(number)).second)
      throw Error(ErrorKind::usage, fmt::format("'{}' is named twice", service));
  }
  return counts;
}

int run_scale(Session& session, const std::vector<std::string>& words, const VerbOptions& options) {
  const project::Project& project = session.project();
  const Counts counts = counts_of(project, words);
  std::vector<std::string> services, words_in_full;
  for (const auto& [service, count] : counts) {
    services.push_back(service);
    words_in_full.push_back(fmt::format("{}={}", service, count.text()));
    if (count.sign == 0 && count.number == 0)
      confirm_by_name(session, fmt::format("scale {} to 0 pods", service), service);
  }
  deploy::VerbRequest request = verb_request(session, "scale", services, options);
  request.words = join(words_in_full, " ");
  return run_verb(session, request, options, [&](const deploy::Running& running) {
    deploy::Edits edits;
    for (const deploy::RunningService& service : running.services())
      for (deploy::Edit& edit : deploy::scale_edits(project, service, counts.at(service.name).from(service)))
        edits.push_back(std::move(edit));
    return edits;
  });
}

}  // namespace

Action bind_scale(OptionTable& table) {
  const auto words = std::make_shared<std::vector<std::string>>();
  const auto options = std::make_shared<VerbOptions>();
  table.argument({.name = "SERVICE=NUMBER",
                  .description = "services with the pods they shall have; +1 and -1 count from what runs",
                  .target = words.get(),
                  .required = true,
                  .complete = Complete::service});
  add_verb_options(table, *options, Saves::yes);
  return [words, options](Session& session) { return run_scale(session, *words, *options); };
}

}  // namespace kforge::cli
