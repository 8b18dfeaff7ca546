// SPDX-License-Identifier: Apache-2.0
#include "observe/logs/log_fields.hpp"

#include "base/error.hpp"
#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

namespace kforge::observe {
namespace {

constexpr std::array<std::string_view, 4> level_keys = {"level", "severity", "lvl", "log.level"};
constexpr std::array<std::string_view, 3> message_keys = {"msg", "message", "event"};
// What every line of pino, bunyan, winston, zap and logstash has, and the prefix of the line says already.
constexpr std::array<std::string_view, 9> background = {"time", "timestamp", "ts",       "@timestamp", "date",
                                                        "pid",  "hostname",  "@version", "v"};
constexpr std::array<std::pair<std::string_view, Level>, 15> level_words = {{{"trace", Level::trace},
                                                                             {"silly", Level::trace},
                                                                             {"verbose", Level::debug},
                                                                             {"debug", Level::debug},
                                                                             {"info", Level::info},
                                                                             {"notice", Level::info},
                                                                             {"warn", Level::warn},
                                                                             {"warning", Level::warn},
                                                                             {"error", Level::error},
                                                                             {"err", Level::error},
                                                                             {"fatal", Level::fatal},
                                                                             {"critical", Level::fatal},
                                                                             {"crit", Level::fatal},
                                                                             {"panic", Level::fatal},
                                                                             {"emerg", Level::fatal}}};
constexpr std::array level_names = {"trace", "debug", "info", "warn", "error", "fatal"};

const Json nothing;

const Json& first_of(const Json& object, const auto& keys) {
  for (const std::string_view key : keys)
    if (const auto found = object.find(key); found != object.end()) return *found;
  return nothing;
}

std::optional<double> number_of(std::string_view text) {
  double number = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failure != std::errc{} || end != text.data() + text.size() || text.empty()) return std::nullopt;
  return number;
}

std::optional<Level> level_named(std::string_view word) {
  const std::string lower = to_lower(word);
  for (const auto& [name, level] : level_words)
    if (name == lower) return level;
  return std::nullopt;
}

template <class Value>
int order_of(const Value& one, const Value& other) {
  return one < other ? -1 : other < one ? 1 : 0;
}

}  // namespace

std::string_view to_string(Level level) {
  return level_names.at(static_cast<std::size_t>(level));
}

std::optional<Level> level_of(const Json& value) {
  if (value.is_string()) return level_named(value.get_ref<const std::string&>());
  if (!value.is_number()) return std::nullopt;
  // pino and bunyan count in tens: 10 trace … 60 fatal.
  const double number = value.get<double>();
  if (!(number >= 10 && number < 70)) return std::nullopt;
  return static_cast<Level>(static_cast<int>(number) / 10 - 1);
}

Json object_of_line(std::string_view line) {
  line = trim(line);
  if (!line.starts_with('{') || !line.ends_with('}')) return nullptr;
  Json object = Json::parse(line, nullptr, false);
  return object.is_object() ? object : Json();
}

LogFields fields_of(const Json& object) {
  LogFields fields;
  const Json &level = first_of(object, level_keys), &message = first_of(object, message_keys);
  fields.level = level_of(level);
  if (message.is_string()) fields.message = message.get<std::string>();
  for (const auto& [name, value] : object.items()) {
    const bool told = (&value == &level && fields.level) || (&value == &message && message.is_string());
    if (!told && std::ranges::find(background, name) == background.end()) fields.rest.emplace_back(name, value);
  }
  return fields;
}

const Json& field_at(const Json& object, std::string_view name) {
  if (const auto found = object.find(name); found != object.end()) return *found;
  if (name == "level") return first_of(object, level_keys);
  if (name == "msg" || name == "message") return first_of(object, message_keys);
  const Json* at = &object;
  for (const std::string& part : split(name, '.')) at = &at_path(*at, {part});
  return *at;
}

std::string value_text(const Json& value) {
  return value.is_string() ? value.get<std::string>() : to_text(value);
}

Condition::Condition(const std::string& text) {
  static constexpr std::array<std::pair<std::string_view, Operator>, 8> operators = {
      {{">=", Operator::greater_or_equal},
       {"<=", Operator::less_or_equal},
       {"!=", Operator::unequal},
       {"==", Operator::equal},
       {"=", Operator::equal},
       {">", Operator::greater},
       {"<", Operator::less},
       {"~", Operator::contains}}};
  const std::size_t at = text.find_first_of("<>=!~");
  const std::string_view rest = std::string_view(text).substr(std::min(at, text.size()));
  const auto found = std::ranges::find_if(operators, [&](const auto& row) { return rest.starts_with(row.first); });
  if (at == std::string::npos || at == 0 || found == operators.end())
    throw Error(ErrorKind::usage, fmt::format("--where: '{}' is no condition", text))
        .hint("write it as level>=warn, status!=200 or msg~timeout");
  name_ = trim(std::string_view(text).substr(0, at));
  wanted_ = trim(rest.substr(found->first.size()));
  operator_ = found->second;
  wanted_number_ = number_of(wanted_);
  if (name_ == "level") wanted_level_ = wanted_number_ ? level_of(*wanted_number_) : level_named(wanted_);
  if (name_ == "level" && !wanted_level_)
    throw Error(ErrorKind::usage, fmt::format("--where: '{}' is no level", wanted_))
        .hint(fmt::format("there are {}", fmt::join(level_names, ", ")));
}

bool Condition::compares(int order) const {
  switch (operator_) {
    case Operator::equal:
      return order == 0;
    case Operator::unequal:
      return order != 0;
    case Operator::less:
      return order < 0;
    case Operator::less_or_equal:
      return order <= 0;
    case Operator::greater:
      return order > 0;
    case Operator::greater_or_equal:
      return order >= 0;
    case Operator::contains:
      return false;
  }
  return false;
}

bool Condition::holds(const Json& object) const {
  const Json& value = field_at(object, name_);
  if (value.is_null()) return operator_ == Operator::unequal;
  if (operator_ == Operator::contains) return contains(value_text(value), wanted_);
  if (wanted_level_) {
    const std::optional<Level> level = level_of(value);
    return level ? compares(order_of(*level, *wanted_level_)) : operator_ == Operator::unequal;
  }
  const std::optional<double> number = value.is_number() ? std::optional(value.get<double>()) : std::nullopt;
  if (number && wanted_number_) return compares(order_of(*number, *wanted_number_));
  return compares(order_of(value_text(value), wanted_));
}

}  // namespace kforge::observe
