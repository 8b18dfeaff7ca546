// SPDX-License-Identifier: Apache-2.0
#include "base/text.hpp"
#include "project/keys.hpp"
#include "project/project.hpp"
#include "project/table_walk.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace kforge::project {
namespace {

std::string cell(std::string_view text) {
  return replace_all(std::string(text), "|", "\\|");
}

std::string code(std::string_view text) {
  return text.empty() ? std::string() : fmt::format("`{}`", cell(text));
}

std::string meaning(const PlacedField& placed, const std::string& like) {
  std::string text = cell(placed.field->about.doc);
  if (placed.field->has(required)) text += " (required)";
  if (placed.field->has(interpolated)) text += "; `${VAR}` is replaced";
  if (!like.empty()) text += fmt::format("; keys as in `{}`", like);
  if (!placed.field->about.example.empty())
    text += fmt::format("<br>`{}: {}`", placed.field->about.name, cell(placed.field->about.example));
  return text;
}

}  // namespace

std::string reference_markdown() {
  std::string page;
  std::map<const Section*, std::string> first;  // where the keys of a section are listed
  walk_table([&](const PlacedField& placed) {
    if (placed.path.find('.') == std::string::npos)
      page += fmt::format("{}## {}\n\n| Key | Value | Default | Meaning |\n|---|---|---|---|\n",
                          page.empty() ? "" : "\n", placed.path);
    const bool listed = placed.below != nullptr && !first.emplace(placed.below, placed.path).second;
    page +=
        fmt::format("| `{}` | {} | {} | {} |\n", placed.path, cell(described(placed.field->shapes)),
                    code(placed.field->about.fallback), meaning(placed, listed ? first[placed.below] : std::string()));
    return listed ? Descend::no : Descend::yes;
  });
  return page;
}

}  // namespace kforge::project
