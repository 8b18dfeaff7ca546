// SPDX-License-Identifier: Apache-2.0
#include "project/reader.hpp"

#include "base/suggest.hpp"
#include "base/text.hpp"
#include "project/characters.hpp"
#include "project/interpolate.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace kforge::project {
namespace {

std::string name_of_type(const yaml::Node& node) {
  switch (node.type) {
    case yaml::Type::null:
      return "empty";
    case yaml::Type::boolean:
      return "a boolean";
    case yaml::Type::integer:
    case yaml::Type::number:
      return "a number";
    case yaml::Type::string:
      return "a text";
    case yaml::Type::sequence:
      return "a list";
    case yaml::Type::mapping:
      break;
  }
  return "a mapping";
}

bool takes_texts(const Shapes& shapes) {
  return std::ranges::any_of(
      shapes, [](const Shape& shape) { return shape.kind == Shape::Kind::text || shape.kind == Shape::Kind::word; });
}

// Quotes are what most often makes the wrong type.
std::string hint_for_type(const Shapes& shapes, const yaml::Node& node) {
  if (node.is_scalar() && !node.is_null() && !node.quoted && takes_texts(shapes))
    return fmt::format("write \"{}\"", node.scalar);
  if (!node.quoted) return {};
  return all_of(node.scalar, is_digit) || node.scalar == "true" || node.scalar == "false" ? "remove the quotes"
                                                                                          : std::string();
}

const Shapes& elements_of(const Field& field, Shape::Kind kind) {
  return std::ranges::find(field.shapes, kind, &Shape::kind)->elements;
}

}  // namespace

Reader::Reader(Pass pass, const Environment& environment, Diagnostics& problems, std::string environment_name)
    : pass_(pass),
      whole_(pass == Pass::merged),
      environment_(environment),
      problems_(problems),
      environment_name_(std::move(environment_name)) {}

void Reader::section(const Section& section, const yaml::Node& mapping, void* target) {
  if (!section.free_keys) known_keys(section, mapping);
  if (section.exactly_one && whole_ && mapping.entries.empty())
    problems_.error(path_.empty() ? mapping.place() : path_.back().shown->place(),
                    fmt::format("{} needs exactly one of {}", subject(), quoted_list(section.keys())));
  for (const Field& candidate : section.fields) {
    const auto found = std::ranges::find_if(
        mapping.entries, [&](const yaml::Entry& entry) { return entry.key.scalar == candidate.about.name; });
    if (found == mapping.entries.end()) {
      if (candidate.has(required) && whole_) missing(candidate, mapping);
      continue;
    }
    check_excluded(section, candidate, *found, mapping);
    field(candidate, *found, target);
  }
  if (!section.free_keys) return;
  for (const yaml::Entry& entry : mapping.entries)
    if (section.find(entry.key.scalar) == nullptr) free_key(section, entry, target);
}

void Reader::known_keys(const Section& section, const yaml::Node& mapping) {
  for (const yaml::Entry& entry : mapping.entries)
    if (section.find(entry.key.scalar) == nullptr)
      problems_.error(entry.key.place(), fmt::format("unknown key '{}'{}", printable(entry.key.scalar), where()),
                      did_you_mean(entry.key.scalar, section.keys()));
}

void Reader::field(const Field& field, const yaml::Entry& entry, void* target) {
  if (field.has(base_only) && pass_ == Pass::overlay) {
    problems_.error(entry.key.place(), fmt::format("'{}' cannot differ between environments", field.about.name));
    return;
  }
  if (deletes(entry.value)) return;
  if (!(entry.value.is_null() && field.has(nullable)) &&
      !fits(field.shapes, entry.value, field, {"", entry.key.scalar}))
    return;
  path_.push_back({entry.key.scalar, &entry.key});
  field.set(entry, field, target, *this);
  path_.pop_back();
}

