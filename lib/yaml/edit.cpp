// SPDX-License-Identifier: Apache-2.0
#include "yaml/edit.hpp"

#include "base/text.hpp"
#include "yaml/node.hpp"
#include "yaml/scalar_style.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <span>

namespace kforge::yaml {
namespace {

constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";
constexpr std::size_t indent_step = 2;

using Path = std::span<const std::string>;

std::string word(std::string_view text, ScalarUse use) {
  std::string out;
  ScalarStyle style = style_of(text, use);
  const bool flow_marks = text.find_first_of(",[]{}") != std::string_view::npos;
  if (style == ScalarStyle::literal || (style == ScalarStyle::plain && flow_marks)) style = ScalarStyle::double_quoted;
  append_on_one_line(out, text, style);
  return out;
}

// A value on one line, right in block and in flow style.
std::string flow_text(const Json& value) {
  if (value.is_string()) return word(value.get_ref<const std::string&>(), ScalarUse::value);
  if (!value.is_object()) return value.dump();
  std::vector<std::string> parts;
  for (const char* first : {"min", "max"})  // small before large, as people write it
    if (value.contains(first)) parts.push_back(fmt::format("{}: {}", first, flow_text(value[first])));
  for (const auto& [key, item] : value.items())
    if (key != "min" && key != "max")
      parts.push_back(fmt::format("{}: {}", word(key, ScalarUse::key), flow_text(item)));
  return "{" + join(parts, ", ") + "}";
}

// One document under the knife.
class Editor {
 public:
  Editor(const std::string& file, const std::string& text) : text_(text), root_(parse(file, text)) {}

  std::string set(Path path, const Json& value) {
    if (root_.is_null()) {
      text_ += text_.empty() || text_.ends_with('\n') ? "" : "\n";
      return text_ + block_lines(path, value, 0);
    }
    return set_below(root_, path, value);
  }

  std::string remove(Path path) {
    const Node* mapping = &root_;
    for (const std::string& key : path.first(path.size() - 1))
      if (mapping = mapping->find(key); mapping == nullptr) return text_;
    const auto found =
        std::ranges::find(mapping->entries, path.back(), [](const Entry& entry) { return entry.key.scalar; });
    return found == mapping->entries.end() ? text_ : erase(*mapping, *found);
  }

 private:
  [[noreturn]] static void refuse(const Node& at, const std::string& why) {
    Error error(ErrorKind::guard_refused, "the file cannot be edited here without touching something else: " + why);
    error.place = at.place();
    error.advice = "change it by hand";
    throw error;
  }

  std::size_t offset_of(const Node& node) const {
    const std::size_t at = node.source->line_starts.at(static_cast<std::size_t>(node.line - 1));
    return at + static_cast<std::size_t>(node.column - 1);
  }
  std::size_t line_start(std::size_t at) const {
    const std::size_t before = text_.rfind('\n', at == 0 ? std::string::npos : at - 1);
    return at == 0 || before == std::string::npos ? 0 : before + 1;
  }
  // Behind the line's end.
  std::size_t next_line(std::size_t at) const {
    const std::size_t end = text_.find('\n', at);
    return end == std::string::npos ? text_.size() : end + 1;
  }
  std::string line_end() const { return text_.find("\r\n") != std::string::npos ? "\r\n" : "\n"; }
  bool is_flow(const Node& mapping) const { return text_[offset_of(mapping)] == '{'; }

  // Where the text of a value ends that stands on one line; npos for others.
  std::size_t end_of(const Node& value) const {
    const std::size_t start = offset_of(value);
    if (start >= text_.size()) return std::string::npos;
    const std::size_t end = text_[start] == '{' || text_[start] == '[' ? end_of_flow(start)
                            : value.is_scalar()                        ? end_of_scalar(value, start)
                                                                       : std::string::npos;
    if (end == std::string::npos || text_.substr(start, end - start).find('\n') != std::string::npos)
      return std::string::npos;
    return end;
  }

  std::size_t end_of_scalar(const Node& value, std::size_t start) const {
    const char first = text_[start];
    if (first == '"' || first == '\'') return end_of_quotes(start);
    return text_.compare(start, value.scalar.size(), value.scalar) == 0 && !value.scalar.empty()
               ? start + value.scalar.size()
               : std::string::npos;
  }

