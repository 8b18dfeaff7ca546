// SPDX-License-Identifier: Apache-2.0
#include "deploy/secrecy.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <cctype>

namespace kforge::deploy {
namespace {

constexpr std::size_t shortest_literal = 8;
constexpr std::size_t longest_value = 64 * 1024;  // more is a file, of which no message repeats the whole

bool is_literal(const project::Project& project, const std::string& secret_and_key) {
  const auto slash = secret_and_key.find('/');
  const auto secret = project.secrets.find(secret_and_key.substr(0, slash));
  if (secret == project.secrets.end()) return false;
  const auto source = secret->second.values.find(secret_and_key.substr(slash + 1));
  return source != secret->second.values.end() && source->second.kind == project::SecretSource::Kind::literal;
}

// Names of users, databases and hosts stand in Secrets, too; hiding them everywhere would make messages unreadable.
bool looks_like_a_name(const std::string& text) {
  return text.size() < shortest_literal || std::ranges::all_of(text, [](unsigned char c) {
           return std::islower(c) != 0 || c == '-' || c == '_' || c == '.';
         });
}

std::string decoded(const std::string& text) {
  try {
    return base64_decode(text);
  } catch (const Error&) {
    return {};  // the server will say that it is not base64
  }
}

}  // namespace

void learn_secret(Masker& masker, const Json& manifest) {
  if (string_at(manifest, {"kind"}) != "Secret") return;
  for (const char* field : {"data", "stringData"})
    for (const auto& [key, value] : at_path(manifest, {field}).items()) {
      if (!value.is_string() || value.get_ref<const std::string&>().size() > longest_value) continue;
      const auto& text = value.get_ref<const std::string&>();
      const std::string plain = std::string_view(field) == "data" ? decoded(text) : text;
      for (const std::string& form : {text, plain})
        if (!looks_like_a_name(form)) masker.add(form);
    }
}

void learn_secrets(Masker& masker, const project::Project& project, const render::SecretValues& values) {
  for (const auto& [name, entry] : values)
    if (entry.value && !(is_literal(project, name) && looks_like_a_name(entry.value->reveal())))
      masker.add(entry.value->reveal());
  for (const project::OwnManifest& own : project.manifests)
    for (const yaml::Node& object : own.objects) learn_secret(masker, yaml::to_json(object));
}

}  // namespace kforge::deploy
