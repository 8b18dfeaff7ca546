// SPDX-License-Identifier: Apache-2.0
#include "deploy/restoration.hpp"

#include "base/diagnostics.hpp"
#include "base/text.hpp"
#include "deploy/live.hpp"
#include "deploy/names.hpp"
#include "deploy/release_content.hpp"
#include "deploy/secrecy.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <map>
#include <set>

namespace kforge::deploy {
namespace {

// Jobs ran once for their release; a claim can grow and never shrink, and what it holds is not a release's.
bool moves_only_forward(const render::Object& object) {
  const std::string kind = string_at(object.manifest, {"kind"});
  return kind == "Job" || kind == "PersistentVolumeClaim";
}

const Json* stateful_set_in(const render::Rendered& content, const kube::ObjectRef& ref) {
  const auto found = std::ranges::find_if(
      content.objects, [&](const render::Object& object) { return kube::ref_of(object.manifest) == ref; });
  return found == content.objects.end() ? nullptr : &found->manifest;
}

void keep_claims(render::Rendered& content, const render::Rendered& newest) {
  for (render::Object& object : content.objects) {
    if (string_at(object.manifest, {"kind"}) != "StatefulSet") continue;
    const Json* now = stateful_set_in(newest, kube::ref_of(object.manifest));
    if (now == nullptr) continue;
    const Json& claims = at_path(*now, {"spec", "volumeClaimTemplates"});
    if (!claims.is_null()) object.manifest["spec"]["volumeClaimTemplates"] = claims;
  }
}

std::string decoded(const Json& value) {
  try {
    return value.is_string() ? base64_decode(value.get_ref<const std::string&>()) : std::string();
  } catch (const Error&) {
    return {};
  }
}

// Finds the values behind digests.
class Vault {
 public:
  Vault(Session& session, const ApplySet& set, std::string salt, const KeptValues& kept,
        const render::SecretValues& local)
      : salt_(std::move(salt)) {
    for (const auto& [digest, value] : kept) by_digest_.emplace(digest, value.reveal());
    for (const auto& [name, entry] : local)
      if (entry.value) learn(entry.value->reveal());
    read_live(session, set);
  }

  // Puts values where digests are. Of keys whose value is not known any more, which are returned, it is what `instead`
  // says, in base64.
  using Instead = std::function<std::string(const std::string& key, const std::string& digest)>;
  std::vector<std::string> fill(Json& secret, const Instead& instead) const {
    Json data = at_path(secret, {"data"});
    std::vector<std::string> replaced;
    if (!data.is_object()) return replaced;
    for (auto& [key, value] : data.items()) {
      const std::string digest = value.is_string() ? value.get<std::string>() : std::string();
      if (!is_value_digest(digest)) continue;
      const auto found = by_digest_.find(digest);
      value = found != by_digest_.end() ? base64_encode(found->second) : instead(key, digest);
      if (found == by_digest_.end()) replaced.push_back(key);
    }
    secret["data"] = std::move(data);
    return replaced;
  }

  // The value that a Secret has today, else that of its youngest namesake under another hash of the content.
  std::string todays(const kube::ObjectRef& ref, const std::string& key) const {
    const Json* best = live_.find(ref);
    const std::string stem = name_without_hash(ref.name);
    if (best == nullptr && !stem.empty())
      for (const auto& [other, secret] : live_) {
        if (other.name_space != ref.name_space || name_without_hash(other.name) != stem) continue;
        if (best == nullptr ||
            string_at(*best, {"metadata", "creationTimestamp"}) < string_at(secret, {"metadata", "creationTimestamp"}))
          best = &secret;
      }
    const std::string value = best == nullptr ? std::string() : string_at(*best, {"data", key});
    if (!value.empty()) return value;
    throw Error(ErrorKind::not_found,
                fmt::format("the value of '{}' in {} is not known any more", key, ref.to_string()))
        .why("releases keep digests of secret values, and no live Secret has one that fits")
        .hint("put the value back under `secrets:` in kforge.yaml and deploy that with `kforge up`");
  }

 private:
  void learn(const std::string& value) { by_digest_.emplace(value_digest(salt_, value), value); }

  void read_live(Session& session, const ApplySet& set) {
    static const schema::Kind& secrets = *schema::Table::embedded().find(schema::kind_name("v1", "Secret"));
    std::set<Scope> scopes{{&secrets, set.name_space}};
    const project::Namespaces& spaces = session.project().namespaces;
    using enum project::Tier;
    for (const project::Tier tier : {database, auth, backend, gateway}) scopes.emplace(&secrets, spaces.of(tier));
    read_visible_scopes(session, scopes, live_);
    for (const auto& [ref, secret] : live_)
      for (const auto& [key, value] : at_path(secret, {"data"}).items()) learn(decoded(value));
  }

  std::string salt_;
  LiveObjects live_;
  std::map<std::string, std::string> by_digest_;
};

}  // namespace

Restoration restore(Session& session, const ApplySet& set, const Release& release, const Release& newest,
                    const render::SecretValues& local) {
  ReleaseContent stored = read_content(session, set, release);
  render::Rendered& content = stored.objects;
  std::erase_if(content.objects, moves_only_forward);
  if (newest.number != release.number) keep_claims(content, read_content(session, set, newest).objects);
  Restoration restoration;
  const Vault vault(session, set, release.salt, stored.values, local);
  for (render::Object& object : content.objects) {
    if (!render::is_secret(object.manifest)) continue;
    const kube::ObjectRef ref = kube::ref_of(object.manifest);
    const std::vector<std::string> replaced =
        vault.fill(object.manifest, [&](const std::string& key, const std::string&) { return vault.todays(ref, key); });
    if (!replaced.empty())
      restoration.remarks.push_back(
          fmt::format("{}: what {} held then is not known any more, today's value stands in for it", ref.to_string(),
                      quoted_list(replaced)));
    learn_secret(session.masker(), object.manifest);
  }
  restoration.input.render = [content = std::move(content)](const render::SecretValues&) { return content; };
  restoration.input.brings_back = release.number;
  return restoration;
}

render::Rendered recorded(Session& session, const ApplySet& set, const Release& release,
                          const render::SecretValues& local) {
  ReleaseContent stored = read_content(session, set, release);
  render::Rendered& content = stored.objects;
  const Vault vault(session, set, release.salt, stored.values, local);
  for (render::Object& object : content.objects) {
    if (!render::is_secret(object.manifest)) continue;
    vault.fill(object.manifest, [](const std::string&, const std::string& digest) { return base64_encode(digest); });
    learn_secret(session.masker(), object.manifest);
  }
  return std::move(stored.objects);
}

render::SecretValues known_values(const Context& context) {
  try {
    return render::resolve_local(context.project, context.environment.variables);
  } catch (const InvalidInput&) {
    return {};
  }
}

}  // namespace kforge::deploy
