// SPDX-License-Identifier: Apache-2.0
#include "project/settings.hpp"

#include "base/text.hpp"
#include "yaml/edit.hpp"

#include <fmt/format.h>

namespace kforge::project {
namespace {

const yaml::Node* find(const yaml::Node& root, const std::vector<std::string>& path) {
  const yaml::Node* node = &root;
  for (const std::string& key : path)
    if (node = node->find(key); node == nullptr) return nullptr;
  return node;
}

void refuse_variable(const yaml::Node& node) {
  if (!node.is_scalar() || !contains(node.scalar, "${")) return;
  Error error(ErrorKind::guard_refused, fmt::format("the value comes from a variable: {}", node.scalar));
  error.place = node.place();
  error.advice = "change the variable where it is set, or run it without --save";
  throw error;
}

}  // namespace

std::string with_settings(const Project& project, const FileText& file, const std::vector<Setting>& settings) {
  std::string text = file.text;
  for (const Setting& setting : settings) {
    std::vector<std::string> path = setting.path;
    if (!project.environment.empty()) path.insert(path.begin(), {"environments", project.environment});
    const yaml::Node document = yaml::parse(file.shown, text);
    for (const std::vector<std::string>& each : {setting.path, path})
      if (const yaml::Node* node = find(document, each)) refuse_variable(*node);
    text = yaml::with_value(file.shown, text, path, setting.value);
  }
  return text;
}

}  // namespace kforge::project
