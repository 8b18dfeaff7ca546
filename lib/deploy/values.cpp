// SPDX-License-Identifier: Apache-2.0
#include "deploy/values.hpp"

#include "base/digest.hpp"
#include "base/text.hpp"
#include "deploy/names.hpp"

#include <fmt/format.h>

namespace kforge::deploy {
namespace {

constexpr int write_attempts = 5;
constexpr int default_length = 32;

const schema::Kind& secret_kind() {
  return *schema::Table::embedded().find(schema::kind_name("v1", "Secret"));
}

int generated_length(const project::Project& project, const std::string& secret_and_key) {
  const auto slash = secret_and_key.find('/');
  const auto spec = project.secrets.find(secret_and_key.substr(0, slash));
  if (spec == project.secrets.end()) return default_length;
  const auto source = spec->second.values.find(secret_and_key.substr(slash + 1));
  return source == spec->second.values.end() ? default_length : source->second.length;
}

Json encoded(const GeneratedValues& values) {
  Json data = Json::object();
  for (const auto& [key, value] : values) data[key] = base64_encode(value.reveal());
  return data;
}

kube::ApiRequest create_request(const ApplySet& set, const GeneratedValues& fresh) {
  const kube::ObjectRef ref = values_secret(set);
  const Json manifest = {{"apiVersion", "v1"},
                         {"kind", "Secret"},
                         {"type", "kforge.dev/values.v1"},
                         {"metadata",
                          {{"name", ref.name},
                           {"namespace", ref.name_space},
                           {"labels", {{project_label, set.project}, {managed_by_label, field_manager}}}}},
                         {"data", encoded(fresh)}};
  kube::ApiRequest request;
  request.method = "POST";
  request.path = fmt::format("{}?fieldManager={}&fieldValidation=Strict",
                             schema::collection_path(secret_kind(), ref.name_space), values_manager);
  request.content_type = "application/json";
  request.body = to_text(manifest);
  request.replay = kube::Replay::unsafe;  // store_values() reads back instead
  request.object = ref;
  return request;
}

// The version in the patch makes the server refuse it when somebody else wrote in between.
kube::ApiRequest extend_request(const ApplySet& set, const StoredValues& stored, const GeneratedValues& fresh) {
  const Json patch = {{"metadata", {{"resourceVersion", stored.resource_version}}}, {"data", encoded(fresh)}};
  kube::ApiRequest request = kube::merge_patch_request(secret_kind(), values_secret(set), patch, values_manager);
  request.replay = kube::Replay::unsafe;
  return request;
}

// Whether a failed write may have worked, or may work when tried again on what stands there now.
bool may_be_repeated(const kube::ApiResult& result) {
  return result.status == 0 || result.status == 409 || result.status == 429 || result.status >= 500;
}

// What of `fresh` the cluster does not have yet; throws when it has another value.
GeneratedValues not_stored(const GeneratedValues& fresh, const StoredValues& stored) {
  GeneratedValues missing;
  for (const auto& [key, value] : fresh) {
    const auto found = stored.values.find(key);
    if (found == stored.values.end())
      missing.emplace(key, value);
    else if (found->second != value)
      throw Error(ErrorKind::conflict, "another run generated the secrets of this project at the same time")
          .hint(
              "wait until it has finished, then run `kforge up` again: it will use the values stored by the other run");
  }
  return missing;
}

kube::ApiResult request_now(Session& session, kube::ApiRequest request, const std::string& what) {
  RequestGroup group(session);
  kube::ApiResult answer;
  group.send(std::move(request), [&answer](kube::ApiResult result) { answer = std::move(result); });
  group.finish(what);
  return answer;
}

}  // namespace

kube::ObjectRef values_secret(const ApplySet& set) {
  return {schema::kind_name("v1", "Secret"), set.name_space, set.name + ".values"};
}

std::string values_key(const std::string& secret_and_key) {
  const auto slash = secret_and_key.find('/');
  return replace_all(secret_and_key.substr(0, slash), ".", "_") + "." + secret_and_key.substr(slash + 1);
}

StoredValues read_values(Session& session, const ApplySet& set) {
  const kube::ObjectRef ref = values_secret(set);
  const kube::ApiResult result =
      request_now(session, kube::get_request(secret_kind(), ref), "reading the generated secrets");
  if (result.not_found()) return {};
  if (!result.ok()) throw failure_of(result, "cannot read the generated secrets of the project");
  StoredValues stored{.exists = true, .resource_version = kube::resource_version_of(result.body), .values = {}};
  for (const auto& [key, value] : at_path(result.body, {"data"}).items())
    if (value.is_string()) stored.values.emplace(key, Secret(base64_decode(value.get<std::string>())));
  return stored;
}

GeneratedValues complete(render::SecretValues& values, const StoredValues& stored, const project::Project& project) {
  GeneratedValues fresh;
  for (auto& [name, entry] : values) {
    if (entry.value) continue;
    const std::string key = values_key(name);
    const auto found = stored.values.find(key);
    entry.value = found != stored.values.end()
                      ? found->second
                      : Secret(random_alphanumeric(static_cast<std::size_t>(generated_length(project, name))));
    if (found == stored.values.end()) fresh.emplace(key, *entry.value);
  }
  return fresh;
}

void store_values(Session& session, const ApplySet& set, const GeneratedValues& fresh) {
  kube::ApiResult last;
  for (int attempt = 0; attempt < write_attempts; ++attempt) {
    const StoredValues stored = read_values(session, set);
    const GeneratedValues missing = not_stored(fresh, stored);
    if (missing.empty()) return;
    last = request_now(session, stored.exists ? extend_request(set, stored, missing) : create_request(set, missing),
                       "storing the generated secrets");
    if (last.ok()) return;
    if (!may_be_repeated(last)) break;
  }
  throw failure_of(last, "cannot store the generated secrets of the project");
}

}  // namespace kforge::deploy