  std::size_t end_of_quotes(std::size_t start) const {
    const char quote = text_[start];
    for (std::size_t i = start + 1; i < text_.size(); ++i) {
      if (quote == '"' && text_[i] == '\\')
        ++i;
      else if (text_[i] == quote && quote == '\'' && i + 1 < text_.size() && text_[i + 1] == quote)
        ++i;
      else if (text_[i] == quote)
        return i + 1;
    }
    return std::string::npos;
  }

  std::size_t end_of_flow(std::size_t start) const {
    int depth = 0;
    for (std::size_t i = start; i < text_.size(); ++i) {
      const bool opens_word = i == start || contains(" ,[{:", text_.substr(i - 1, 1));
      if ((text_[i] == '"' || text_[i] == '\'') && opens_word) {
        i = end_of_quotes(i) - 1;
        if (i >= text_.size()) return std::string::npos;
      } else if (text_[i] == '{' || text_[i] == '[') {
        ++depth;
      } else if ((text_[i] == '}' || text_[i] == ']') && --depth == 0) {
        return i + 1;
      }
    }
    return std::string::npos;
  }

  std::string spliced(std::size_t from, std::size_t to, std::string_view with) const {
    return text_.substr(0, from) + std::string(with) + text_.substr(to);
  }

  std::string set_below(const Node& mapping, Path path, const Json& value) {
    if (!mapping.is_mapping()) refuse(mapping, fmt::format("'{}' would have to be a mapping", path.front()));
    const auto found =
        std::ranges::find(mapping.entries, path.front(), [](const Entry& entry) { return entry.key.scalar; });
    if (found == mapping.entries.end()) return insert(mapping, path, value);
    if (found->value.is_null()) return fill(*found, path.subspan(1), value);
    if (path.size() > 1) return set_below(found->value, path.subspan(1), value);
    return replace(found->value, value);
  }

  std::string replace(const Node& old, const Json& value) {
    const std::size_t end = end_of(old);
    if (end == std::string::npos) refuse(old, "the value is not on one line");
    const std::size_t start = offset_of(old);
    const bool keeps_quotes = text_[start] == '"' && value.is_string();
    return spliced(start, end, keeps_quotes ? value.dump() : flow_text(value));
  }

  // "key:" and "key: ~" get a value.
  std::string fill(const Entry& entry, Path rest, const Json& value) {
    const std::size_t key_end = end_of(entry.key);
    const std::size_t colon = key_end == std::string::npos ? key_end : text_.find(':', key_end);
    if (colon == std::string::npos) refuse(entry.key, "the key is not a plain one");
    const std::string inner = rest.empty() ? flow_text(value) : braces(nested(rest, value));
    const std::size_t behind = text_.find_first_not_of(' ', colon + 1);
    for (const std::string_view null : {"~", "null", "Null", "NULL"})
      if (behind != std::string::npos && text_.compare(behind, null.size(), null) == 0)
        return spliced(behind, behind + null.size(), inner);
    return spliced(colon + 1, colon + 1, " " + inner);
  }

  static std::string braces(const std::string& inner) { return "{" + inner + "}"; }
  // "a: {b: 1}"
  static std::string nested(Path keys, const Json& value) {
    const std::string inner = keys.size() == 1 ? flow_text(value) : braces(nested(keys.subspan(1), value));
    return fmt::format("{}: {}", word(keys.front(), ScalarUse::key), inner);
  }

  std::string block_lines(Path keys, const Json& value, std::size_t indent) const {
    std::string lines;
    for (std::size_t i = 0; i < keys.size(); ++i) {
      lines += std::string(indent + i * indent_step, ' ') + word(keys[i], ScalarUse::key) + ":";
      if (i + 1 == keys.size()) lines += " " + flow_text(value);
      lines += line_end();
    }
    return lines;
  }

