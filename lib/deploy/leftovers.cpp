// SPDX-License-Identifier: Apache-2.0
#include "deploy/leftovers.hpp"

#include "base/text.hpp"
#include "deploy/immutable.hpp"
#include "deploy/names.hpp"
#include "deploy/selection.hpp"
#include "deploy/values.hpp"
#include "render/naming.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <tuple>

namespace kforge::deploy {
namespace {

using project::Tier;

constexpr const char* prune_annotation = "kforge.dev/prune";

// An object whatever version of its kind it is written in.
using Identity = std::tuple<std::string, std::string, std::string>;
Identity identity_of(const kube::ObjectRef& ref) {
  return {ref.kind.group_kind(), ref.name_space, ref.name};
}

bool is_config(const kube::ObjectRef& ref) {
  return ref.kind.group.empty() && (ref.kind.kind == "ConfigMap" || ref.kind.kind == "Secret");
}

// What cannot be made again from the project file.
bool holds_data(const kube::ObjectRef& ref, const Json& live) {
  static constexpr std::array<std::string_view, 5> kinds = {"PersistentVolumeClaim", "PersistentVolume", "StorageClass",
                                                            "CustomResourceDefinition", "Secret"};
  if (ref.kind.kind == "StatefulSet") return !at_path(live, {"spec", "volumeClaimTemplates"}).empty();
  return std::ranges::find(kinds, ref.kind.kind) != kinds.end();
}

// A kind that only the record still names. Null when the cluster serves it no more.
const schema::Kind* served_kind(kube::Client& client, const std::string& group_kind) {
  const auto dot = group_kind.find('.');
  if (dot == std::string::npos) return nullptr;
  const std::string group = group_kind.substr(dot + 1);
  kube::ApiRequest request;
  request.path = "/apis/" + group;
  const kube::ApiResult result = client.call(request);
  if (!result.ok() && !result.not_found()) throw Error(*result.error);
  const std::string version = string_at(result.body, {"preferredVersion", "version"});
  if (version.empty()) return nullptr;
  try {
    return &kube::resolve_kind(client, {group, version, group_kind.substr(0, dot)});
  } catch (const Error& error) {
    if (error.kind == ErrorKind::rejected) return nullptr;
    throw;
  }
}

// Scopes of recorded kinds that the schema table does not have.
std::set<Scope> custom_scopes(Session& session, const Extent& record, const std::set<Scope>& known) {
  std::map<std::string, const schema::Kind*> kinds;
  for (const auto& [kind, name_space] : known) kinds.emplace(kind->name.group_kind(), kind);
  std::set<Scope> scopes;
  for (const std::string& place : record.places) {
    const auto slash = place.rfind('/');
    if (slash == std::string::npos) continue;
    const std::string group_kind = place.substr(0, slash);
    if (newest_kinds().contains(group_kind)) continue;
    const auto [entry, fresh] = kinds.try_emplace(group_kind, nullptr);
    if (fresh) entry->second = served_kind(session.client(), group_kind);
    if (entry->second != nullptr) scopes.emplace(entry->second, place.substr(slash + 1));
  }
  return scopes;
}

// "ConfigMap/x" and "Secret/x" by namespace.
using Uses = std::set<std::pair<std::string, std::string>>;

std::string controller_uid(const Json& object) {
  for (const Json& owner : at_path(object, {"metadata", "ownerReferences"}))
    if (bool_at(owner, {"controller"})) return string_at(owner, {"uid"});
  return {};
}

const Json& pod_spec_of(const Json& revision) {
  const Json& of_replica_set = at_path(revision, {"spec", "template", "spec"});
  return of_replica_set.is_null() ? at_path(revision, {"data", "spec", "template", "spec"}) : of_replica_set;
}

class Leftovers {
 public:
  Leftovers(Session& session, const ApplySet& set, const PlanOptions& options, Plan& plan)
      : session_(session), set_(set), options_(options), plan_(plan) {}

