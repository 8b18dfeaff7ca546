// SPDX-License-Identifier: Apache-2.0
#include "rollout/cause.hpp"

#include "rollout/cause_rows.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <stdexcept>

namespace kforge::rollout {

const std::vector<Cause>& causes() {
  static const std::vector<Cause> table = [] {
    std::vector<Cause> rows(pod_cause_rows().begin(), pod_cause_rows().end());
    rows.insert(rows.end(), object_cause_rows().begin(), object_cause_rows().end());
    return rows;
  }();
  return table;
}

namespace {

const Cause* row_of(int number) {
  const auto& table = causes();
  const auto row = std::lower_bound(table.begin(), table.end(), number,
                                    [](const Cause& each, int wanted) { return static_cast<int>(each.id) < wanted; });
  return row != table.end() && static_cast<int>(row->id) == number ? &*row : nullptr;
}

}  // namespace

const Cause& cause(CauseId id) {
  const Cause* row = row_of(static_cast<int>(id));
  if (row == nullptr) throw std::logic_error(fmt::format("no row for cause {}", static_cast<int>(id)));
  return *row;
}

const Cause* find_cause(std::string_view code) {
  if (code.size() > 2 && (code[0] == 'K' || code[0] == 'k') && (code[1] == 'F' || code[1] == 'f'))
    code.remove_prefix(2);
  int number = 0;
  const auto [end, failure] = std::from_chars(code.data(), code.data() + code.size(), number);
  return failure == std::errc{} && end == code.data() + code.size() ? row_of(number) : nullptr;
}

std::string causes_markdown() {
  std::string page =
      "# Causes\n\n"
      "Why kforge says that an object failed, or is ready with a warning. `kforge explain CODE` prints one of these.\n"
      "This page is generated from the table of causes; codes are never re-used.\n";
  for (const Cause& row : causes())
    page += fmt::format("\n## {}: {}\n\n`{}`\n\n{}\n\nWhat to do: {}.\n", row.code, row.title, row.reason,
                        row.explanation, row.hint);
  return page;
}

}  // namespace kforge::rollout