void Reader::free_key(const Section& section, const yaml::Entry& entry, void* target) {
  const Field& meaning = *section.free_keys;
  const Format& keys = *section.key_format;
  if (!keys.accepts(entry.key.scalar) || entry.key.scalar.size() > keys.max_length) {
    problems_.error(entry.key.place(), fmt::format("'{}' is not {}", printable(entry.key.scalar), keys.expected));
    return;
  }
  field(meaning, entry, target);
}

bool Reader::deletes(const yaml::Node& value) const {
  return value.is_null() && pass_ == Pass::overlay && !whole_;
}

void Reader::missing(const Field& field, const yaml::Node& mapping) {
  const SourcePlace place = path_.empty() ? mapping.place() : path_.back().shown->place();
  problems_.error(
      place, fmt::format("{} has no '{}'", subject(), field.about.name),
      field.about.example.empty() ? "" : fmt::format("such as {}: {}", field.about.name, field.about.example));
}

void Reader::check_excluded(const Section& section, const Field& field, const yaml::Entry& entry,
                            const yaml::Node& mapping) {
  if (field.about.excludes.empty() || entry.value.is_null()) return;
  const auto excludes = [](const Field* one, std::string_view key) {
    return one != nullptr && (one->about.excludes == "*" || one->about.excludes == key);
  };
  for (const yaml::Entry& other : mapping.entries) {
    if (&other == &entry || other.value.is_null() || !excludes(&field, other.key.scalar)) continue;
    const bool reported = &other < &entry && excludes(section.find(other.key.scalar), entry.key.scalar);
    if (!reported)
      problems_.error(other.key.place(),
                      fmt::format("'{}' and '{}' exclude each other{}", other.key.scalar, field.about.name, where()));
  }
}

bool Reader::fits(const Shapes& shapes, const yaml::Node& node, const Field& field, const Subject& subject) {
  const Shape* shape = find_alternative(shapes, node);
  if (shape == nullptr) {
    report_type(shapes, node, subject);
    return false;
  }
  if (shape->kind == Shape::Kind::list && node.items.size() > static_cast<std::size_t>(shape->maximum)) {
    problems_.error(node.place(), fmt::format("{} has more than {} items", subject.text(), shape->maximum));
    return false;
  }
  if (!node.is_scalar() || shape->kind == Shape::Kind::anything) return true;
  if (contains(node.scalar, "${")) {
    if (field.has(interpolated)) return true;  // checked when the variables are known
    warn_of_variable(node, field, subject);
  }
  return content_fits(*shape, node, node.scalar, subject);
}

bool Reader::content_fits(const Shape& shape, const yaml::Node& node, std::string_view text, const Subject& subject) {
  const auto problem = misfit(shape, node, text);
  if (problem) problems_.error(node.place(), fmt::format("{} {}", subject.text(), problem->message), problem->hint);
  return !problem;
}

void Reader::report_type(const Shapes& shapes, const yaml::Node& node, const Subject& subject) {
  if (node.is_null()) {
    problems_.error(node.place(), fmt::format("{} has no value{}", subject.text(), where()),
                    "give it one or remove the key");
    return;
  }
  problems_.error(node.place(),
                  fmt::format("{} must be {}, not {}", subject.text(), expected(shapes), name_of_type(node)),
                  hint_for_type(shapes, node));
}

void Reader::warn_of_variable(const yaml::Node& node, const Field& field, const Subject& subject) {
  if (pass_ == Pass::merged && !field.has(shell_text))
    problems_.warning(node.place(), fmt::format("'${{' in {} is taken as it stands", subject.text()),
                      "variables are replaced in images, host names and env values only");
}

std::optional<std::string> Reader::text(const yaml::Node& scalar, const Field& field, const Shapes& shapes) {
  if (!field.has(interpolated) || !contains(scalar.scalar, "${")) return scalar.scalar;
  if (pass_ != Pass::merged) return std::nullopt;
  std::optional<std::string> value = interpolate(scalar, environment_, problems_);
  const Shape* shape = find_alternative(shapes, scalar);
  if (!value || !content_fits(*shape, scalar, *value, {"", path_.back().name})) return std::nullopt;
  return value;
}

