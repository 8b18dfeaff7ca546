// SPDX-License-Identifier: Apache-2.0
#include "base/diagnostics.hpp"
#include "base/digest.hpp"
#include "base/text.hpp"
#include "os/files.hpp"
#include "render/drafts.hpp"
#include "render/render.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

namespace kforge::render {
namespace {

SecretValue known(std::string value) {
  SecretValue made{.value = std::nullopt, .token = "sha256 " + sha256_hex(value)};
  made.value = Secret(std::move(value));
  return made;
}

// Editors and `echo` end a file with a line feed that nobody means to be a part of a password.
std::string without_line_end(std::string text) {
  if (text.ends_with('\n')) text.pop_back();
  if (text.ends_with('\r')) text.pop_back();
  return text;
}

struct Reader {
  const project::Project& project;
  const std::map<std::string, std::string, std::less<>>& environment;
  Diagnostics problems;

  SecretValue read(const std::string& secret, const std::string& key, const project::SecretSource& source) {
    using Kind = project::SecretSource::Kind;
    const SourcePlace place = project.place_of({"secrets", secret, key});
    switch (source.kind) {
      case Kind::generate:
        return {.value = std::nullopt, .token = generated_token(0)};
      case Kind::literal:
        return known(source.name);
      case Kind::env:
        if (const auto found = environment.find(source.name); found != environment.end()) return known(found->second);
        problems.error(place, fmt::format("secret '{}': variable '{}' is not set", secret, source.name),
                       fmt::format("set it: export {}=…", source.name));
        return {};
      case Kind::file:
        return read_from_file(secret, source.name, place);
    }
    return {};
  }

  SecretValue read_from_file(const std::string& secret, const std::string& name, const SourcePlace& place) {
    const std::string path = absolute_path(name, project.directory);
    try {
      if (auto content = read_file(path)) return known(without_line_end(std::move(*content)));
      problems.error(place, fmt::format("secret '{}': file '{}' does not exist", secret, path));
    } catch (const Error& error) {
      problems.error(place, fmt::format("secret '{}': {}", secret, error.what()));
    }
    return {};
  }
};

// Keys without values, in their order; what the annotation listed already stays listed.
void hide(Json& object, std::set<std::string> keys) {
  Json& annotations = object["metadata"]["annotations"];
  if (!annotations.is_object()) annotations = Json::object();
  for (const std::string& key : split(annotations.value(redacted_annotation, ""), ','))
    if (!key.empty()) keys.insert(key);
  annotations.erase("kubectl.kubernetes.io/last-applied-configuration");  // has the values, too
  if (!keys.empty()) annotations[redacted_annotation] = join({keys.begin(), keys.end()}, ",");
  if (annotations.empty()) object["metadata"].erase("annotations");
}

// Types whose Secrets an API server refuses without their keys (ValidateSecret in Kubernetes' core validation).
bool needs_its_keys(const Json& secret) {
  constexpr std::array<std::string_view, 5> types{"kubernetes.io/tls", "kubernetes.io/dockerconfigjson",
                                                  "kubernetes.io/dockercfg", "kubernetes.io/basic-auth",
                                                  "kubernetes.io/ssh-auth"};
  return std::ranges::find(types, string_at(secret, {"type"})) != types.end();
}

}  // namespace

std::string generated_token(int rotations) {
  return fmt::format("generated {}", rotations);
}

SecretValues resolve_local(const project::Project& project,
                           const std::map<std::string, std::string, std::less<>>& environment) {
  Reader reader{.project = project, .environment = environment, .problems = {}};
  SecretValues values;
  for (const auto& [name, spec] : project.secrets) {
    if (spec.existing) continue;
    for (const auto& [key, source] : spec.values) values[name + "/" + key] = reader.read(name, key, source);
  }
  if (!reader.problems.ok()) throw InvalidInput(std::move(reader.problems));
  return values;
}

bool is_secret(const Json& object) {
  return string_at(object, {"kind"}) == "Secret" && string_at(object, {"apiVersion"}) == "v1";
}

Json redacted(Json object) {
  if (!is_secret(object)) return object;
  std::set<std::string> keys;
  for (const char* field : {"data", "stringData"}) {
    if (const auto values = object.find(field); values != object.end() && values->is_object())
      for (const auto& [key, value] : values->items()) keys.insert(key);
    object.erase(field);
  }
  hide(object, std::move(keys));
  return object;
}

Rendered for_showing(Rendered rendered) {
  std::erase_if(rendered.objects,
                [](const Object& object) { return is_secret(object.manifest) && needs_its_keys(object.manifest); });
  for (Object& object : rendered.objects) object.manifest = redacted(std::move(object.manifest));
  return rendered;
}

}  // namespace kforge::render
