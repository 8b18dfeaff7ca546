// SPDX-License-Identifier: Apache-2.0
#include "kube/kubeconfig_file.hpp"

#include "base/diagnostics.hpp"
#include "base/text.hpp"
#include "kube/file_trust.hpp"
#include "os/files.hpp"
#include "yaml/node.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace kforge::kube {
namespace {

// One file on its way into the Kubeconfig: where it is, and what is wrong with it.
struct Reader {
  std::string file;
  Kubeconfig& config;

  void problem(const yaml::Node& node, const std::string& text) const {
    config.problems.push_back(fmt::format("{}:{}: {}", file, node.line, text));
  }

  // Scalars as they are written: `name: 123` and `token: 0123` are texts here, as people expect.
  std::string text(const yaml::Node& map, const char* key) const {
    const yaml::Node* value = map.find(key);
    if (value == nullptr || value->is_null()) return {};
    if (value->is_scalar()) return value->scalar;
    problem(*value, fmt::format("'{}' must be a text", key));
    return {};
  }

  bool flag(const yaml::Node& map, const char* key) const {
    const yaml::Node* value = map.find(key);
    if (value == nullptr || value->is_null()) return false;
    if (value->type == yaml::Type::boolean) return to_lower(value->scalar) == "true";
    problem(*value, fmt::format("'{}' must be true or false", key));
    return false;
  }

  std::string path(const yaml::Node& map, const char* key) const {
    const std::string value = text(map, key);
    return value.empty() ? value : absolute_path(value, directory_of(file));
  }

  std::vector<std::string> texts(const yaml::Node& map, const char* key) const {
    const yaml::Node* list = map.find(key);
    std::vector<std::string> values;
    if (list == nullptr || list->is_null()) return values;
    if (!list->is_sequence()) problem(*list, fmt::format("'{}' must be a list", key));
    for (const yaml::Node& item : list->items) values.push_back(item.scalar);
    return values;
  }

