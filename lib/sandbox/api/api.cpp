// SPDX-License-Identifier: Apache-2.0
#include "sandbox/api/api.hpp"

#include "base/error.hpp"
#include "base/text.hpp"
#include "sandbox/api/body.hpp"
#include "sandbox/api/object_meta.hpp"
#include "sandbox/api/patches.hpp"
#include "sandbox/api/removal.hpp"
#include "sandbox/api/scale.hpp"
#include "sandbox/api/selector.hpp"
#include "sandbox/api/writes.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace kforge::sandbox {
namespace {

// Runs a verb and turns a Refusal into its Outcome.
template <class Verb>
Outcome answered(Verb verb) {
  try {
    return verb();
  } catch (const Refusal& refusal) {
    return {refusal.code, refusal.status, {}};
  }
}

// The revision of the first page and the last key seen, as a server writes it.
std::string continue_token(Revision revision, const Json& last) {
  return base64_encode(to_text(
      {{"v", "meta.k8s.io/v1"}, {"rv", revision}, {"start", fmt::format("{}/{}", namespace_of(last), name_of(last))}}));
}

struct Page {
  Revision revision = 0;
  std::string name_space, name;
};

[[noreturn]] void refuse_token(std::string_view why) {
  throw bad_request(fmt::format("invalid continue token: continue key is not valid: {}", why));
}

Page read_token(const std::string& token) {
  std::string text;
  try {
    text = base64_decode(token);
  } catch (const Error&) {
    refuse_token("illegal base64 data at input byte 0");
  }
  const Json page = Json::parse(text, nullptr, false);
  if (page.is_discarded()) refuse_token(json_complaint(text));
  const std::string start = string_at(page, {"start"});
  const std::size_t slash = start.find('/');
  if (slash == std::string::npos || int_at(page, {"rv"}) <= 0) refuse_token("incorrect encoded start resourceVersion");
  return {static_cast<Revision>(int_at(page, {"rv"})), start.substr(0, slash), start.substr(slash + 1)};
}

// What a patch made of an object is refused with the whole of it.
void check_patched(const Resource& resource, Json& next, FieldValidation validation,
                   std::vector<std::string>& warnings) {
  const Json patched_object = next;
  const std::string problem = decoding_problem(resource, next, validation, warnings);
  if (!problem.empty()) throw invalid({}, {{FieldError::Type::invalid, "patch", problem, to_text(patched_object)}});
}

}  // namespace

struct Api::State {
  Store& store;
  Timers& timers;
  Registry registry;

  const Resource& resource(const Target& target) const {
    const Resource* found = registry.find(target.group, target.version, target.resource);
    if (found == nullptr) throw no_such_resource();
    const std::string& sub = target.subresource;
    if (!sub.empty() && !found->has_subresource(sub)) throw no_such_resource();
    if (found->namespaced && target.name_space.empty() && !target.name.empty()) throw no_such_resource();
    return *found;
  }

  ObjectPtr existing(const Resource& resource, const Target& target) const {
    ObjectPtr object = store.get(resource.key(target.name_space, target.name));
    if (!object) throw not_found(resource.subject(target.name));
    return object;
  }

  WriteScope scope(const Caller& caller, const Resource& resource, const Target& target, const WriteOptions& options) {
    return {store, timers, resource, caller, target.subresource, options.dry_run, {}};
  }
};

Api::Api(Store& store, Timers& timers, const schema::Table& table)
    : state_(new State{store, timers, Registry(store, table)}) {}
Api::~Api() = default;

const Registry& Api::registry() const {
  return state_->registry;
}
Store& Api::store() {
  return state_->store;
}

Outcome Api::get(const Target& target) const {
  return answered([&]() -> Outcome {
    const Resource& resource = state_->resource(target);
    const ObjectPtr object = state_->existing(resource, target);
    return {200, target.subresource == "scale" ? scale_of(resource, *object) : *object, {}};
  });
}

