// SPDX-License-Identifier: Apache-2.0
#include "base/diagnostics.hpp"
#include "yaml/core_schema.hpp"
#include "yaml/events.hpp"
#include "yaml/node.hpp"
#include "yaml/text_check.hpp"

#include <fmt/format.h>

#include <set>
#include <unordered_map>

namespace kforge::yaml {
namespace {

// Enough to see what is wrong; the rest is noise.
constexpr std::size_t most_problems = 50;

class Builder {
 public:
  Builder(std::shared_ptr<const Source> source, const Limits& limits)
      : source_(std::move(source)), limits_(limits), events_(read_events(source_, limits)) {}

  std::vector<Node> documents() {
    std::vector<Node> found;
    while (next_ < events_.size()) {
      ++next_;  // the document event
      Node root = node();
      if (!root.is_null()) found.push_back(std::move(root));
    }
    if (!problems_.ok()) throw InvalidInput(std::move(problems_));
    return found;
  }

 private:
  struct Keys {
    std::unordered_map<std::string, int> lines;  // where each key stands
  };

  Node node() {
    const Event& event = events_[next_++];
    count(event);
    switch (event.kind) {
      case EventKind::alias:
        return expanded(event);
      case EventKind::sequence:
        return sequence(event);
      case EventKind::mapping:
        return mapping(event);
      case EventKind::scalar:
      case EventKind::document:
      case EventKind::end:
        break;
    }
    return scalar(event);
  }

  void count(const Event& event) {
    if (++nodes_ > limits_.nodes) refuse(place_of(event), fmt::format("more than {} nodes", limits_.nodes));
    if (alias_depth_ == 0) return;
    bytes_from_aliases_ += event.text.size();
    if (++nodes_from_aliases_ > limits_.alias_expansions)
      refuse(place_of(event), fmt::format("aliases expand to more than {} nodes", limits_.alias_expansions));
    if (bytes_from_aliases_ > limits_.bytes)
      refuse(place_of(event), fmt::format("aliases expand to more than {} bytes", limits_.bytes));
  }

  Node expanded(const Event& alias) {
    const std::size_t back = next_;
    next_ = alias.target;
    ++alias_depth_;
    Node made = node();
    --alias_depth_;
    next_ = back;
    return made;
  }

  Node sequence(const Event& event) {
    Node made = placed(event, Type::sequence);
    enter(event);
    while (events_[next_].kind != EventKind::end) made.items.push_back(node());
    leave();
    return made;
  }

  Node mapping(const Event& event) {
    Node made = placed(event, Type::mapping);
    std::vector<Node> merged;
    Keys keys;
    enter(event);
    while (events_[next_].kind != EventKind::end) entry(event, made, merged, keys);
    leave();
    for (Node& source : merged) merge(made, std::move(source), keys);
    return made;
  }

  void entry(const Event& parent, Node& made, std::vector<Node>& merged, Keys& keys) {
    Node key = node();
    const std::size_t value_at = next_;
    Node value = node();
    if (value.is_null() && value.scalar.empty() && !value.quoted) {
      if (!parent.flow) check_colon(key, events_[value_at]);
      value.line = key.line;  // the parser says where the next token stands
      value.column = key.column;
    }
    if (!key.quoted && key.scalar == "<<" && key.type == Type::string) return collect_merge(std::move(value), merged);
    if (key.type != Type::string) return refuse_key(key);
    const auto [known, fresh] = keys.lines.try_emplace(key.scalar, key.line);
    if (!fresh)
      return problem(key, fmt::format("duplicate key '{}'", key.scalar),
                     fmt::format("it stands in line {} already", known->second));
    made.entries.push_back({std::move(key), std::move(value)});
  }