  std::string insert(const Node& mapping, Path path, const Json& value) {
    if (is_flow(mapping)) {
      const std::size_t open = offset_of(mapping) + 1;
      const std::string_view spacing = mapping.entries.empty() ? "" : ", ";
      if (mapping.entries.empty()) return spliced(open, open, nested(path, value));
      const std::size_t last = end_of(mapping.entries.back().value);
      if (last != std::string::npos) return spliced(last, last, std::string(spacing) + nested(path, value));
      return spliced(open, open, nested(path, value) + std::string(spacing));
    }
    if (mapping.entries.empty()) refuse(mapping, "it has no entries");
    const Node& first = mapping.entries.front().key;
    const std::size_t indent = static_cast<std::size_t>(first.column - 1);
    const std::size_t start = line_start(offset_of(first));
    if (text_.substr(start, indent).find_first_not_of(' ') != std::string::npos)
      refuse(first, "something else stands before the first key on its line");
    std::size_t at = start;
    // Behind the values of one line that come first, so that comments stay with what they are about.
    for (const Entry& entry : mapping.entries) {
      const std::size_t end = entry.value.is_null() ? std::string::npos : end_of(entry.value);
      if (end == std::string::npos || entry.value.line != entry.key.line) break;
      at = next_line(end);
    }
    std::string lines = block_lines(path, value, indent);
    if (at > 0 && text_[at - 1] != '\n') lines = line_end() + lines;
    return spliced(at, at, lines);
  }

  std::string erase(const Node& mapping, const Entry& entry) {
    const std::size_t start = offset_of(entry.key);
    const std::size_t end = entry.value.is_null() ? std::string::npos : end_of(entry.value);
    if (end == std::string::npos) refuse(entry.value, "the value is not on one line");
    if (!is_flow(mapping)) return spliced(line_start(start), next_line(end), "");
    const std::size_t behind = text_.find_first_not_of(' ', end);
    if (text_[behind] == ',') return spliced(start, text_.find_first_not_of(' ', behind + 1), "");
    const std::size_t before = text_.find_last_not_of(' ', start - 1);
    return spliced(text_[before] == ',' ? before : start, end, "");
  }

  std::string text_;
  Node root_;
};

// What the document has to say afterwards.
Json with_value(Json document, Path path, const Json& value) {
  if (document.is_null()) document = Json::object();
  if (path.empty()) return value;
  if (value.is_null() && !document.is_object()) return document;
  if (path.size() == 1 && value.is_null()) {
    document.erase(path.front());
    return document;
  }
  Json below = document.contains(path.front()) ? document[path.front()] : Json();
  if (value.is_null() && below.is_null()) return document;
  document[path.front()] = with_value(std::move(below), path.subspan(1), value);
  return document;
}

std::string edited(const std::string& file, const std::string& text, Path path, const Json& value) {
  Editor editor(file, text);
  return value.is_null() ? editor.remove(path) : editor.set(path, value);
}

const Node* find(const Node& root, Path path) {
  const Node* node = &root;
  for (const std::string& key : path)
    if (node = node->find(key); node == nullptr) return nullptr;
  return node;
}

}  // namespace

std::string with_value(const std::string& file, const std::string& given, const std::vector<std::string>& path,
                       const Json& value) {
  const bool marked = given.starts_with(byte_order_mark);
  const std::string text = marked ? given.substr(byte_order_mark.size()) : given;
  const Node before = parse(file, text);
  const Node* old = find(before, path);
  if (value.is_object() && old != nullptr && old->is_mapping()) {
    std::string result = given;
    for (const auto& [key, item] : value.items()) {
      std::vector<std::string> deeper = path;
      deeper.push_back(key);
      result = with_value(file, result, deeper, item);
    }
    return result;
  }
  // `key:` without a value is there and can be taken away.
  if (value.is_null() ? old == nullptr : old != nullptr && to_json(*old) == value) return given;
  std::string result = edited(file, text, path, value);
  const auto says_so = [&] {
    try {
      return to_json(parse(file, result)) == with_value(to_json(before), Path(path), value);
    } catch (const Error&) {
      return false;
    }
  };
  if (says_so()) return (marked ? std::string(byte_order_mark) : std::string()) + result;
  Error error(ErrorKind::guard_refused, "the file cannot be edited here without touching something else");
  if (old != nullptr) error.place = old->place();
  error.advice = fmt::format("write it by hand: {} = {}", join(path, "."), value.dump());
  throw error;
}

}  // namespace kforge::yaml
