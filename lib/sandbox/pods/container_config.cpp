// SPDX-License-Identifier: Apache-2.0
#include "sandbox/pods/container_config.hpp"

#include "base/error.hpp"
#include "base/text.hpp"
#include "sandbox/api/object_meta.hpp"
#include "sandbox/pods/pod_fields.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace kforge::sandbox {
namespace {

// Both kinds of key-value objects, and how messages name them.
struct Source {
  const char *resource, *word, *kind;
};
constexpr Source config_map{"configmaps", "configmap", "ConfigMap"}, secret{"secrets", "secret", "Secret"};

std::string decoded(const Json& value) {
  try {
    return value.is_string() ? base64_decode(value.get_ref<const std::string&>()) : std::string();
  } catch (const Error&) {
    return {};
  }
}

std::map<std::string, std::string> values_of(const Source& source, const Json& object) {
  std::map<std::string, std::string> values;
  const bool encoded = &source == &secret;
  for (const auto& [key, value] : at_path(object, {"data"}).items())
    values[key] = encoded ? decoded(value) : value.is_string() ? value.get<std::string>() : std::string();
  for (const auto& [key, value] : at_path(object, {"binaryData"}).items()) values[key] = decoded(value);
  return values;
}

class EnvBuilder {
 public:
  EnvBuilder(const Store& store, const Json& pod, const Json& container)
      : store_(store), pod_(pod), container_(container), name_space_(namespace_of(pod)) {}

  ContainerEnv build() {
    add_service_links();
    for (const Json& source : at_path(container_, {"envFrom"})) add_all(source);
    for (const Json& variable : at_path(container_, {"env"})) add(variable);
    return {std::move(variables_), std::move(error_)};
  }

 private:
  void set(const std::string& name, std::string value) {
    const auto known = std::ranges::find(variables_, name, &std::pair<std::string, std::string>::first);
    if (known != variables_.end())
      known->second = std::move(value);
    else
      variables_.emplace_back(name, std::move(value));
  }

  const std::string* value_of(std::string_view name) const {
    const auto known = std::ranges::find(variables_, name, &std::pair<std::string, std::string>::first);
    return known == variables_.end() ? nullptr : &known->second;
  }

  void fail(std::string message) {
    if (error_.empty()) error_ = std::move(message);
  }

  // ORDERS_SERVICE_HOST and its relatives (pkg/kubelet/envvars), with Docker's old names left out.
  void add_service_links() {
    const auto add_service = [&](const Json& service) {
      const std::string ip = string_at(service, {"spec", "clusterIP"});
      const Json& ports = at_path(service, {"spec", "ports"});
      if (ip.empty() || ip == "None" || !ports.is_array() || ports.empty()) return;
      std::string prefix = replace_all(name_of(service), "-", "_");
      std::ranges::transform(prefix, prefix.begin(), [](unsigned char c) { return std::toupper(c); });
      set(prefix + "_SERVICE_HOST", ip);
      set(prefix + "_SERVICE_PORT", std::to_string(int_at(ports[0], {"port"})));
    };
    if (const ObjectPtr api = store_.get({"services", "default", "kubernetes"})) add_service(*api);
    if (!bool_at(pod_, {"spec", "enableServiceLinks"}, true)) return;
    for (const ObjectPtr& service : store_.list("services", name_space_)) add_service(*service);
  }

  void add_all(const Json& reference) {
    for (const auto& [field, source] : {std::pair{"configMapRef", &config_map}, {"secretRef", &secret}}) {
      const Json& wanted = at_path(reference, {field});
      if (!wanted.is_object()) continue;
      const std::string name = string_at(wanted, {"name"});
      const ObjectPtr object = store_.get({source->resource, name_space_, name});
      if (!object && !bool_at(wanted, {"optional"})) fail(fmt::format("{} \"{}\" not found", source->word, name));
      if (!object) continue;
      for (auto& [key, value] : values_of(*source, *object)) set(string_at(reference, {"prefix"}) + key, value);
    }
  }

  void add(const Json& variable) {
    const std::string name = string_at(variable, {"name"});
    const Json& from = at_path(variable, {"valueFrom"});
    if (!from.is_object()) return set(name, expanded(string_at(variable, {"value"})));
    if (const Json& key = at_path(from, {"configMapKeyRef"}); key.is_object()) return add_key(name, key, config_map);
    if (const Json& key = at_path(from, {"secretKeyRef"}); key.is_object()) return add_key(name, key, secret);
    if (const Json& field = at_path(from, {"fieldRef"}); field.is_object())
      set(name, pod_field(pod_, string_at(field, {"fieldPath"})));
    if (const Json& field = at_path(from, {"resourceFieldRef"}); field.is_object())
      set(name, resource_field(container_, field));
  }