  void find(const render::Rendered& rendered, const std::map<Scope, Error>& unseen) {
    for (const render::Object& object : rendered.objects) {
      const kube::ObjectRef ref = kube::ref_of(object.manifest);
      intended_.insert(identity_of(ref));
      if (is_config(ref)) note_base(ref);
    }
    for (const auto& [ref, live] : plan_.live)
      if (is_member(live, set_.membership()) && !intended_.contains(identity_of(ref))) add(ref, live);
    note_records(unseen);
    if (!options_.services.empty()) return plan_.gone.clear();  // such a run knows nothing of the others
    if (!unseen.empty()) keep_all(unseen.begin()->second.what());
    if (!options_.keep_leftovers.empty()) keep_all("kept by " + options_.keep_leftovers);
    spare_used_config();
    check_named();
    for (const Leftover& leftover : plan_.gone)
      if (leftover.stays()) plan_.remaining.add(leftover.ref, set_);
  }

 private:
  void note_base(const kube::ObjectRef& ref) {
    if (const std::string base = name_without_hash(ref.name); !base.empty())
      bases_.insert({ref.kind.group_kind(), ref.name_space, base});
  }

  // Another one of the same origin is in the project file: its content has changed, nothing is lost.
  bool is_superseded(const kube::ObjectRef& ref) const {
    return is_config(ref) && bases_.contains({ref.kind.group_kind(), ref.name_space, name_without_hash(ref.name)});
  }

  void add(const kube::ObjectRef& ref, const Json& live) {
    if (ref == set_.parent() || ref == values_secret(set_)) return;
    Leftover leftover{.ref = ref, .kind = kind_of(ref), .live = &live, .tier = tier_of(ref)};
    leftover.superseded = is_superseded(ref);
    std::vector<std::string> named = options_.prune;
    if (leftover.superseded) named.push_back(recreate_name(ref));
    leftover.why_kept = reason_to_stay(live, named, set_.membership());
    plan_.leftovers.add(ref, set_);
    plan_.gone.push_back(std::move(leftover));
  }

  const schema::Kind* kind_of(const kube::ObjectRef& ref) const {
    if (const schema::Kind* kind = schema::Table::embedded().find(ref.kind)) return kind;
    return &kube::resolve_kind(session_.client(), ref.kind);  // known since it was listed
  }

  Tier tier_of(const kube::ObjectRef& ref) const {
    for (const Tier tier : {Tier::gateway, Tier::backend, Tier::auth, Tier::database})
      if (ref.name_space == session_.project().namespaces.of(tier)) return tier;
    return Tier::namespaces;
  }

  // What may hold members that nobody could see stays on the record.
  void note_records(const std::map<Scope, Error>& unseen) {
    for (const auto& [scope, reason] : unseen) {
      plan_.leftovers.add({scope.first->name, scope.second, ""}, set_);
      plan_.remaining.add({scope.first->name, scope.second, ""}, set_);
    }
  }

  void keep_all(const std::string& why) {
    for (Leftover& leftover : plan_.gone)
      if (!leftover.stays()) leftover.why_kept = why;
  }

  // Old configuration stays as long as `kubectl rollout undo` can bring a revision back that names it.
  void spare_used_config() {
    std::set<std::string> spaces;
    for (const Leftover& leftover : plan_.gone)
      if (leftover.superseded && !leftover.stays()) spaces.insert(leftover.ref.name_space);
    if (spaces.empty()) return;
    std::set<std::string> unread;
    const Uses uses = uses_of_revisions(spaces, unread);
    for (Leftover& leftover : plan_.gone) {
      if (!leftover.superseded || leftover.stays()) continue;
      if (unread.contains(leftover.ref.name_space))
        leftover.why_kept = "this account may not see which revisions use it";
      if (!uses.contains({leftover.ref.name_space, recreate_name(leftover.ref)})) continue;
      leftover.why_kept = "an older revision uses it";
      leftover.routine = true;
    }
  }

