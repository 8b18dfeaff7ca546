// SPDX-License-Identifier: Apache-2.0
#include "tests/support/json_mutation.hpp"

#include <cstdint>
#include <limits>
#include <string>
#include <utility>
#include <vector>

namespace kforge::tests {
namespace {

void collect(Json& value, std::vector<Json*>& places) {
  places.push_back(&value);
  if (!value.is_structured()) return;
  for (Json& child : value) collect(child, places);
}

std::size_t below(std::size_t limit, std::mt19937_64& random) {
  return std::uniform_int_distribution<std::size_t>(0, limit - 1)(random);
}

Json odd_value(std::mt19937_64& random) {
  static const std::vector<Json> values = {nullptr,
                                           true,
                                           0,
                                           -1,
                                           std::numeric_limits<std::int64_t>::min(),
                                           std::numeric_limits<std::int64_t>::max(),
                                           std::numeric_limits<std::uint64_t>::max(),
                                           1e300,
                                           "",
                                           "-",
                                           "True",
                                           "9999-12-31T23:59:59Z",
                                           "0000-01-01T00:00:00Z",
                                           "Failed to pull image \"",
                                           "couldn't find key ",
                                           "exceeded quota: ",
                                           "\x1b[31m\xff",
                                           std::string(300, ':'),
                                           Json::array(),
                                           Json::array({nullptr, 1, "x"}),
                                           Json::object(),
                                           {{"name", 1}}};
  return values[below(values.size(), random)];
}

void shrink(Json& value, std::mt19937_64& random) {
  auto at = value.begin();
  std::advance(at, static_cast<std::ptrdiff_t>(below(value.size(), random)));
  value.erase(at);
}

}  // namespace

void mutate(Json& document, std::mt19937_64& random) {
  std::vector<Json*> places;
  collect(document, places);
  Json& place = *places[below(places.size(), random)];
  switch (below(4, random)) {
    case 0:
      if (place.is_structured() && !place.empty()) return shrink(place, random);
      break;
    case 1:
      if (place.is_array() && !place.empty()) return place.push_back(Json(place[below(place.size(), random)]));
      break;
    case 2: {  // by copies, because one may be inside of the other
      Json other = *places[below(places.size(), random)];
      place = std::move(other);
      return;
    }
    default:
      break;
  }
  place = odd_value(random);
}

}  // namespace kforge::tests
