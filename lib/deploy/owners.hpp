// SPDX-License-Identifier: Apache-2.0
// Whose an object is: marks that other tools leave on what they manage.
#pragma once

#include "base/json.hpp"

#include <optional>
#include <string>

namespace kforge::deploy {

struct Membership {
  std::string project;
  std::string applyset;  // id of the project's ApplySet
};

// Whether the object carries the labels of this project and of its ApplySet.
bool is_member(const Json& live, const Membership& membership);

// Who else manages the object, for people ("Helm release 'shop'", "project 'store'"); empty when nobody claims it.
// Marks: deploy-engine §5.3.
std::optional<std::string> foreign_owner(const Json& live, const Membership& membership);

}  // namespace kforge::deploy
