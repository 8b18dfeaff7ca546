// SPDX-License-Identifier: Apache-2.0
// The part of metadata that the server owns.
#pragma once

#include "base/duration.hpp"
#include "base/json.hpp"

#include <string>

namespace kforge::sandbox {

std::string new_uid();                                  // random UUID (RFC 9562 version 4)
std::string generated_name(const std::string& prefix);  // generateName plus five characters of the server's alphabet

Json& metadata_of(Json& object);
std::string name_of(const Json& object);
std::string namespace_of(const Json& object);
bool is_terminating(const Json& object);
bool has_finalizer(const Json& object, const std::string& name);
void add_finalizer(Json& object, const std::string& name);
void remove_finalizer(Json& object, const std::string& name);
// No finalizers of metadata are left.
bool is_finalized(const Json& object);

}  // namespace kforge::sandbox