  void add_key(const std::string& name, const Json& reference, const Source& source) {
    const std::string object_name = string_at(reference, {"name"}), key = string_at(reference, {"key"});
    const bool optional = bool_at(reference, {"optional"});
    const ObjectPtr object = store_.get({source.resource, name_space_, object_name});
    if (!object) {
      if (!optional) fail(fmt::format("{} \"{}\" not found", source.word, object_name));
      return;
    }
    const auto values = values_of(source, *object);
    if (const auto found = values.find(key); found != values.end())
      set(name, found->second);
    else if (!optional)
      fail(fmt::format("couldn't find key {} in {} {}/{}", key, source.kind, name_space_, object_name));
  }

  // $(NAME) of what is known so far; $$(NAME) is a literal $(NAME)
  // (k8s.io/kubernetes/third_party/forked/golang/expansion).
  std::string expanded(const std::string& text) const {
    std::string result;
    for (std::size_t i = 0; i < text.size(); ++i) {
      const std::size_t end =
          text[i] == '$' && i + 1 < text.size() && text[i + 1] == '(' ? text.find(')', i) : text.npos;
      if (text.compare(i, 2, "$$") == 0) {
        result += '$';
        ++i;
      } else if (end != std::string::npos) {
        const std::string* const value = value_of(std::string_view(text).substr(i + 2, end - i - 2));
        result += value != nullptr ? *value : text.substr(i, end - i + 1);
        i = end;
      } else {
        result += text[i];
      }
    }
    return result;
  }

  const Store& store_;
  const Json &pod_, &container_;
  std::string name_space_, error_;
  std::vector<std::pair<std::string, std::string>> variables_;
};

// The files of one ConfigMap or Secret source by relative path; a problem when something asked for is not there.
struct Files {
  std::map<std::string, std::string> by_path;
  std::string problem;
};

Files object_files(const Store& store, const std::string& name_space, const Source& source, const Json& wanted) {
  const std::string name = string_at(wanted, {"name"}, string_at(wanted, {"secretName"}));
  const bool optional = bool_at(wanted, {"optional"});
  const ObjectPtr object = store.get({source.resource, name_space, name});
  if (!object) return {{}, optional ? "" : fmt::format("{} \"{}\" not found", source.word, name)};
  auto values = values_of(source, *object);
  const Json& items = at_path(wanted, {"items"});
  if (!items.is_array() || items.empty()) return {std::move(values), ""};
  Files files;
  for (const Json& item : items) {
    const std::string key = string_at(item, {"key"});
    if (const auto found = values.find(key); found != values.end())
      files.by_path[string_at(item, {"path"})] = found->second;
    else if (!optional)
      files.problem = &source == &secret ? "references non-existent secret key: " + key
                                         : "configmap references non-existent config key: " + key;
  }
  return files;
}

Files downward_files(const Json& pod, const Json& wanted) {
  Files files;
  for (const Json& item : at_path(wanted, {"items"}))
    files.by_path[string_at(item, {"path"})] = pod_field(pod, string_at(item, {"fieldRef", "fieldPath"}));
  return files;
}

void merge(Files& into, Files from) {
  into.by_path.merge(from.by_path);
  if (into.problem.empty()) into.problem = std::move(from.problem);
}

Files volume_files(const Store& store, const Json& pod, const Json& volume) {
  const std::string name_space = namespace_of(pod);
  const auto source_files = [&](const Json& holder, const char* secret_field) {
    Files files;
    if (holder.contains("configMap")) merge(files, object_files(store, name_space, config_map, holder["configMap"]));
    if (holder.contains(secret_field)) merge(files, object_files(store, name_space, secret, holder[secret_field]));
    if (holder.contains("downwardAPI")) merge(files, downward_files(pod, holder["downwardAPI"]));
    if (holder.contains("serviceAccountToken"))
      files.by_path[string_at(holder, {"serviceAccountToken", "path"}, "token")] = "sandbox-token";
    return files;
  };
  Files files = source_files(volume, "secret");
  for (const Json& source : at_path(volume, {"projected", "sources"})) merge(files, source_files(source, "secret"));
  return files;
}

}  // namespace

ContainerEnv container_env(const Store& store, const Json& pod, const Json& container) {
  return EnvBuilder(store, pod, container).build();
}

std::optional<std::string> mount_problem(const Store& store, const Json& pod) {
  for (const Json& volume : at_path(pod, {"spec", "volumes"}))
    if (const Files files = volume_files(store, pod, volume); !files.problem.empty())
      return fmt::format("MountVolume.SetUp failed for volume \"{}\" : {}", string_at(volume, {"name"}), files.problem);
  return std::nullopt;
}

std::map<std::string, std::string> mounted_files(const Store& store, const Json& pod, const Json& container) {
  std::map<std::string, std::string> files;
  for (const Json& mount : at_path(container, {"volumeMounts"}))
    for (const Json& volume : at_path(pod, {"spec", "volumes"})) {
      if (string_at(volume, {"name"}) != string_at(mount, {"name"})) continue;
      const std::string path = string_at(mount, {"mountPath"}), part = string_at(mount, {"subPath"});
      for (auto& [name, content] : volume_files(store, pod, volume).by_path) {
        if (part.empty()) files[path + (path.ends_with('/') ? "" : "/") + name] = content;
        if (part == name) files[path] = content;
      }
    }
  return files;
}

}  // namespace kforge::sandbox
