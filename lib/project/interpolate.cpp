// SPDX-License-Identifier: Apache-2.0
#include "project/interpolate.hpp"

#include "project/format.hpp"

#include <fmt/format.h>

namespace kforge::project {
namespace {

// Where "${…" stands: in the scalar's own line when it is written there as it is.
SourcePlace place_of(const yaml::Node& scalar, std::string_view reference) {
  SourcePlace place = scalar.place();
  const auto from = static_cast<std::size_t>(place.column > 0 ? place.column - 1 : 0);
  const std::size_t found = place.source_line.find(reference, from);
  if (found == std::string::npos) return place;
  place.column = static_cast<int>(found) + 1;
  place.length = static_cast<int>(reference.size());
  return place;
}

struct Reference {
  std::string_view name;
  std::optional<std::string_view> fallback;
};

Reference split_reference(std::string_view inside) {
  const std::size_t colon = inside.find(":-");
  if (colon == std::string_view::npos) return {inside, std::nullopt};
  return {inside.substr(0, colon), inside.substr(colon + 2)};
}

std::optional<std::string> value_of(const Reference& reference, const Environment& environment) {
  std::optional<std::string> value = environment.get(reference.name);
  if (reference.fallback && (!value || value->empty())) value = std::string(*reference.fallback);
  return value;
}

}  // namespace

std::optional<std::string> interpolate(const yaml::Node& scalar, const Environment& environment,
                                       Diagnostics& problems) {
  std::string_view rest = scalar.scalar;
  std::string made;
  bool ok = true;
  for (std::size_t at = rest.find("${"); at != std::string_view::npos; at = rest.find("${")) {
    if (at > 0 && rest[at - 1] == '$') {
      made.append(rest.substr(0, at - 1)).append("${");
      rest.remove_prefix(at + 2);
      continue;
    }
    const std::size_t end = rest.find('}', at);
    const std::string_view whole = rest.substr(at, end == std::string_view::npos ? end : end + 1 - at);
    const Reference reference = split_reference(whole.substr(2, whole.size() - std::min<std::size_t>(whole.size(), 3)));
    const bool well_formed = end != std::string_view::npos && formats::env_name.accepts(reference.name);
    const auto value = well_formed ? value_of(reference, environment) : std::nullopt;
    if (!well_formed)
      problems.error(place_of(scalar, whole), fmt::format("'{}' names no variable", whole),
                     "write $${ for a literal ${");
    else if (!value)
      problems.error(place_of(scalar, whole), fmt::format("variable '{}' is not set", reference.name),
                     fmt::format("set it, or give a default: ${{{}:-…}}", reference.name));
    ok = ok && value.has_value();
    made.append(rest.substr(0, at)).append(value.value_or(""));
    if (end == std::string_view::npos) return std::nullopt;
    rest.remove_prefix(end + 1);
  }
  made.append(rest);
  return ok ? std::optional(made) : std::nullopt;
}

}  // namespace kforge::project
