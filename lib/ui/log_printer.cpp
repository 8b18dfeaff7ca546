// SPDX-License-Identifier: Apache-2.0
#include "ui/log_printer.hpp"

#include "base/text.hpp"
#include "ui/error_text.hpp"
#include "ui/line.hpp"
#include "ui/log_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace kforge::ui {
namespace {

using observe::LogLine;
using observe::LogOrigin;

// Not red, which is for what matched and what went wrong.
constexpr std::array palette = {"36", "32", "33", "35", "34", "96", "92", "93", "95", "94"};
constexpr std::string_view highlight = "\x1b[1;31m", reset = "\x1b[0m";
constexpr int widest_prefix = 60;

std::size_t stable_number(std::string_view name) {
  std::size_t number = 5381;
  for (const char c : name) number = number * 33 + static_cast<unsigned char>(c);
  return number;
}

// What tells the pods of a service apart: "x7k2p" of "order-service-5d9c7bb4f-x7k2p", "0" of "postgres-0".
std::string short_name(const LogOrigin& origin) {
  const std::string& pod = origin.pod;
  const std::size_t dash = pod.rfind('-');
  std::string name = pod.starts_with(origin.service) && dash != std::string::npos ? pod.substr(dash + 1) : pod;
  if (pod == origin.service) name.clear();
  if (origin.container_matters) name += (name.empty() ? "" : "/") + origin.container;
  return name;
}

Colour colour_of_level(observe::Level level) {
  switch (level) {
    case observe::Level::trace:
    case observe::Level::debug:
      return Colour::dim;
    case observe::Level::info:
      return Colour::green;
    case observe::Level::warn:
      return Colour::yellow;
    case observe::Level::error:
    case observe::Level::fatal:
      return Colour::red;
  }
  return Colour::none;
}

}  // namespace

LogPrinter::LogPrinter(Terminal& terminal, const Style& out_style, const Style& err_style, LogView view)
    : terminal_(terminal), style_(out_style), err_style_(err_style), view_(std::move(view)) {
  for (const std::string& service : view_.services) colour_of(service);
}

// The same in every run: where it depends on the name, with the next free one for names that meet there.
std::string LogPrinter::colour_of(const std::string& service) {
  const auto [place, is_new] = colours_.try_emplace(service, stable_number(service) % palette.size());
  for (std::size_t tries = 0; is_new && tries < palette.size(); ++tries) {
    const auto same = std::ranges::count_if(colours_, [&](const auto& row) { return row.second == place->second; });
    if (same == 1) break;
    place->second = (place->second + 1) % palette.size();
  }
  return palette.at(place->second);
}

void LogPrinter::on_origin(const LogOrigin& origin) {
  if (prefixes_.size() <= origin.number) prefixes_.resize(origin.number + 1);
  Prefix& prefix = prefixes_[origin.number];
  if (view_.format == LogFormat::json) {
    prefix.painted = json_head(origin);
    return;
  }
  prefix.label = printable(origin.service);
  if (const std::string name = short_name(origin); !name.empty()) prefix.label += " " + printable(name);
  const int most = style_.terminal ? std::clamp(style_.width / 3, 8, widest_prefix) : widest_prefix;
  prefix.label = shown(cut_to_width(prefix.label, most), style_);
  prefix.width = display_width(prefix.label);
  prefix.colour = colour_of(origin.service);
  if (prefix.width <= prefix_width_) return;
  prefix_width_ = prefix.width;
  for (Prefix& other : prefixes_) other.painted.clear();
}

std::string_view LogPrinter::prefix_of(const LogOrigin& origin) {
  Prefix& prefix = prefixes_[origin.number];
  if (prefix.painted.empty()) {
    const std::string text = prefix.label + std::string(static_cast<std::size_t>(prefix_width_ - prefix.width), ' ') +
                             (style_.utf8 ? " │" : " |");
    prefix.painted = (style_.colour ? fmt::format("\x1b[{}m{}{}", prefix.colour, text, reset) : text) + " ";
  }
  return prefix.painted;
}

// `object` becomes what the line is as JSON, where that matters.
bool LogPrinter::wanted(std::string_view text, Json& object) const {
  if (!view_.filter.empty() && !view_.filter.passes(text)) return false;
  if (view_.where.empty() && !view_.parse) return true;
  object = observe::object_of_line(text);
  return view_.where.empty() || (object.is_object() && std::ranges::all_of(view_.where, [&](const auto& condition) {
                                   return condition.holds(object);
                                 }));
}

void LogPrinter::on_line(const LogOrigin& origin, const LogLine& line) {
  Json object;
  const bool has_conditions = view_.parse || !view_.where.empty() || !view_.filter.empty();
  if (has_conditions && !wanted(line.text, object)) return;
  switch (view_.format) {
    case LogFormat::raw:
      return add_raw(line);
    case LogFormat::json:
      return add_json(origin, line, object);
    case LogFormat::columns:
      return add_columns(origin, line, object);
  }
}

