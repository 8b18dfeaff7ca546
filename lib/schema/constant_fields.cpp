// SPDX-License-Identifier: Apache-2.0
// The fields that Go's encoding of the server's types always writes. In OpenAPI they are the structs with default {},
// and the required fields: scalars with their zero value as default, lists and pointers without one, which stand as
// null.
#include "schema/managers.hpp"

namespace kforge::schema {
namespace {

bool is_zero(const Json& value) {
  return value == "" || (value.is_number() && value == 0) || value == false;
}

// The value that an encoder writes for a field that was not set; nullptr when it writes nothing.
const Json* constant_value(const Field& field, RequiredNulls nulls) {
  static const Json null;
  if (field.default_value == nullptr) return field.required && nulls == RequiredNulls::yes ? &null : nullptr;
  const bool object = field.default_value->is_object() && field.default_value->empty();
  return object || (field.required && is_zero(*field.default_value)) ? field.default_value : nullptr;
}

void fill(const Field& place, Json& value, RequiredNulls nulls);

void fill_fields(const Type& type, Json& object, RequiredNulls nulls) {
  for (const Field& field : type.fields) {
    auto found = object.find(field.name);
    if (found == object.end()) {
      const Json* value = constant_value(field, nulls);
      if (value == nullptr) continue;
      found = object.emplace(field.name, *value).first;
    }
    fill(field, *found, nulls);
  }
}

void fill(const Field& place, Json& value, RequiredNulls nulls) {
  if (place.type == FieldType::object && value.is_object()) {
    fill_fields(*place.object_type, value, nulls);
  } else if (place.element != nullptr && value.is_structured()) {
    for (Json& item : value) fill(*place.element, item, nulls);
  }
}

}  // namespace

Json with_constant_fields(const Kind& kind, Json object, RequiredNulls nulls) {
  fill_fields(*kind.type, object, nulls);
  return object;
}

Json with_constant_fields(const Kind& kind, Json object) {
  return with_constant_fields(kind, std::move(object), RequiredNulls::no);
}

}  // namespace kforge::schema
