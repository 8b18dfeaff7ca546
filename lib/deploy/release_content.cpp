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

Json objects_json(const render::Rendered& content) {
  Json list = Json::array();
  for (const render::Object* object : in_order(content))
    list.push_back(
        {{"tier", project::to_string(object->tier)}, {"service", object->service}, {"manifest", object->manifest}});
  return list;
}

std::set<std::string> digests_in(const render::Rendered& content) {
  std::set<std::string> digests;
  for (const render::Object& object : content.objects) {
    if (!render::is_secret(object.manifest)) continue;
    for (const Json& value : at_path(object.manifest, {"data"}))
      if (value.is_string()) digests.insert(value.get<std::string>());
  }
  return digests;
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

KeptValues values_in(const render::Rendered& rendered, const std::string& salt) {
  KeptValues values;
  for (const render::Object& object : rendered.objects) {
    if (!render::is_secret(object.manifest)) continue;
    for (const char* field : {"data", "stringData"})
      for (const auto& [key, value] : at_path(object.manifest, {field}).items())
        if (value.is_string()) {
          const std::string text = plain(field, value.get<std::string>());
          values.emplace(value_digest(salt, text), Secret(text));
        }
  }
  return values;
}

ReleaseContent merged(const ReleaseContent& before, const ReleaseContent& now,
                      const std::vector<std::string>& services) {
  std::set<kube::ObjectRef> chosen;
  for (const Change& change : selected_changes(now.objects, services)) chosen.insert(change.ref);
  const auto is_replaced = [&](const render::Object& object) {
    return chosen.contains(kube::ref_of(object.manifest)) ||
           std::ranges::find(services, object.service) != services.end();
  };
  ReleaseContent result;
  for (const render::Object& object : before.objects.objects)
    if (!is_replaced(object)) result.objects.objects.push_back(object);
  for (const render::Object& object : now.objects.objects)
    if (chosen.contains(kube::ref_of(object.manifest))) result.objects.objects.push_back(object);
  const std::set<std::string> used = digests_in(result.objects);
  for (const ReleaseContent* each : {&before, &now})
    for (const auto& [digest, value] : each->values)
      if (used.contains(digest)) result.values.emplace(digest, value);
  return result;
}

std::string content_text(const ReleaseContent& content) {
  if (content.values.empty()) return to_text(objects_json(content.objects));
  Json values = Json::object();
  for (const auto& [digest, value] : content.values) values[digest] = base64_encode(value.reveal());
  return to_text({{"objects", objects_json(content.objects)}, {"values", std::move(values)}});
}

std::optional<ReleaseContent> content_of(std::string_view text) {
  const Json json = Json::parse(text, nullptr, false);
  const Json& list = json.is_object() ? at_path(json, {"objects"}) : json;
  if (!list.is_array()) return std::nullopt;
  ReleaseContent content;
  for (const Json& each : list) {
    const std::optional<project::Tier> tier = tier_named(string_at(each, {"tier"}));
    const Json& manifest = at_path(each, {"manifest"});
    if (!tier || string_at(manifest, {"kind"}).empty()) return std::nullopt;
    content.objects.objects.push_back(
        {.manifest = manifest, .tier = *tier, .service = string_at(each, {"service"}), .origin = {}});
  }
  for (const auto& [digest, value] : at_path(json, {"values"}).items())
    if (value.is_string()) content.values.emplace(digest, Secret(plain("data", value.get<std::string>())));
  return content;
}

std::string content_hash(const render::Rendered& objects) {
  return "sha256:" + sha256_hex(to_text(objects_json(objects)));
}

}  // namespace kforge::deploy