void Reader::read(const yaml::Entry& entry, const Field& field, std::string& out) {
  if (auto value = text(entry.value, field, field.shapes)) out = std::move(*value);
}

void Reader::read(const yaml::Entry& entry, const Field&, int& out) {
  out = yaml::to_json(entry.value).get<int>();
}

void Reader::read(const yaml::Entry& entry, const Field&, bool& out) {
  out = yaml::to_json(entry.value).get<bool>();
}

void Reader::read(const yaml::Entry& entry, const Field&, std::chrono::seconds& out) {
  out = std::chrono::seconds(seconds_of(entry.value.scalar));
}

void Reader::read(const yaml::Entry& entry, const Field& field, std::vector<std::string>& out) {
  out.clear();
  each_item(entry, field, [&](const yaml::Node& item) {
    if (auto value = text(item, field, elements_of(field, Shape::Kind::list))) out.push_back(std::move(*value));
  });
}

void Reader::read(const yaml::Entry& entry, const Field& field, std::map<std::string, std::string>& out) {
  each_entry(entry, field, [&](const yaml::Entry& item) {
    if (auto value = text(item.value, field, elements_of(field, Shape::Kind::map)))
      out[item.key.scalar] = std::move(*value);
  });
}

void Reader::each_item(const yaml::Entry& entry, const Field& field,
                       const std::function<void(const yaml::Node&)>& visit) {
  const Shapes& elements = elements_of(field, Shape::Kind::list);
  const Subject subject{"an item of ", entry.key.scalar};
  for (std::size_t i = 0; i < entry.value.items.size(); ++i) {
    const yaml::Node& item = entry.value.items[i];
    if (!fits(elements, item, field, subject)) continue;
    const Step list = std::exchange(path_.back(), {fmt::format("{}[{}]", entry.key.scalar, i + 1), &item});
    const bool whole = std::exchange(whole_, true);
    visit(item);
    whole_ = whole;
    path_.back() = list;
  }
}

void Reader::each_entry(const yaml::Entry& entry, const Field& field,
                        const std::function<void(const yaml::Entry&)>& visit) {
  const Shape& map = *std::ranges::find(field.shapes, Shape::Kind::map, &Shape::kind);
  const Format& keys = pass_ == Pass::overlay && map.overlay_keys != nullptr ? *map.overlay_keys : *map.format;
  for (const yaml::Entry& item : entry.value.entries) {
    const std::string& key = item.key.scalar;
    if (key.size() > keys.max_length || !keys.accepts(key)) {
      problems_.error(item.key.place(),
                      fmt::format("'{}' in '{}' is not {}", printable(key), entry.key.scalar, keys.expected));
      continue;
    }
    if (deletes(item.value)) continue;
    if (!fits(map.elements, item.value, field, {"", key})) continue;
    path_.push_back({key, &item.key});
    visit(item);
    path_.pop_back();
  }
}

std::string Reader::Subject::text() const {
  return fmt::format("{}'{}'", before, name);
}

std::string Reader::subject() const {
  const std::string environment = environment_name_.empty() ? "" : fmt::format("environment '{}'", environment_name_);
  const std::string suffix = environment.empty() ? "" : " of " + environment;
  if (path_.empty()) return environment.empty() ? "the project file" : environment;
  std::vector<std::string> names;
  for (const Step& step : path_) names.push_back(step.name);
  if (names.front() != "services" || names.size() < 2) return fmt::format("'{}'{}", join(names, "."), suffix);
  const std::string service = fmt::format("service '{}'{}", names[1], suffix);
  names.erase(names.begin(), names.begin() + 2);
  return names.empty() ? service : fmt::format("'{}' of {}", join(names, "."), service);
}

std::string Reader::where() const {
  return path_.empty() && environment_name_.empty() ? "" : " in " + subject();
}

}  // namespace kforge::project
