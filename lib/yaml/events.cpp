// SPDX-License-Identifier: Apache-2.0
#include "yaml/events.hpp"

#include "base/text.hpp"
#include "yaml/text_check.hpp"

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <array>
#include <map>
#include <sstream>
#include <utility>

namespace kforge::yaml {
namespace {

using SourcePointer = std::shared_ptr<const Source>;

constexpr std::array<std::pair<std::string_view, Tag>, 9> known_tags{{
    {"?", Tag::plain},
    {"!", Tag::quoted},
    {"tag:yaml.org,2002:str", Tag::string},
    {"tag:yaml.org,2002:int", Tag::integer},
    {"tag:yaml.org,2002:float", Tag::number},
    {"tag:yaml.org,2002:bool", Tag::boolean},
    {"tag:yaml.org,2002:null", Tag::null},
    {"tag:yaml.org,2002:seq", Tag::sequence},
    {"tag:yaml.org,2002:map", Tag::mapping},
}};

class Recorder final : public YAML::EventHandler {
 public:
  Recorder(SourcePointer source, const Limits& limits) : source_(std::move(source)), limits_(limits) {}

  std::vector<Event> take() { return std::move(events_); }

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (++documents_ > limits_.documents) refuse_at(mark, fmt::format("more than {} documents", limits_.documents));
    if (documents_ > 1 && !starts_a_document(mark))
      refuse_at(mark, "this belongs to no mapping or list of the document above", "check the indentation");
    anchors_.clear();
    add(EventKind::document, mark);
  }
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    remember(anchor);
    add(EventKind::scalar, mark);
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    remember(anchor);
    Event& event = add(EventKind::scalar, mark);
    event.text = value;
    event.tag = tag_of(mark, tag);
    if (ends_without_quote(mark)) refuse_at(mark, "the closing quote is missing");
    if (event.tag == Tag::sequence || event.tag == Tag::mapping)
      refuse_at(mark, fmt::format("tag '{}' on a scalar", tag));
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const auto found = anchors_.find(anchor);
    if (found == anchors_.end()) refuse_at(mark, "an alias of nothing");
    if (std::ranges::find(open_, found->second) != open_.end())
      refuse_at(mark, "an alias inside of what it stands for");
    add(EventKind::alias, mark).target = found->second;
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value style) override {
    open(EventKind::sequence, mark, tag, anchor, style);
  }
  void OnSequenceEnd() override { close(); }

  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value style) override {
    open(EventKind::mapping, mark, tag, anchor, style);
  }
  void OnMapEnd() override { close(); }

 private:
  [[noreturn]] void refuse_at(const YAML::Mark& mark, std::string message, std::string hint = {}) const {
    refuse(place_in(source_, mark.line + 1, mark.column + 1), std::move(message), std::move(hint));
  }

  Event& add(EventKind kind, const YAML::Mark& mark) {
    // Every node has one event, but containers two and documents one.
    if (events_.size() > 2 * limits_.nodes + limits_.documents)
      refuse_at(mark, fmt::format("more than {} nodes", limits_.nodes));
    Event event;
    event.kind = kind;
    event.line = mark.line + 1;
    event.column = mark.column + 1;
    return events_.emplace_back(std::move(event));
  }

  void remember(YAML::anchor_t anchor) {
    if (anchor != 0) anchors_[anchor] = events_.size();
  }

  void open(EventKind kind, const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
            YAML::EmitterStyle::value style) {
    if (open_.size() >= limits_.depth) refuse_at(mark, fmt::format("nested deeper than {} levels", limits_.depth));
    remember(anchor);
    open_.push_back(events_.size());
    Event& event = add(kind, mark);
    event.tag = tag_of(mark, tag);
    event.flow = style == YAML::EmitterStyle::Flow;
    const Tag own = kind == EventKind::sequence ? Tag::sequence : Tag::mapping;
    if (event.tag != Tag::plain && event.tag != Tag::quoted && event.tag != own)
      refuse_at(mark, fmt::format("tag '{}' on a {}", tag, kind == EventKind::sequence ? "list" : "mapping"));
  }

  void close() {
    open_.pop_back();
    events_.emplace_back().kind = EventKind::end;
  }

  Tag tag_of(const YAML::Mark& mark, const std::string& tag) const {
    for (const auto& [name, value] : known_tags)
      if (tag == name) return value;
    refuse_at(mark, fmt::format("unknown tag '{}'", printable(tag)), "remove it");
  }

  // The parser takes content that fits nowhere for a new document; a real one begins with "---" or follows "...".
  bool starts_a_document(const YAML::Mark& mark) const {
    const std::string_view own = source_->line(mark.line + 1);
    if (own.starts_with("---")) return true;
    if (!trim(own.substr(0, std::min(own.size(), static_cast<std::size_t>(mark.column)))).empty()) return false;
    for (int line = mark.line; line > 0; --line) {
      const std::string_view text = source_->line(line);
      if (text.starts_with("...")) return true;
      const std::string_view content = trim(text);
      if (!content.empty() && content.front() != '#' && content.front() != '%') return false;
    }
    return true;
  }

  // The parser takes the end of the file for the closing quote.
  bool ends_without_quote(const YAML::Mark& mark) const {
    const auto line = std::min(static_cast<std::size_t>(mark.line), source_->line_starts.size() - 1);
    std::string_view rest = source_->text;
    rest.remove_prefix(std::min(rest.size(), source_->line_starts[line] + static_cast<std::size_t>(mark.column)));
    while (rest.starts_with('!') || rest.starts_with('&')) {
      rest.remove_prefix(std::min(rest.size(), rest.find_first_of(" \t\r\n")));
      rest.remove_prefix(std::min(rest.size(), rest.find_first_not_of(" \t\r\n")));
    }
    if (rest.starts_with('\'')) return rest.find('\'', 1) == std::string_view::npos;
    if (!rest.starts_with('"')) return false;
    for (std::size_t at = rest.find_first_of("\"\\", 1); at != std::string_view::npos;
         at = rest.find_first_of("\"\\", at + 2))
      if (rest[at] == '"') return false;
    return true;
  }

  SourcePointer source_;
  const Limits& limits_;
  std::size_t documents_ = 0;
  std::vector<Event> events_;
  std::vector<std::size_t> open_;                  // indices of containers without their end
  std::map<YAML::anchor_t, std::size_t> anchors_;  // of this document
};

