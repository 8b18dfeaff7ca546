// SPDX-License-Identifier: Apache-2.0
#include "deploy/disguise.hpp"

#include "base/digest.hpp"
#include "base/text.hpp"
#include "deploy/preview.hpp"

namespace kforge::deploy {
namespace {

constexpr std::size_t key_length = 32, shown_digits = 8;

// stringData and data of one value hash alike.
std::string decoded(const std::string& text) {
  try {
    return base64_decode(text);
  } catch (const Error&) {
    return text;
  }
}

}  // namespace

Disguise::Disguise(const Masker& masker) : masker_(masker), key_(random_alphanumeric(key_length)) {}

std::string Disguise::digest(std::string_view value) const {
  return "#" + hmac_sha256_hex(key_, value).substr(0, shown_digits);
}

Json Disguise::hidden(const Json& value, bool encoded) const {
  if (value.is_null()) return value;
  if (value.is_structured()) {
    Json copy = value;
    for (Json& part : copy) part = hidden(part, encoded);
    return copy;
  }
  const std::string text = value.is_string() ? value.get<std::string>() : to_text(value);
  return digest(encoded ? decoded(text) : text);
}

Json Disguise::masked(Json value) const {
  if (value.is_string()) return masker_.masked(value.get<std::string>());
  if (value.is_structured())
    for (Json& part : value) part = masked(std::move(part));
  return value;
}

void Disguise::hide_secret(Json& value, std::string_view path) const {
  const std::string_view top = path.substr(0, path.find_first_of(".["));
  if (top == "data" || top == "stringData")
    value = hidden(value, top == "data");
  else
    value = masked(std::move(value));
}

void Disguise::hide(PlannedObject& object) const {
  const bool secret = object.object.kind.kind == "Secret";
  const auto cover = [&](Json& value, std::string_view path) {
    if (secret)
      hide_secret(value, path);
    else
      value = masked(std::move(value));
  };
  for (FieldChange& field : object.fields) {
    cover(field.before, field.path);
    cover(field.after, field.path);
  }
  for (HeldField& field : object.conflicts) {
    cover(field.live, field.path);
    cover(field.ours, field.path);
  }
  object.remark = masker_.masked(std::move(object.remark));
}

}  // namespace kforge::deploy