void LogPrinter::add_columns(const LogOrigin& origin, const LogLine& line, const Json& object) {
  buffer_ += prefix_of(origin);
  if (view_.stamps && !line.stamp.empty()) buffer_.append(line.stamp).append(" ");
  if (view_.parse && object.is_object()) {
    add_fields(object);
  } else {
    const bool carriage_return = line.text.ends_with('\r');
    add_text(line.text.substr(0, line.text.size() - (carriage_return ? 1 : 0)));
  }
  buffer_ += '\n';
}

// With what --include matched in bold red.
void LogPrinter::add_text(std::string_view text) {
  if (!style_.colour || view_.filter.include.empty()) return append_harmless(buffer_, text, style_);
  std::size_t at = 0;
  for (const observe::Match& match : view_.filter.highlights(text)) {
    append_harmless(buffer_, text.substr(at, match.begin - at), style_);
    buffer_ += highlight;
    buffer_ += shown(text.substr(match.begin, match.end - match.begin), style_);
    buffer_ += reset;
    at = match.end;
  }
  append_harmless(buffer_, text.substr(at), style_);
}

// "WARN  slow answer url=/orders ms=1200"; further lines of a value, such as a stack, under the first one.
void LogPrinter::add_fields(const Json& object) {
  const observe::LogFields fields = observe::fields_of(object);
  if (fields.level) {
    std::string word(to_string(*fields.level));
    std::ranges::transform(word, word.begin(), [](char c) { return static_cast<char>(c - 'a' + 'A'); });
    buffer_ += style_.paint(colour_of_level(*fields.level), fmt::format("{:5}", word)) + " ";
  }
  add_text(fields.message);
  if (view_.fields.empty())
    for (const auto& [name, value] : fields.rest) add_rest(name, value);
  for (const std::string& name : view_.fields)
    if (const Json& value = observe::field_at(object, name); !value.is_null()) add_rest(name, value);
}

void LogPrinter::add_rest(const std::string& name, const Json& value) {
  std::string text = observe::value_text(value);
  if (text.empty() || (contains(text, " ") && !contains(text, "\n"))) text = to_text(value);
  const std::string margin = "\n" + std::string(static_cast<std::size_t>(prefix_width_) + 3, ' ');
  buffer_ += ' ';
  buffer_ += style_.paint(Colour::dim, shown(name, style_) + "=");
  append_harmless(buffer_, replace_all(std::move(text), "\n", margin), style_);
}

// The bytes of the service, but on a terminal what it may see.
void LogPrinter::add_raw(const LogLine& line) {
  if (view_.stamps && !line.stamp.empty()) buffer_.append(line.stamp).append(" ");
  if (terminal_.is_terminal(Stream::out))
    append_harmless(buffer_, line.text, style_);
  else
    buffer_ += line.text;
  if (line.kind == LogLine::Kind::line) buffer_ += '\n';
}

std::string LogPrinter::json_head(const LogOrigin& origin) const {
  std::string head;
  for (const auto& [name, value] : {std::pair{"service", &origin.service},
                                    {"namespace", &origin.name_space},
                                    {"pod", &origin.pod},
                                    {"container", &origin.container}}) {
    head += fmt::format(",\"{}\":", name);
    append_json(head, *value);
  }
  return head + ",\"message\":";
}

void LogPrinter::add_json(const LogOrigin& origin, const LogLine& line, const Json& object) {
  buffer_ += "{\"time\":";
  append_json(buffer_, line.stamp);
  buffer_ += prefixes_[origin.number].painted;
  append_json(buffer_, line.text);
  if (view_.parse && object.is_object()) {
    buffer_ += ",\"fields\":";
    buffer_.append(trim(line_text(object)));
  }
  buffer_ += line.kind == LogLine::Kind::piece ? ",\"partial\":true}\n" : "}\n";
}

// Where both streams are the terminal, a remark stands between the lines that it is about.
void LogPrinter::on_note(const LogOrigin& origin, std::string_view text) {
  if (!view_.notes) return;
  Line line;
  line.add("~ " + origin.pod + (origin.container_matters ? "/" + origin.container : "") + ": ", Colour::dim)
      .add(text, Colour::dim);
  const bool together = terminal_.is_terminal(Stream::out) && terminal_.is_terminal(Stream::err);
  if (together)
    buffer_ += line.paint(style_) + "\n";
  else
    terminal_.err(line.paint(err_style_) + "\n");
}

OutputWatch LogPrinter::flush() {
  const std::string_view pending = std::string_view(buffer_).substr(written_);
  written_ += terminal_.write_some(pending);
  if (is_empty()) {
    buffer_.clear();
    written_ = 0;
  } else if (written_ >= most_pending) {
    buffer_.erase(0, written_);
    written_ = 0;
  }
  return {terminal_.output_fd(), !is_empty()};
}

}  // namespace kforge::ui
