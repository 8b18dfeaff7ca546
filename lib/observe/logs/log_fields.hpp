// SPDX-License-Identifier: Apache-2.0
// Lines that services write as JSON: their level, message and fields, whatever the logging library calls them.
#pragma once

#include "base/json.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace kforge::observe {

enum class Level { trace, debug, info, warn, error, fatal };
std::string_view to_string(Level level);
// "warn", "WARNING", "W", 40 (pino and bunyan), …; empty when it is no level.
std::optional<Level> level_of(const Json& value);

struct LogFields {
  std::optional<Level> level;
  std::string message;
  std::vector<std::pair<std::string, Json>> rest;  // by name, without what every line has: time, pid, hostname
};
// The object that a line is, or null; nothing else is taken for one.
Json object_of_line(std::string_view line);
LogFields fields_of(const Json& object);

// The value at "level", "msg" or a dotted path such as "req.url"; null when there is none.
const Json& field_at(const Json& object, std::string_view name);
// A field's value for people: strings as they are, everything else as JSON.
std::string value_text(const Json& value);

// "level>=warn", "status!=200", "msg~timeout".
class Condition {
 public:
  // Throws Error{usage}.
  explicit Condition(const std::string& text);
  bool holds(const Json& object) const;

 private:
  enum class Operator { equal, unequal, less, less_or_equal, greater, greater_or_equal, contains };
  bool compares(int order) const;

  std::string name_, wanted_;
  std::optional<Level> wanted_level_;
  std::optional<double> wanted_number_;
  Operator operator_ = Operator::equal;
};

}  // namespace kforge::observe
