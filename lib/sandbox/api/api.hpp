// SPDX-License-Identifier: Apache-2.0
// The verbs of the Kubernetes API on the store, without HTTP: what the server's handlers and the controllers both call.
// Admission, defaults, validation, managed fields, optimistic locking and Status errors live here.
#pragma once

#include "base/json.hpp"
#include "sandbox/store.hpp"
#include "sandbox/timers.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace kforge::sandbox {

// Who asks: recorded in managedFields and shown in "forbidden" messages.
struct Caller {
  std::string user = "kforge-sandbox-admin";
  std::vector<std::string> groups{"system:masters"};
  std::string field_manager;  // ?fieldManager=, else the User-Agent up to the first slash
};

// A resource as addressed by a URL.
struct Target {
  std::string group, version, resource;  // resource: plural
  std::string name_space, name, subresource;
};

enum class FieldValidation { ignore, warn, strict };
struct WriteOptions {
  bool dry_run = false;
  bool force = false;  // of apply
  FieldValidation field_validation = FieldValidation::warn;
};
enum class PatchType { apply, merge, strategic_merge, json };
struct DeleteOptions {
  std::string propagation;  // Foreground, Background, Orphan or empty
  std::optional<std::string> uid, resource_version;
  std::optional<int> grace_seconds;
  bool dry_run = false;
};

// Either an object (2xx) or a Status in a real server's words.
struct Outcome {
  int code = 200;
  Json body;
  std::vector<std::string> warnings;  // for Warning: 299 headers
  bool ok() const { return code < 400; }
};

// "metadata.name=x", "app in (a,b)", parsed once. Throws Error{usage} on bad syntax (the server answers 400).
struct Selector {
  std::string labels, fields;
};

// A resource type that is served: from the schema table, or a stored CustomResourceDefinition.
struct Resource {
  std::string group, version, plural, singular, kind;
  std::vector<std::string> short_names, categories, verbs, subresources;
  bool namespaced = true;
  const schema::Kind* schema = nullptr;  // null for custom resources
};

class Api {
 public:
  Api(Store& store, Timers& timers, const schema::Table& table);
  ~Api();
  Api(const Api&) = delete;
  Api& operator=(const Api&) = delete;

  Outcome get(const Target& target) const;
  // A List object; items in key order. `limit` 0: all; `continue_token` from metadata.continue.
  Outcome list(const Target& target, const Selector& selector, std::size_t limit,
               const std::string& continue_token) const;
  Outcome create(const Caller& caller, const Target& target, Json object, const WriteOptions& options);
  Outcome update(const Caller& caller, const Target& target, Json object, const WriteOptions& options);
  Outcome patch(const Caller& caller, const Target& target, PatchType type, const std::string& body,
                const WriteOptions& options);
  Outcome remove(const Caller& caller, const Target& target, const DeleteOptions& options);
  Outcome remove_collection(const Caller& caller, const Target& target, const Selector& selector,
                            const DeleteOptions& options);

  // Served resources, custom ones included; refreshed when a CustomResourceDefinition changes.
  const Resource* find_resource(std::string_view group, std::string_view version, std::string_view plural) const;
  std::vector<const Resource*> resources() const;
  bool matches(const Selector& selector, const Resource& resource, const Json& object) const;

  Store& store();
  const schema::Table& table() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// A Status object as a real API server words it.
Json status_object(int code, std::string_view reason, std::string_view message, Json details = nullptr);

}  // namespace kforge::sandbox
