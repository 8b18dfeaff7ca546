// SPDX-License-Identifier: Apache-2.0
#include "deploy/release_content.hpp"

#include "base/digest.hpp"
#include "base/text.hpp"
#include "deploy/selection.hpp"

#include <algorithm>
#include <set>

namespace kforge::deploy {
namespace {

constexpr std::string_view digest_mark = "hmac-sha256:";

std::string plain(const std::string& field, const std::string& text) {
  if (field == "stringData") return text;
  try {
    return base64_decode(text);
  } catch (const Error&) {
    return text;  // no base64: the server refuses it anyway
  }
}

std::optional<project::Tier> tier_named(std::string_view name) {
  using enum project::Tier;
  for (const project::Tier tier : {namespaces, database, auth, backend, gateway})
    if (project::to_string(tier) == name) return tier;
  return std::nullopt;
}

// Stages and waves order a run, so that the order in a content says nothing.
std::vector<const render::Object*> in_order(const render::Rendered& content) {
  std::vector<const render::Object*> objects;
  for (const render::Object& object : content.objects) objects.push_back(&object);
  std::ranges::sort(objects, {}, [](const render::Object* object) {
    return std::pair(object->tier, kube::ref_of(object->manifest));
  });
  return objects;
}

}  // namespace

std::string value_digest(const std::string& salt, std::string_view value) {
  return std::string(digest_mark) + hmac_sha256_hex(salt, value);
}

bool is_value_digest(std::string_view text) {
  return text.starts_with(digest_mark);
}

Json without_values(Json manifest, const std::string& salt) {
  if (!render::is_secret(manifest)) return manifest;
  Json digests = Json::object();
  for (const char* field : {"data", "stringData"}) {  // as in a server, stringData wins
    for (const auto& [key, value] : at_path(manifest, {field}).items())
      if (value.is_string()) digests[key] = value_digest(salt, plain(field, value.get<std::string>()));
    manifest.erase(field);
  }
  if (!digests.empty()) manifest["data"] = std::move(digests);
  return manifest;
}

render::Rendered without_values(const render::Rendered& rendered, const std::string& salt) {
  render::Rendered content;
  for (const render::Object& object : rendered.objects)
    content.objects.push_back({.manifest = without_values(object.manifest, salt),
                               .tier = object.tier,
                               .service = object.service,
                               .origin = {}});
  return content;
}

render::Rendered merged(const render::Rendered& before, const render::Rendered& now,
                        const std::vector<std::string>& services) {
  std::set<kube::ObjectRef> chosen;
  for (const Change& change : selected_changes(now, services)) chosen.insert(change.ref);
  const auto is_replaced = [&](const render::Object& object) {
    return chosen.contains(kube::ref_of(object.manifest)) ||
           std::ranges::find(services, object.service) != services.end();
  };
  render::Rendered result;
  for (const render::Object& object : before.objects)
    if (!is_replaced(object)) result.objects.push_back(object);
  for (const render::Object& object : now.objects)
    if (chosen.contains(kube::ref_of(object.manifest))) result.objects.push_back(object);
  return result;
}

std::string content_text(const render::Rendered& content) {
  Json list = Json::array();
  for (const render::Object* object : in_order(content))
    list.push_back(
        {{"tier", project::to_string(object->tier)}, {"service", object->service}, {"manifest", object->manifest}});
  return to_text(list);
}

std::optional<render::Rendered> content_of(std::string_view text) {
  const Json list = Json::parse(text, nullptr, false);
  if (!list.is_array()) return std::nullopt;
  render::Rendered content;
  for (const Json& each : list) {
    const std::optional<project::Tier> tier = tier_named(string_at(each, {"tier"}));
    const Json& manifest = at_path(each, {"manifest"});
    if (!tier || string_at(manifest, {"kind"}).empty()) return std::nullopt;
    content.objects.push_back(
        {.manifest = manifest, .tier = *tier, .service = string_at(each, {"service"}), .origin = {}});
  }
  return content;
}

std::string content_hash(std::string_view text) {
  return "sha256:" + sha256_hex(text);
}

}  // namespace kforge::deploy
