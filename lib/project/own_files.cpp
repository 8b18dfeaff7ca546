// SPDX-License-Identifier: Apache-2.0
#include "project/own_files.hpp"

#include "base/json.hpp"
#include "base/text.hpp"
#include "os/files.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

namespace kforge::project {
namespace {

namespace fs = std::filesystem;

void read_realm(Realm& realm, const SourcePlace& place, OwnFiles& files, Diagnostics& problems) {
  if (realm.file.empty()) return;
  auto content = files.read(realm.file, place, max_config_bytes);
  if (!content) return;
  const Json parsed = Json::parse(*content, nullptr, false);
  if (!parsed.is_object())
    return problems.error(place, fmt::format("'{}' is no realm export: not a JSON object", realm.file));
  if (string_at(parsed, {"realm"}) != realm.name)
    return problems.error(place, fmt::format("'{}' holds the realm '{}', not '{}'", realm.file,
                                             printable(string_at(parsed, {"realm"})), realm.name));
  realm.content = std::move(*content);
}

void read_jwt_key(JwtKey& key, const SourcePlace& place, OwnFiles& files, Diagnostics& problems) {
  if (key.file.empty()) return;
  const auto content = files.read(key.file, place, 64 * 1024);
  if (!content) return;
  if (contains(*content, "PRIVATE KEY-----"))
    return problems.error(place, fmt::format("'{}' holds a private key", key.file),
                          "give the public key: openssl rsa -pubout");
  if (!contains(*content, "-----BEGIN PUBLIC KEY-----") || !contains(*content, "-----END PUBLIC KEY-----"))
    return problems.error(place, fmt::format("'{}' holds no public key in PEM form", key.file));
  key.pem = *content;
}

// YAML problems of the file keep their own places.
void read_manifest(OwnManifest& own, const SourcePlace& place, OwnFiles& files, Diagnostics& problems) {
  if (own.file.empty()) return;
  auto content = files.read(own.file, place);
  if (!content) return;
  const std::string folder = fs::path(place.file).parent_path().string();
  try {
    own.objects = yaml::parse_all(folder.empty() ? own.file : folder + "/" + own.file, std::move(*content));
  } catch (const InvalidInput& invalid) {
    for (const Diagnostic& problem : invalid.diagnostics.all())
      problems.error(problem.place, problem.message, problem.hint);
    return;
  }
  if (own.objects.empty()) problems.warning(place, fmt::format("'{}' holds no objects", own.file));
}

}  // namespace

bool OwnFiles::stays_inside(const std::string& path, const SourcePlace& place) {
  std::error_code failure;
  const fs::path home = fs::weakly_canonical(directory_, failure);
  const fs::path target = failure ? fs::path() : fs::weakly_canonical(fs::path(directory_) / path, failure);
  const bool inside = !failure && std::ranges::mismatch(home, target).in1 == home.end();
  if (!inside) problems_.error(place, fmt::format("'{}' leads out of the folder of the project file", printable(path)));
  return inside;
}

std::optional<std::string> OwnFiles::read(const std::string& path, const SourcePlace& place, std::size_t limit) {
  if (!stays_inside(path, place)) return std::nullopt;
  const fs::path full = fs::path(directory_) / path;
  std::error_code failure;
  if (!fs::exists(full, failure)) {
    problems_.error(place, fmt::format("'{}' does not exist", printable(path)));
    return std::nullopt;
  }
  // Devices and pipes would block or never end.
  if (!fs::is_regular_file(full, failure)) {
    problems_.error(place, fmt::format("'{}' is no file", printable(path)));
    return std::nullopt;
  }
  try {
    auto content = read_file(full.string(), std::min(limit, bytes_left_));
    if (content) bytes_left_ -= std::min(bytes_left_, content->size());
    return content;
  } catch (const Error& error) {
    problems_.error(place, error.what(), error.cause);
    return std::nullopt;
  }
}

void read_own_files(Project& project, Diagnostics& problems) {
  OwnFiles files(project.directory, problems);
  if (project.auth)
    for (std::size_t i = 0; i < project.auth->realms.size(); ++i)
      read_realm(project.auth->realms[i], project.place_of({"auth", "realms", std::to_string(i), "file"}), files,
                 problems);
  if (project.gateway)
    for (std::size_t i = 0; i < project.gateway->jwt_keys.size(); ++i)
      read_jwt_key(project.gateway->jwt_keys[i],
                   project.place_of({"gateway", "jwt", "keys", std::to_string(i), "file"}), files, problems);
  for (std::size_t i = 0; i < project.manifests.size(); ++i)
    read_manifest(project.manifests[i], project.place_of({"manifests", std::to_string(i), "file"}), files, problems);
  for (const auto& [name, secret] : project.secrets)
    for (const auto& [key, source] : secret.values)
      if (source.kind == SecretSource::Kind::file)
        files.stays_inside(source.name, project.place_of({"secrets", name, key, "file"}));
}

}  // namespace kforge::project