  // The parser takes "image nginx" for a key without a value.
  void check_colon(const Node& key, const Event& value) {
    if (!key.is_scalar() || !value.text.empty() || value.kind != EventKind::scalar) return;
    const std::string_view line = source_->line(key.line);
    const auto begin = static_cast<std::size_t>(key.column - 1);
    if (line.substr(0, begin).find('?') != std::string_view::npos) return;
    const bool same_line = value.line == key.line;
    const std::string_view rest =
        line.substr(std::min(begin, line.size()),
                    same_line ? static_cast<std::size_t>(value.column - key.column) : std::string_view::npos);
    if (rest.find(':') == std::string_view::npos)
      problem(key, fmt::format("'{}' is neither a key nor a value here", key.scalar), "a key needs ': ' after it");
  }

  void collect_merge(Node value, std::vector<Node>& merged) {
    if (value.is_mapping()) return merged.push_back(std::move(value));
    if (!value.is_sequence()) return problem(value, "'<<' needs a mapping or a list of mappings");
    for (Node& item : value.items) {
      if (item.is_mapping())
        merged.push_back(std::move(item));
      else
        problem(item, "'<<' needs a mapping or a list of mappings");
    }
  }

  static void merge(Node& made, Node source, Keys& keys) {
    for (Entry& entry : source.entries)
      if (keys.lines.try_emplace(entry.key.scalar, entry.key.line).second) made.entries.push_back(std::move(entry));
  }

  void refuse_key(const Node& key) {
    if (!key.is_scalar()) return problem(key, "a list or a mapping cannot be a key");
    if (key.is_null()) return problem(key, "an empty key");
    problem(key, fmt::format("key {} is not a string", key.scalar), fmt::format("write \"{}\"", key.scalar));
  }

  Node scalar(const Event& event) {
    Node made = placed(event, Type::string);
    made.scalar = event.text;
    made.quoted = event.tag == Tag::quoted;
    if (event.tag == Tag::plain) made.type = type_of_plain(event.text);
    if (event.tag != Tag::plain && event.tag != Tag::quoted && event.tag != Tag::string)
      made.type = tagged_type(made, event.tag);
    return made;
  }

  Type tagged_type(const Node& made, Tag tag) {
    const Type found = type_of_plain(made.scalar);
    const Type wanted = tag == Tag::integer   ? Type::integer
                        : tag == Tag::number  ? Type::number
                        : tag == Tag::boolean ? Type::boolean
                                              : Type::null;
    if (found == wanted || (wanted == Type::number && found == Type::integer)) return wanted;
    problem(made, fmt::format("'{}' is not of the type that its tag says", made.scalar));
    return wanted;
  }

  void enter(const Event& event) {
    if (++depth_ > limits_.depth) refuse(place_of(event), fmt::format("nested deeper than {} levels", limits_.depth));
  }

  void leave() {
    ++next_;  // the end event
    --depth_;
  }

  Node placed(const Event& event, Type type) const {
    Node made;
    made.type = type;
    made.source = source_;
    made.line = event.line;
    made.column = event.column;
    return made;
  }

  SourcePlace place_of(const Event& event) const { return place_in(source_, event.line, event.column); }

  void problem(const Node& node, std::string message, std::string hint = {}) {
    problems_.error(node.place(), std::move(message), std::move(hint));
    if (problems_.errors() >= most_problems) throw InvalidInput(std::move(problems_));
  }

  std::shared_ptr<const Source> source_;
  const Limits& limits_;
  std::vector<Event> events_;
  std::size_t next_ = 0, depth_ = 0, nodes_ = 0, alias_depth_ = 0, nodes_from_aliases_ = 0, bytes_from_aliases_ = 0;
  Diagnostics problems_;
};

}  // namespace

std::vector<Node> parse_all(std::string file, std::string text, const Limits& limits) {
  return Builder(checked_source(std::move(file), std::move(text), limits), limits).documents();
}

Node parse(std::string file, std::string text, const Limits& limits) {
  const auto source = checked_source(std::move(file), std::move(text), limits);
  std::vector<Node> found = Builder(source, limits).documents();
  if (found.size() > 1)
    refuse(found[1].place(), "one document is expected, this is another one", "remove the '---' above");
  if (!found.empty()) return std::move(found.front());
  Node empty;
  empty.source = source;
  empty.line = 1;
  empty.column = 1;
  return empty;
}

}  // namespace kforge::yaml
