// SPDX-License-Identifier: Apache-2.0
// The verbs of the Kubernetes API on the store, without HTTP: what the server's handlers and the controllers both call.
// Admission, defaults, validation, managed fields, optimistic locking and Status errors live here.
#pragma once

#include "base/json.hpp"
#include "sandbox/api/registry.hpp"
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

// As they stand in the query.
struct Selector {
  std::string labels, fields;
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

  const Registry& registry() const;
  Store& store();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace kforge::sandbox
