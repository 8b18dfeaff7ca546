// SPDX-License-Identifier: Apache-2.0
#include "project/model.hpp"

#include "base/text.hpp"
#include "project/characters.hpp"

#include <algorithm>
#include <charconv>

namespace kforge::project {
namespace {

// The step of a path inside of a value: a key, or the index of an item from 0.
const yaml::Node* step_into(const yaml::Node& node, const std::string& step) {
  if (!node.is_sequence()) return node.find(step);
  std::size_t index = 0;
  const auto [end, error] = std::from_chars(step.data(), step.data() + step.size(), index);
  return error == std::errc{} && end == step.data() + step.size() && index < node.items.size() ? &node.items[index]
                                                                                               : nullptr;
}

const yaml::Node* key_of(const yaml::Node& mapping, const std::string& name) {
  const auto found =
      std::ranges::find_if(mapping.entries, [&](const yaml::Entry& entry) { return entry.key.scalar == name; });
  return found == mapping.entries.end() ? nullptr : &found->key;
}

}  // namespace

std::string_view to_string(Tier tier) {
  switch (tier) {
    case Tier::namespaces:
      return "namespaces";
    case Tier::database:
      return "database";
    case Tier::auth:
      return "auth";
    case Tier::backend:
      return "backend";
    case Tier::gateway:
      break;
  }
  return "gateway";
}

const std::string& Namespaces::of(Tier tier) const {
  static const std::string none;
  switch (tier) {
    case Tier::namespaces:
      return none;
    case Tier::database:
      return database;
    case Tier::auth:
      return auth;
    case Tier::backend:
      return backend;
    case Tier::gateway:
      break;
  }
  return gateway;
}

bool is_kubernetes_own(std::string_view name_space) {
  return name_space.starts_with("kube-");
}

std::string role_secret_name(std::string_view role) {
  return "postgres-role-" + replace_all(std::string(role), "_", "-");
}

std::string url_variable(std::string_view service) {
  constexpr std::string_view suffix = "-service";
  if (service.ends_with(suffix) && service.size() > suffix.size()) service.remove_suffix(suffix.size());
  std::string name;
  for (const char c : service) name += is_lower(c) ? static_cast<char>(c - 'a' + 'A') : is_alphanumeric(c) ? c : '_';
  return name + "_SERVICE_URL";
}

const Service* Project::find_service(std::string_view wanted) const {
  const auto found = std::ranges::find(services, wanted, &Service::name);
  return found == services.end() ? nullptr : &*found;
}

// A mapping is shown at its key, anything else where it stands.
SourcePlace Project::place_of(const std::vector<std::string>& path) const {
  const yaml::Node* node = &document;
  const yaml::Node* shown = node;
  for (const std::string& step : path) {
    const yaml::Node* next = step_into(*node, step);
    if (next == nullptr) break;
    const yaml::Node* key = node->is_mapping() ? key_of(*node, step) : nullptr;
    shown = key != nullptr && !next->is_scalar() ? key : next;
    node = next;
  }
  SourcePlace place = shown->place();
  if (place.file.empty()) place.file = file;
  return place;
}

}  // namespace kforge::project
