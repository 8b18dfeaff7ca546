// SPDX-License-Identifier: Apache-2.0
#include "render/bases.hpp"

#include "embedded/manifests.hpp"

#include "base/error.hpp"

#include <fmt/format.h>

namespace kforge::render {

Json base(std::string_view file, std::string_view object) {
  static const Json bases = Json::parse(embedded::manifests());
  const Json& found = at_path(bases, {file, object});
  if (!found.is_object()) throw Error(ErrorKind::internal, fmt::format("no base '{}' in '{}'", object, file));
  return found;
}

}  // namespace kforge::render
