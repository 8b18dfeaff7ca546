// SPDX-License-Identifier: Apache-2.0
#include "cli/services.hpp"

#include "base/error.hpp"
#include "base/suggest.hpp"
#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace kforge::cli {

std::vector<std::string> service_names(const project::Project& project) {
  std::vector<std::string> names;
  for (const project::Service& service : project.services) names.push_back(service.name);
  if (project.database) names.emplace_back("postgres");
  if (project.auth) names.emplace_back("keycloak");
  if (project.gateway) names.emplace_back("kong");
  return names;
}

std::vector<std::string> services_named(const project::Project& project, const std::vector<std::string>& typed) {
  const std::vector<std::string> names = service_names(project);
  std::vector<std::string> found;
  for (const std::string& word : typed) {
    const std::vector<std::string> matches = matching_prefix(word, names);
    if (matches.size() > 1)
      throw Error(ErrorKind::not_found, fmt::format("'{}' may be {}", word, quoted_list(matches)))
          .hint("type more of the name");
    if (matches.empty()) {
      const std::string suggestion = did_you_mean(word, names);
      throw Error(ErrorKind::not_found, fmt::format("no service '{}' in project '{}'", word, project.name))
          .hint(suggestion.empty() ? "there are " + quoted_list(names) : suggestion);
    }
    if (std::ranges::find(found, matches.front()) == found.end()) found.push_back(matches.front());
  }
  return found;
}

}  // namespace kforge::cli