// A ':' that cannot be one: inside of a value, or of a line whose neighbour above swallowed it.
std::string hint_for_colon(std::string_view before) {
  if (before.find(": ") != std::string_view::npos) return "put the value in quotes if ': ' belongs to it";
  return "is the line above 'key: value', with the same indentation?";
}

std::string hint_for(const std::string& message, std::string_view line, std::size_t column) {
  const std::string_view indent = line.substr(0, std::min(line.size(), line.find_first_not_of(" \t")));
  if (message == YAML::ErrorMsg::TAB_IN_INDENTATION || indent.find('\t') != std::string_view::npos)
    return "indent with spaces, not with tabs";
  if (message == YAML::ErrorMsg::MAP_VALUE) return hint_for_colon(line.substr(0, column));
  if (message == YAML::ErrorMsg::END_OF_MAP || message == YAML::ErrorMsg::END_OF_SEQ) return "check the indentation";
  const bool flow = message == YAML::ErrorMsg::END_OF_MAP_FLOW || message == YAML::ErrorMsg::END_OF_SEQ_FLOW;
  if (flow && line.substr(0, column + 1).find("${") != std::string_view::npos)
    return "put the text with '${' in quotes: '{' has a meaning here";
  if (message == YAML::ErrorMsg::END_OF_MAP_FLOW) return "a '}' or a ',' is missing before this";
  if (message == YAML::ErrorMsg::END_OF_SEQ_FLOW) return "a ']' or a ',' is missing before this";
  if (message == YAML::ErrorMsg::EOF_IN_SCALAR) return "the closing quote is missing";
  if (message == YAML::ErrorMsg::UNKNOWN_TOKEN) return "put it in quotes";
  return {};
}

std::string message_for(const std::string& message) {
  if (message == YAML::ErrorMsg::BAD_FILE) return "nested too deeply";  // what the parser's own depth guard says
  return message;
}

}  // namespace

std::vector<Event> read_events(const std::shared_ptr<const Source>& source, const Limits& limits) {
  std::istringstream stream(source->text);
  Recorder recorder(source, limits);
  try {
    YAML::Parser parser(stream);
    while (parser.HandleNextDocument(recorder)) {
    }
  } catch (const YAML::Exception& problem) {
    const int line = std::min(problem.mark.line + 1, static_cast<int>(source->line_starts.size()));
    refuse(place_in(source, line, problem.mark.column + 1), "not valid YAML: " + message_for(problem.msg),
           hint_for(problem.msg, source->line(line), static_cast<std::size_t>(std::max(0, problem.mark.column))));
  }
  return recorder.take();
}

}  // namespace kforge::yaml
