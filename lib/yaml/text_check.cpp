// SPDX-License-Identifier: Apache-2.0
#include "yaml/text_check.hpp"

#include "base/diagnostics.hpp"
#include "yaml/utf8.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace kforge::yaml {
namespace {

std::vector<std::size_t> line_starts_of(std::string_view text) {
  std::vector<std::size_t> starts{0};
  for (std::size_t at = text.find('\n'); at != std::string_view::npos; at = text.find('\n', at + 1))
    starts.push_back(at + 1);
  return starts;
}

SourcePlace place_of_byte(const std::shared_ptr<const Source>& source, std::size_t offset) {
  const auto after = std::ranges::upper_bound(source->line_starts, offset);
  const auto line = after - source->line_starts.begin();
  return place_in(source, static_cast<int>(line), static_cast<int>(offset - *std::prev(after)) + 1);
}

bool is_allowed(char32_t c) {
  if (c < 0x20) return c == '\t' || c == '\n' || c == '\r';
  return c != 0x7f && (c < 0x80 || c >= 0xa0 || c == 0x85) && c != 0xfffe && c != 0xffff && c != 0xfeff;
}

// The parser keeps the tokens of a whole flow collection before its first event, so the limit on nodes comes too late
// for memory; every flow indicator stands for a node at least.
void count_flow_indicators(const std::shared_ptr<const Source>& source, const Limits& limits) {
  const auto found = std::ranges::count_if(source->text, [](char c) { return c == '[' || c == '{' || c == ','; });
  if (static_cast<std::size_t>(found) > limits.nodes)
    refuse(place_in(source, 1, 1), fmt::format("more than {} lists, mappings and items", limits.nodes));
}

void check_characters(const std::shared_ptr<const Source>& source) {
  const std::string_view text = source->text;
  for (std::size_t at = 0; at < text.size();) {
    const auto byte = static_cast<unsigned char>(text[at]);
    if (byte >= 0x20 && byte < 0x7f) {
      ++at;
      continue;
    }
    const Utf8Character next = utf8_character(text.substr(at));
    if (!next.valid) refuse(place_of_byte(source, at), "the file is not UTF-8 text", "save it as UTF-8");
    if (!is_allowed(next.code))
      refuse(place_of_byte(source, at), fmt::format("control character U+{:04X}", static_cast<unsigned>(next.code)),
             "write it as an escape in double quotes");
    at += next.size;
  }
}

}  // namespace

void refuse(SourcePlace place, std::string message, std::string hint) {
  Diagnostics problems;
  problems.error(std::move(place), std::move(message), std::move(hint));
  throw InvalidInput(std::move(problems));
}

SourcePlace place_in(const std::shared_ptr<const Source>& source, int line, int column) {
  Node node;
  node.source = source;
  node.line = line;
  node.column = column;
  return node.place();
}

std::shared_ptr<const Source> checked_source(std::string file, std::string text, const Limits& limits) {
  if (text.size() > limits.bytes) {
    SourcePlace place;
    place.file = std::move(file);
    refuse(std::move(place), fmt::format("the file has {} bytes, more than the {} allowed", text.size(), limits.bytes));
  }
  if (text.starts_with("\xef\xbb\xbf")) text.erase(0, 3);
  auto made = std::make_shared<Source>(Source{std::move(file), std::move(text), {}});
  made->line_starts = line_starts_of(made->text);
  std::shared_ptr<const Source> source = std::move(made);
  check_characters(source);
  count_flow_indicators(source, limits);
  return source;
}

}  // namespace kforge::yaml
