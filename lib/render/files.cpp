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

}  // namespace

std::map<std::string, std::string> files_of(const Rendered& rendered) {
  std::map<std::string, std::vector<Json>> documents;
  for (const Object& object : rendered.objects) documents[file_of(object)].push_back(redacted(object.manifest));
  std::map<std::string, std::string> files;
  for (const auto& [path, objects] : documents) files[path] = yaml::emit_all(objects);
  return files;
}

}  // namespace kforge::render
