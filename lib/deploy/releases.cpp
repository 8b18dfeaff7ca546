// SPDX-License-Identifier: Apache-2.0
#include "deploy/releases.hpp"

#include "base/gzip.hpp"
#include "base/text.hpp"
#include "deploy/names.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <set>

namespace kforge::deploy {
namespace {

// A Secret takes 1 MiB, and etcd a request of 1.5 MiB.
constexpr std::size_t part_size = 900'000;
constexpr std::size_t largest_content = 64 * 1024 * 1024;
constexpr int create_attempts = 3;
constexpr const char* metadata_list =
    "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json";

const schema::Kind& secret_kind() {
  return *schema::Table::embedded().find(schema::kind_name("v1", "Secret"));
}

kube::ObjectRef ref_named(const ApplySet& set, std::string name) {
  return {secret_kind().name, set.name_space, std::move(name)};
}

std::string record_name(const ApplySet& set, int number) {
  return fmt::format("{}.{}", set.name, release_name(number));
}

std::string part_name(const ApplySet& set, int number, int part) {
  return fmt::format("{}.p{}", record_name(set, number), part);
}

int number_in(const std::string& text) {
  int number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

Json manifest_of(const ApplySet& set, const std::string& name, Json labels, Json data) {
  labels[project_label] = set.project;
  labels[managed_by_label] = field_manager;
  return {{"apiVersion", "v1"},
          {"kind", "Secret"},
          {"type", "kforge.dev/revision.v1"},
          {"metadata", {{"name", name}, {"namespace", set.name_space}, {"labels", std::move(labels)}}},
          {"data", std::move(data)}};
}

Json record_data(const Release& release) {
  return {{"release", base64_encode(to_text(release_json(release)))}};
}

Json record_manifest(const ApplySet& set, const Release& release) {
  return manifest_of(set, record_name(set, release.number),
                     {{revision_label, std::to_string(release.number)},
                      {status_label, to_string(release.status)},
                      {content_label, head_of(release).content}},
                     record_data(release));
}

kube::ApiRequest create_request(const ApplySet& set, const Release& release) {
  kube::ApiRequest request;
  request.method = "POST";
  request.path = fmt::format("{}?fieldManager={}&fieldValidation=Strict",
                             schema::collection_path(secret_kind(), set.name_space), release_manager);
  request.content_type = "application/json";
  request.body = to_text(record_manifest(set, release));
  request.replay = kube::Replay::unsafe;  // create_release() reads back instead
  request.object = ref_named(set, record_name(set, release.number));
  return request;
}

kube::ApiResult ask(Session& session, kube::ApiRequest request, const std::string& what) {
  RequestGroup group(session);
  kube::ApiResult answer;
  group.send(std::move(request), [&answer](kube::ApiResult result) { answer = std::move(result); });
  group.finish(what);
  return answer;
}

Release release_in(const Json& secret) {
  const Json& labels = at_path(secret, {"metadata", "labels"});
  std::string text;
  try {
    text = base64_decode(string_at(secret, {"data", "release"}));
  } catch (const Error&) {  // NOLINT: what cannot be read is shown as empty
  }
  const Json json = Json::parse(text, nullptr, false);
  return release_of(number_in(string_at(labels, {revision_label})),
                    release_status_of(string_at(labels, {status_label})).value_or(ReleaseStatus::failed),
                    json.is_discarded() ? Json() : json);
}

void store_parts(Session& session, const ApplySet& set, Release& release, const std::string& content) {
  const std::string packed = gzip(content);
  release.parts = 0;
  std::optional<Error> failure;
  RequestGroup group(session);
  for (std::size_t at = 0; at < packed.size(); at += part_size) {
    ++release.parts;
    const Json manifest =
        manifest_of(set, part_name(set, release.number, release.parts),
                    {{revision_label, std::to_string(release.number)}, {part_label, std::to_string(release.parts)}},
                    {{"content", base64_encode(std::string_view(packed).substr(at, part_size))}});
    group.send(kube::apply_request(secret_kind(), manifest, {.field_manager = release_manager, .force = true}),
               [&failure](kube::ApiResult result) {
                 if (!result.ok() && !failure) failure = failure_of(result, "cannot store the release");
               });
  }
  group.finish("storing the release");
  if (failure) throw *failure;
}

// Of releases by number: what stays when the oldest go.
std::set<int> kept_of(const History& history) {
  std::set<int> kept;
  for (std::size_t i = 0; i < history.heads.size() && i < kept_releases; ++i) kept.insert(history.heads[i].number);
  const ReleaseHead* good = history.last_good();
  if (good == nullptr) return kept;
  kept.insert(good->number);
  // What a rollback goes back to: ten restarts deploy the same ten times.
  for (const ReleaseHead& head : history.heads) {
    const bool same = head.number == good->number || (!head.content.empty() && head.content == good->content);
    if (head.status != ReleaseStatus::deployed || same) continue;
    kept.insert(head.number);
    break;
  }
  return kept;
}

}  // namespace

// As much of the digest as a label takes.
ReleaseHead head_of(const Release& release) {
  constexpr std::size_t enough = 16;
  const std::size_t digest = release.hash.find(':') + 1;  // "sha256:0123…"
  return {
      .number = release.number, .status = release.status, .uid = {}, .content = release.hash.substr(digest, enough)};
}

const ReleaseHead* History::last_good() const {
  const auto found = std::ranges::find(heads, ReleaseStatus::deployed, &ReleaseHead::status);
  return found == heads.end() ? nullptr : &*found;
}

kube::ApiRequest history_request(const ApplySet& set) {
  kube::ApiRequest request = kube::list_request(secret_kind(), set.name_space,
                                                fmt::format("{}={},{}", project_label, set.project, revision_label));
  request.accept = metadata_list;
  return request;
}

History history_of(Json list) {
  History history;
  for (const Json& item : kube::items_of(std::move(list))) {
    const Json& labels = at_path(item, {"metadata", "labels"});
    const int number = number_in(string_at(labels, {revision_label}));
    if (number <= 0) continue;
    if (!string_at(labels, {part_label}).empty()) {
      history.parts.push_back(
          {.number = number, .name = string_at(item, {"metadata", "name"}), .uid = kube::uid_of(item)});
    } else {
      const auto status = release_status_of(string_at(labels, {status_label}));
      history.heads.push_back({.number = number,
                               .status = status.value_or(ReleaseStatus::failed),
                               .uid = kube::uid_of(item),
                               .content = string_at(labels, {content_label})});
    }
  }
  std::ranges::sort(history.heads, std::ranges::greater(), &ReleaseHead::number);
  return history;
}

std::vector<Release> read_releases(Session& session, const ApplySet& set) {
  const std::string selector = fmt::format("{}={},{},!{}", project_label, set.project, revision_label, part_label);
  kube::ApiResult result =
      ask(session, kube::list_request(secret_kind(), set.name_space, selector), "reading the releases");
  if (!result.ok() && !result.not_found()) throw failure_of(result, "cannot read the releases");
  std::vector<Release> releases;
  if (!result.ok()) return releases;
  for (const Json& item : kube::items_of(std::move(result.body))) releases.push_back(release_in(item));
  std::ranges::sort(releases, std::ranges::greater(), &Release::number);
  return releases;
}

Release read_release(Session& session, const ApplySet& set, int number) {
  const kube::ApiResult result =
      ask(session, kube::get_request(secret_kind(), ref_named(set, record_name(set, number))), "reading the release");
  if (result.ok()) return release_in(result.body);
  if (!result.not_found()) throw failure_of(result, "cannot read the release");
  std::vector<std::string> names;
  for (const Release& release : read_releases(session, set)) names.push_back(release_name(release.number));
  throw Error(ErrorKind::not_found, fmt::format("project '{}' has no release {}", set.project, release_name(number)))
      .hint(names.empty() ? "nothing has been released yet" : "there are " + join(names, ", "));
}

ReleaseContent read_content(Session& session, const ApplySet& set, const Release& release) {
  std::vector<std::string> pieces(static_cast<std::size_t>(release.parts));
  std::optional<Error> failure;
  RequestGroup group(session);
  for (std::size_t i = 0; i < pieces.size(); ++i)
    group.send(
        kube::get_request(secret_kind(), ref_named(set, part_name(set, release.number, static_cast<int>(i) + 1))),
        [&failure, &piece = pieces[i]](const kube::ApiResult& result) {
          if (result.ok()) piece = base64_decode(string_at(result.body, {"data", "content"}));
          if (!result.ok() && !result.not_found() && !failure) failure = failure_of(result, "cannot read the release");
        });
  group.finish("reading the release");
  if (failure) throw *failure;
  const std::optional<std::string> text = gunzip(join(pieces, ""), largest_content);
  std::optional<ReleaseContent> content = text ? content_of(*text) : std::nullopt;
  if (content) return *std::move(content);
  throw Error(ErrorKind::not_found, fmt::format("what release {} consists of is gone or damaged", release.number))
      .why(fmt::format("Secret '{}' in namespace '{}' holds it", part_name(set, release.number, 1), set.name_space))
      .hint("choose another release: `kforge history`");
}

void create_release(Session& session, const ApplySet& set, Release& release, const std::string& content) {
  store_parts(session, set, release, content);
  kube::ApiResult result;
  for (int attempt = 0; attempt < create_attempts; ++attempt) {
    result = ask(session, create_request(set, release), "recording the release");
    if (result.ok()) return;
    if (result.status != 0 && result.status != 409 && result.status < 500) break;
    const kube::ApiResult now =
        ask(session, kube::get_request(secret_kind(), ref_named(set, record_name(set, release.number))),
            "recording the release");
    if (now.ok() && release_in(now.body).run == release.run) return;  // only the answer was lost
    if (now.ok())
      throw Error(ErrorKind::conflict, fmt::format("another run has just recorded release {}", release.number))
          .hint("wait until it has finished, then run the same command again");
  }
  throw failure_of(result, "cannot record the release");
}

void update_release(Session& session, const ApplySet& set, const Release& release) {
  const Json patch = {{"metadata", {{"labels", {{status_label, to_string(release.status)}}}}},
                      {"data", record_data(release)}};
  const kube::ApiResult result =
      ask(session,
          kube::merge_patch_request(secret_kind(), ref_named(set, record_name(set, release.number)), patch,
                                    release_manager),
          "recording the release");
  if (!result.ok()) throw failure_of(result, "cannot record the release");
}

void set_status(Session& session, const ApplySet& set, int number, ReleaseStatus status) {
  const Json patch = {{"metadata", {{"labels", {{status_label, to_string(status)}}}}}};
  const kube::ApiResult result =
      ask(session,
          kube::merge_patch_request(secret_kind(), ref_named(set, record_name(set, number)), patch, release_manager),
          "recording the release");
  if (!result.ok() && !result.not_found()) throw failure_of(result, "cannot record the release");
}

// Records before their pieces: what is left when a run is killed in between is nobody's, and goes the next time.
void trim_releases(Session& session, const ApplySet& set, const History& history) {
  const std::set<int> kept = kept_of(history);
  const auto remove = [&](const auto& entries, const auto& name_of) {
    RequestGroup group(session);
    for (const auto& entry : entries)
      if (!kept.contains(entry.number))
        group.send(kube::delete_request(secret_kind(), ref_named(set, name_of(entry)), entry.uid,
                                        kube::Propagation::background),
                   [](const kube::ApiResult&) {});  // what stays now goes the next time
    group.finish("removing old releases");
  };
  remove(history.heads, [&](const ReleaseHead& head) { return record_name(set, head.number); });
  remove(history.parts, [](const ReleasePart& part) { return part.name; });
}

}  // namespace kforge::deploy