  // Calls `take(name, value)` for every item {name, <key>} of a list; a name that is there twice is a problem.
  template <class Take>
  void named(const yaml::Node& map, const char* list_key, const char* value_key, Take take) const {
    const yaml::Node* list = map.find(list_key);
    if (list == nullptr || list->is_null()) return;
    if (!list->is_sequence()) return problem(*list, fmt::format("'{}' must be a list", list_key));
    std::set<std::string> names;
    for (const yaml::Node& item : list->items) {
      const std::string name = text(item, "name");
      if (!names.insert(name).second) problem(item, fmt::format("'{}' names '{}' twice", list_key, printable(name)));
      static const yaml::Node nothing;
      const yaml::Node* value = item.find(value_key);
      take(name, value == nullptr ? nothing : *value);
    }
  }
};

Json exec_extension(const Reader& reader, const yaml::Node& cluster) {
  Json found;
  reader.named(cluster, "extensions", "extension", [&](const std::string& name, const yaml::Node& extension) {
    if (name == "client.authentication.k8s.io/exec") found = yaml::to_json(extension);
  });
  return found;
}

ClusterEntry read_cluster(const Reader& reader, const yaml::Node& node) {
  return {.origin = reader.file,
          .server = reader.text(node, "server"),
          .tls_server_name = reader.text(node, "tls-server-name"),
          .certificate_authority = reader.path(node, "certificate-authority"),
          .certificate_authority_data = reader.text(node, "certificate-authority-data"),
          .proxy_url = reader.text(node, "proxy-url"),
          .insecure_skip_tls_verify = reader.flag(node, "insecure-skip-tls-verify"),
          .disable_compression = reader.flag(node, "disable-compression"),
          .exec_config = exec_extension(reader, node)};
}

ExecEntry read_exec(const Reader& reader, const yaml::Node& node) {
  ExecEntry exec{.command = reader.text(node, "command"),
                 .api_version = reader.text(node, "apiVersion"),
                 .install_hint = reader.text(node, "installHint"),
                 .interactive_mode = reader.text(node, "interactiveMode"),
                 .arguments = reader.texts(node, "args"),
                 .environment = {},
                 .provide_cluster_info = reader.flag(node, "provideClusterInfo"),
                 .cluster_config = {}};
  // A bare word is looked up in PATH; anything with a separator is a path.
  if (contains(exec.command, "/")) exec.command = absolute_path(exec.command, directory_of(reader.file));
  if (const yaml::Node* variables = node.find("env"); variables != nullptr)
    for (const yaml::Node& item : variables->items)
      exec.environment.emplace_back(reader.text(item, "name"), reader.text(item, "value"));
  return exec;
}

Impersonation read_impersonation(const Reader& reader, const yaml::Node& node) {
  Impersonation as{.user = reader.text(node, "as"),
                   .uid = reader.text(node, "as-uid"),
                   .groups = reader.texts(node, "as-groups"),
                   .extra = {}};
  if (const yaml::Node* extra = node.find("as-user-extra"); extra != nullptr)
    for (const yaml::Entry& entry : extra->entries)
      as.extra[entry.key.scalar] = reader.texts(*extra, entry.key.scalar.c_str());
  return as;
}

UserEntry read_user(const Reader& reader, const yaml::Node& node) {
  UserEntry user{.origin = reader.file,
                 .client_certificate = reader.path(node, "client-certificate"),
                 .client_certificate_data = reader.text(node, "client-certificate-data"),
                 .client_key = reader.path(node, "client-key"),
                 .client_key_data = Secret(reader.text(node, "client-key-data")),
                 .token = Secret(reader.text(node, "token")),
                 .password = Secret(reader.text(node, "password")),
                 .token_file = reader.path(node, "tokenFile"),
                 .username = reader.text(node, "username"),
                 .impersonation = read_impersonation(reader, node),
                 .exec = {},
                 .auth_provider = {}};
  if (const yaml::Node* exec = node.find("exec"); exec != nullptr && exec->is_mapping())
    user.exec = read_exec(reader, *exec);
  if (const yaml::Node* provider = node.find("auth-provider"); provider != nullptr && provider->is_mapping()) {
    user.auth_provider = AuthProviderEntry{.name = reader.text(*provider, "name"), .config = {}};
    if (const yaml::Node* values = provider->find("config"); values != nullptr)
      for (const yaml::Entry& entry : values->entries)
        user.auth_provider->config.emplace(entry.key.scalar, Secret(entry.value.scalar));
  }
  return user;
}

// The first file that defines a name wins the whole entry.
void merge_document(const Reader& reader, const yaml::Node& root) {
  Kubeconfig& config = reader.config;
  if (const std::string kind = reader.text(root, "kind"); !kind.empty() && kind != "Config")
    config.problems.push_back(fmt::format("{} is a {}, not a kubeconfig", reader.file, printable(kind)));
  reader.named(root, "clusters", "cluster", [&](const std::string& name, const yaml::Node& node) {
    config.clusters.try_emplace(name, read_cluster(reader, node));
  });
  reader.named(root, "users", "user", [&](const std::string& name, const yaml::Node& node) {
    config.users.try_emplace(name, read_user(reader, node));
  });
  reader.named(root, "contexts", "context", [&](const std::string& name, const yaml::Node& node) {
    config.contexts.try_emplace(name, ContextEntry{.origin = reader.file,
                                                   .cluster = reader.text(node, "cluster"),
                                                   .user = reader.text(node, "user"),
                                                   .name_space = reader.text(node, "namespace")});
  });
  if (config.current_context.empty()) config.current_context = reader.text(root, "current-context");
}

void judge_file(const std::string& file, Kubeconfig& config) {
  const std::optional<FileOwner> owner = owner_of(file);
  if (!owner) return;
  const FileTrust trust = judge(file, *owner);
  if (!trust.refusal.empty()) config.problems.push_back(trust.refusal);
  if (!trust.warning.empty()) config.warnings.push_back(trust.warning);
}

// The file's problems, one text each; a diagnostic never quotes the line, which may hold a token.
void add_problems(const InvalidInput& error, Kubeconfig& config) {
  for (const Diagnostic& item : error.diagnostics.all())
    config.problems.push_back(fmt::format("{}: {}", item.place.to_string(), item.message));
}

// Returns whether the file exists.
bool merge_file(const std::string& file, Kubeconfig& config) {
  try {
    std::optional<std::string> text = read_file(file);
    if (!text) return false;
    judge_file(file, config);
    config.files.push_back(file);
    const yaml::Node root = yaml::parse(file, std::move(*text));
    if (root.is_mapping())
      merge_document({file, config}, root);
    else if (!root.is_null())
      config.problems.push_back(file + " is not a kubeconfig");
  } catch (const InvalidInput& error) {
    add_problems(error, config);
  } catch (const Error& error) {
    config.problems.push_back(error.cause.empty() ? error.what() : fmt::format("{}: {}", error.what(), error.cause));
  }
  return true;
}

void merge_listed(const std::string& list, const Environment& environment, Kubeconfig& config) {
  std::vector<std::string> files;
  for (const std::string& entry : split(list, ':'))
    if (!entry.empty() && std::ranges::find(files, entry) == files.end()) files.push_back(entry);
  bool any = false;
  for (const std::string& file : files)
    any = merge_file(absolute_path(file, environment.working_directory), config) || any;
  if (!any && !files.empty())
    config.warnings.push_back(fmt::format("no file of KUBECONFIG exists: {}", quoted_list(files)));
}

}  // namespace

Kubeconfig read_kubeconfig(const std::string& file_flag, const Environment& environment) {
  Kubeconfig config;
  if (!file_flag.empty()) {
    if (!merge_file(absolute_path(file_flag, environment.working_directory), config))
      config.problems.push_back(fmt::format("the kubeconfig '{}' does not exist", file_flag));
  } else if (environment.has("KUBECONFIG")) {
    merge_listed(*environment.get("KUBECONFIG"), environment, config);
  } else if (environment.has("HOME")) {
    merge_file(*environment.get("HOME") + "/.kube/config", config);
  }
  return config;
}

}  // namespace kforge::kube
