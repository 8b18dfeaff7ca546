// SPDX-License-Identifier: Apache-2.0
#include "sandbox/api/object_meta.hpp"

#include "base/error.hpp"

#include <fmt/format.h>
#include <openssl/rand.h>

#include <algorithm>
#include <array>

namespace kforge::sandbox {
namespace {

template <std::size_t N>
std::array<unsigned char, N> random_bytes() {
  std::array<unsigned char, N> bytes{};
  if (RAND_bytes(bytes.data(), static_cast<int>(N)) != 1)
    throw Error(ErrorKind::internal, "the system gave no random bytes");
  return bytes;
}

}  // namespace

std::string new_uid() {
  auto bytes = random_bytes<16>();
  bytes[6] = static_cast<unsigned char>((bytes[6] & 0x0FU) | 0x40U);
  bytes[8] = static_cast<unsigned char>((bytes[8] & 0x3FU) | 0x80U);
  std::string text;
  for (std::size_t i = 0; i < bytes.size(); ++i)
    text += fmt::format("{}{:02x}", i == 4 || i == 6 || i == 8 || i == 10 ? "-" : "", bytes[i]);
  return text;
}

std::string generated_name(const std::string& prefix) {
  static constexpr std::string_view alphabet = "bcdfghjklmnpqrstvwxz2456789";  // no vowels, nothing that looks alike
  std::string name = prefix.substr(0, 58);
  for (const unsigned char byte : random_bytes<5>()) name += alphabet[byte % alphabet.size()];
  return name;
}

Json& metadata_of(Json& object) {
  return object["metadata"];
}
std::string name_of(const Json& object) {
  return string_at(object, {"metadata", "name"});
}
std::string namespace_of(const Json& object) {
  return string_at(object, {"metadata", "namespace"});
}
bool is_terminating(const Json& object) {
  return at_path(object, {"metadata", "deletionTimestamp"}).is_string();
}

bool has_finalizer(const Json& object, const std::string& name) {
  const Json& finalizers = at_path(object, {"metadata", "finalizers"});
  return finalizers.is_array() && std::ranges::find(finalizers, Json(name)) != finalizers.end();
}

void add_finalizer(Json& object, const std::string& name) {
  if (!has_finalizer(object, name)) object["metadata"]["finalizers"].push_back(name);
}

void remove_finalizer(Json& object, const std::string& name) {
  const auto metadata = object.find("metadata");
  if (metadata == object.end() || !metadata->contains("finalizers")) return;
  Json& finalizers = (*metadata)["finalizers"];
  if (!finalizers.is_array()) return;
  finalizers.erase(std::remove(finalizers.begin(), finalizers.end(), Json(name)), finalizers.end());
  if (finalizers.empty()) metadata->erase("finalizers");
}

bool is_finalized(const Json& object) {
  const Json& finalizers = at_path(object, {"metadata", "finalizers"});
  return !finalizers.is_array() || finalizers.empty();
}

}  // namespace kforge::sandbox