  Uses uses_of_revisions(const std::set<std::string>& spaces, std::set<std::string>& unread) {
    static const schema::Kind* kinds[] = {
        schema::Table::embedded().find(schema::kind_name("apps/v1", "ReplicaSet")),
        schema::Table::embedded().find(schema::kind_name("apps/v1", "ControllerRevision"))};
    std::set<std::string> going;
    for (const Leftover& leftover : plan_.gone)
      if (!leftover.stays()) going.insert(kube::uid_of(*leftover.live));
    Uses uses;
    std::optional<Error> failure;
    RequestGroup group(session_);
    for (const std::string& space : spaces)
      for (const schema::Kind* kind : kinds)
        group.send(kube::list_request(*kind, space, ""), [&, space](kube::ApiResult result) {
          if (!result.ok() && result.status == 403) unread.insert(space);
          if (!result.ok() && result.status != 403 && !failure) failure = *result.error;
          if (!result.ok()) return;
          for (const Json& revision : kube::items_of(std::move(result.body)))
            if (!going.contains(controller_uid(revision)))
              for (const std::string& used : render::references_of(pod_spec_of(revision))) uses.emplace(space, used);
        });
    group.finish("looking for configuration that older revisions use");
    if (failure) throw Error(*failure);
    return uses;
  }

  // A name that was given has to mean something.
  void check_named() const {
    for (const std::string& name : options_.prune) {
      const auto found =
          std::ranges::find(plan_.gone, name, [](const Leftover& each) { return recreate_name(each.ref); });
      if (found == plan_.gone.end())
        throw Error(ErrorKind::not_found, fmt::format("--prune {}: the project has no such object to delete", name))
            .hint("`kforge plan` lists what the project file does not name any more");
      if (found->stays())
        throw Error(ErrorKind::guard_refused, fmt::format("{} stays: {}", found->ref.to_string(), found->why_kept));
    }
  }

  Session& session_;
  const ApplySet& set_;
  const PlanOptions& options_;
  Plan& plan_;
  std::set<Identity> intended_, bases_;
};

}  // namespace

std::map<Scope, Error> read_recorded(Session& session, const Extent& record, const std::set<Scope>& known,
                                     const ApplySet& set, LiveObjects& into) {
  std::set<Scope> all = known;
  add_scopes(all, custom_scopes(session, record, known));
  add_scopes(all, scopes_of(record, set));
  std::erase_if(all, [&](const Scope& scope) { return known.contains(scope); });
  return read_visible_scopes(session, all, into);
}

void find_leftovers(Session& session, const ApplySet& set, const render::Rendered& rendered, const PlanOptions& options,
                    const std::map<Scope, Error>& unseen, Plan& plan) {
  Leftovers(session, set, options, plan).find(rendered, unseen);
}

std::string reason_to_stay(const Json& live, const std::vector<std::string>& named, const Membership& membership) {
  const kube::ObjectRef ref = kube::ref_of(live);
  if (string_at(live, {"metadata", "annotations", prune_annotation}) == "keep")
    return fmt::format("annotated {}: keep", prune_annotation);
  if (const Json& owners = at_path(live, {"metadata", "ownerReferences"}); !owners.empty())
    return fmt::format("goes with its owner, {} {}", string_at(owners[0], {"kind"}), string_at(owners[0], {"name"}));
  if (const auto owner = foreign_owner(live, membership)) return "managed by " + *owner;
  if (ref.name_space.starts_with("kube-")) return fmt::format("namespace '{}' belongs to Kubernetes", ref.name_space);
  if (ref.kind == schema::kind_name("v1", "Namespace")) return "only `kforge down --delete-data` removes namespaces";
  const std::string name = recreate_name(ref);
  if (holds_data(ref, live) && std::ranges::find(named, name) == named.end())
    return fmt::format("holds data; --prune {} deletes it", name);
  return {};
}

}  // namespace kforge::deploy
