// SPDX-License-Identifier: Apache-2.0
#include "deploy/restoration.hpp"

#include "base/text.hpp"
#include "deploy/live.hpp"
#include "deploy/names.hpp"
#include "deploy/release_content.hpp"
#include "deploy/secrecy.hpp"

#include <fmt/format.h>

#include <algorithm>
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
  Vault(Session& session, const ApplySet& set, std::string salt, const render::SecretValues& local)
      : salt_(std::move(salt)) {
    for (const auto& [name, entry] : local)
      if (entry.value) learn(entry.value->reveal());
    read_live(session, set);
  }

  void fill(Json& secret, std::vector<std::string>& remarks) const {
    const kube::ObjectRef ref = kube::ref_of(secret);
    Json data = at_path(secret, {"data"});
    if (!data.is_object()) return;
    std::vector<std::string> replaced;
    for (auto& [key, value] : data.items()) {
      const std::string digest = value.is_string() ? value.get<std::string>() : std::string();
      if (!is_value_digest(digest)) continue;
      if (const auto found = by_digest_.find(digest); found != by_digest_.end()) {
        value = base64_encode(found->second);
      } else {
        value = todays(ref, key);
        replaced.push_back(key);
      }
    }
    secret["data"] = std::move(data);
    if (!replaced.empty())
      remarks.push_back(fmt::format("{}: what {} held then is not known any more, today's value stands in for it",
                                    ref.to_string(), quoted_list(replaced)));
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

  // Of the Secret itself, else of its youngest namesake under another hash of the content.
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

  std::string salt_;
  LiveObjects live_;
  std::map<std::string, std::string> by_digest_;
};

}  // namespace

Restoration restore(Session& session, const ApplySet& set, const Release& release, const Release& newest,
                    const render::SecretValues& local) {
  render::Rendered content = read_content(session, set, release);
  std::erase_if(content.objects, moves_only_forward);
  if (newest.number != release.number) keep_claims(content, read_content(session, set, newest));
  Restoration restoration;
  const Vault vault(session, set, release.salt, local);
  for (render::Object& object : content.objects) {
    if (!render::is_secret(object.manifest)) continue;
    vault.fill(object.manifest, restoration.remarks);
    learn_secret(session.masker(), object.manifest);
  }
  restoration.input.render = [content = std::move(content)](const render::SecretValues&) { return content; };
  restoration.input.brings_back = release.number;
  return restoration;
}

}  // namespace kforge::deploy