Outcome Api::list(const Target& target, const Selector& selector, std::size_t limit, const std::string& token) const {
  return answered([&]() -> Outcome {
    const Resource& resource = state_->resource(target);
    const ObjectSelector wanted(selector.labels, selector.fields, resource.id());
    const Page page = token.empty() ? Page{state_->store.revision(), "", ""} : read_token(token);
    Json metadata{{"resourceVersion", std::to_string(page.revision)}};
    Json items = Json::array();
    std::size_t left = 0;
    for (const ObjectPtr& object : state_->store.list(resource.id(), target.name_space)) {
      if (!token.empty() && std::pair(namespace_of(*object), name_of(*object)) <= std::pair(page.name_space, page.name))
        continue;
      if (!wanted.matches(*object)) continue;
      if (limit > 0 && items.size() == limit)
        ++left;
      else
        items.push_back(*object);
    }
    if (left > 0) {
      metadata["continue"] = continue_token(page.revision, items.back());
      if (wanted.everything()) metadata["remainingItemCount"] = left;
    }
    return {200,
            {{"kind", resource.kind + "List"},
             {"apiVersion", resource.api_version()},
             {"metadata", metadata},
             {"items", std::move(items)}},
            {}};
  });
}

Outcome Api::create(const Caller& caller, const Target& target, Json object, const WriteOptions& options) {
  return answered([&]() -> Outcome {
    const Resource& resource = state_->resource(target);
    WriteScope scope = state_->scope(caller, resource, target, options);
    check_identity(resource, target, object);
    check_fields(resource, object, options.field_validation, scope.warnings);
    Json stored = write_new(scope, std::move(object), FieldOwners::track);
    return {201, std::move(stored), std::move(scope.warnings)};
  });
}

Outcome Api::update(const Caller& caller, const Target& target, Json object, const WriteOptions& options) {
  return answered([&]() -> Outcome {
    const Resource& resource = state_->resource(target);
    WriteScope scope = state_->scope(caller, resource, target, options);
    if (target.subresource == "scale")
      return {200, update_scale(scope, *state_->existing(resource, target), object), {}};
    check_identity(resource, target, object);
    check_fields(resource, object, options.field_validation, scope.warnings);
    const ObjectPtr before = state_->existing(resource, target);
    check_uid(resource, *before, object);
    Json after = keep_other_half(resource, target.subresource, *before, std::move(object));
    Json stored = write_next(scope, *before, std::move(after), FieldOwners::track);
    return {200, std::move(stored), std::move(scope.warnings)};
  });
}

Outcome Api::patch(const Caller& caller, const Target& target, PatchType type, const std::string& body,
                   const WriteOptions& options) {
  return answered([&]() -> Outcome {
    const Resource& resource = state_->resource(target);
    WriteScope scope = state_->scope(caller, resource, target, options);
    const ObjectPtr before = state_->store.get(resource.key(target.name_space, target.name));
    if (!before && type != PatchType::apply) throw not_found(resource.subject(target.name));
    if (target.subresource == "scale") {
      if (!before) throw not_found(resource.subject(target.name));
      return {200, update_scale(scope, *before, patched(nullptr, type, scale_of(resource, *before), body)), {}};
    }
    if (type == PatchType::apply) return apply_patch(scope, target, before.get(), body, options);
    Json next = patched(resource.schema, type, *before, body);
    check_identity(resource, target, next);
    check_patched(resource, next, options.field_validation, scope.warnings);
    Json stored = write_next(scope, *before, keep_other_half(resource, target.subresource, *before, std::move(next)),
                             FieldOwners::track);
    return {200, std::move(stored), std::move(scope.warnings)};
  });
}

Outcome Api::remove(const Caller&, const Target& target, const DeleteOptions& options) {
  return answered([&]() -> Outcome {
    const Resource& resource = state_->resource(target);
    const ObjectPtr object = state_->existing(resource, target);
    return remove_object({state_->store, state_->timers, resource}, *object, options);
  });
}

Outcome Api::remove_collection(const Caller&, const Target& target, const Selector& selector,
                               const DeleteOptions& options) {
  return answered([&]() -> Outcome {
    const Resource& resource = state_->resource(target);
    Outcome listed = list(target, selector, 0, "");
    if (!listed.ok()) return listed;
    for (const Json& object : listed.body["items"])
      remove_object({state_->store, state_->timers, resource}, object, options);
    return listed;
  });
}

}  // namespace kforge::sandbox
