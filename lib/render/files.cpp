// SPDX-License-Identifier: Apache-2.0
#include "render/render.hpp"
#include "yaml/node.hpp"

#include <fmt/format.h>

namespace kforge::render {
namespace {

// One file per component: the order of files in a folder means nothing to kubectl.
std::string file_of(const Object& object) {
  if (object.tier == project::Tier::namespaces) return "namespaces/namespaces.yaml";
  const std::string name = object.service.empty() ? "shared" : object.service;
  return fmt::format("{}/{}.yaml", to_string(object.tier), name);
}

void append_document(std::string& text, const Object& object) {
  if (!text.empty()) text += "---\n";
  text += is_secret(object.manifest) ? yaml::emit(redacted(object.manifest)) : yaml::emit(object.manifest);
}

}  // namespace

std::string to_yaml(const Rendered& rendered) {
  std::string text;
  for (const Object& object : rendered.objects) append_document(text, object);
  return text;
}

std::map<std::string, std::string> files_of(const Rendered& rendered) {
  std::map<std::string, std::string> files;
  for (const Object& object : rendered.objects) append_document(files[file_of(object)], object);
  return files;
}

}  // namespace kforge::render
