// SPDX-License-Identifier: Apache-2.0
#include "deploy/events.hpp"

namespace kforge::deploy {

std::string_view to_string(Action action) {
  switch (action) {
    case Action::create:
      return "create";
    case Action::update:
      return "update";
    case Action::unchanged:
      return "unchanged";
    case Action::remove:
      return "remove";
    case Action::keep:
      return "keep";
    case Action::conflict:
      return "conflict";
  }
  return "";
}

}  // namespace kforge::deploy
