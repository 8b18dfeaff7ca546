// SPDX-License-Identifier: Apache-2.0
#include "yaml/node.hpp"

#include "base/text.hpp"

#include <algorithm>

namespace kforge::yaml {
namespace {

// Longer lines are not shown: nobody finds a caret in them.
constexpr std::size_t longest_shown_line = 2048;

// What the text at the place of a node spells: a quoted scalar with its quotes, or the plain scalar.
int shown_length(const Node& node, std::string_view rest) {
  if (rest.empty()) return 1;
  const char quote = rest.front();
  if (node.quoted && (quote == '"' || quote == '\'')) {
    for (std::size_t i = 1; i < rest.size(); ++i) {
      if (quote == '"' && rest[i] == '\\')
        ++i;
      else if (rest[i] == quote)
        return display_width(rest.substr(0, i + 1));
    }
    return display_width(rest);
  }
  // An empty value stands where its key does.
  if (node.is_null() && node.scalar.empty())
    return std::max(1, display_width(rest.substr(0, rest.find_first_of(": "))));
  if (!node.is_scalar() || node.scalar.empty() || !rest.starts_with(node.scalar)) return 1;
  return std::max(1, display_width(node.scalar));
}

}  // namespace

std::string_view Source::line(int number) const {
  if (number < 1 || static_cast<std::size_t>(number) > line_starts.size()) return {};
  const std::size_t begin = line_starts[static_cast<std::size_t>(number) - 1];
  std::string_view found = std::string_view(text).substr(begin);
  found = found.substr(0, found.find('\n'));
  if (found.ends_with('\r')) found.remove_suffix(1);
  return found;
}

const Node* Node::find(std::string_view key) const {
  for (const Entry& entry : entries)
    if (entry.key.scalar == key) return &entry.value;
  return nullptr;
}

Node* Node::find(std::string_view key) {
  return const_cast<Node*>(std::as_const(*this).find(key));
}

SourcePlace Node::place() const {
  SourcePlace found;
  if (source == nullptr) return found;
  found.file = source->file;
  found.line = line;
  found.column = column;
  const std::string_view text = source->line(line);
  if (text.size() > longest_shown_line) return found;
  found.source_line = text;
  const auto offset = static_cast<std::size_t>(std::max(0, column - 1));
  if (offset >= text.size()) return found;
  const bool block_mapping =
      !entries.empty() && entries.front().key.line == line && entries.front().key.column == column;
  found.length = shown_length(block_mapping ? entries.front().key : *this, text.substr(offset));
  return found;
}

}  // namespace kforge::yaml
