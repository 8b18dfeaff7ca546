// SPDX-License-Identifier: Apache-2.0
#include "tests/support/catch.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/unit/project/text.hpp"

#include <sys/stat.h>

#include <filesystem>

namespace kforge::tests {
namespace {

using namespace project;
using Problems = std::vector<std::string>;

const std::string config_map = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {k: v}\n";

std::string with_manifests(const std::string& list) {
  return small("manifests: " + list + "\n");
}

std::string with_auth(const std::string& realms) {
  return small("database: {kind: postgres}\nauth: {kind: keycloak, realms: " + realms + "}\n");
}

TEST_CASE("manifests are read in the order of the list, each into its stage") {
  const TempDir folder;
  folder.write("a.yaml", config_map);
  folder.write("k8s/b.yaml", "---\n" + config_map + "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: b}\n");
  const Project project =
      load(with_manifests("[k8s/b.yaml, {file: a.yaml, stage: database}]"), {.directory = folder.path()});
  REQUIRE(project.manifests.size() == 2);
  CHECK(project.manifests[0].file == "k8s/b.yaml");
  CHECK(project.manifests[0].tier == Tier::backend);
  REQUIRE(project.manifests[0].objects.size() == 2);
  CHECK(project.manifests[0].objects[1].find("metadata")->find("name")->place().to_string() == "k8s/b.yaml:9:18");
  CHECK(project.manifests[1].tier == Tier::database);
}

TEST_CASE("files that are not there or no files are named at their place") {
  const TempDir folder;
  folder.write("dir/x", "");
  mkfifo((folder.path() + "/pipe").c_str(), 0600);
  CHECK(problems_of(with_manifests("[a.yaml, dir, pipe, dir/x]"), {.directory = folder.path()}) ==
        Problems{"5:13 error: 'a.yaml' does not exist", "5:21 error: 'dir' is no file", "5:26 error: 'pipe' is no file",
                 "5:32 warning: 'dir/x' holds no objects"});
}

TEST_CASE("no path leads out of the folder, not by a link either") {
  const TempDir outside, folder;
  outside.write("secret.yaml", config_map);
  folder.write("in.yaml", config_map);
  namespace fs = std::filesystem;
  fs::create_symlink(outside.path() + "/secret.yaml", folder.path() + "/file-link.yaml");
  fs::create_directory_symlink(outside.path(), folder.path() + "/dir-link");
  fs::create_symlink("in.yaml", folder.path() + "/good-link.yaml");
  CHECK(problems_of(with_manifests("[file-link.yaml, dir-link/secret.yaml]"), {.directory = folder.path()}) ==
        Problems{"5:13 error: 'file-link.yaml' leads out of the folder of the project file",
                 "5:29 error: 'dir-link/secret.yaml' leads out of the folder of the project file"});
  CHECK(problems_of(with_manifests("[good-link.yaml]"), {.directory = folder.path()}).empty());
  const std::string secret =
      with_service_keys("secretEnv: {A: s.k}") + "secrets: {s: {k: {file: dir-link/secret.yaml}}}\n";
  CHECK(problems_of(secret, {.directory = folder.path()}) ==
        Problems{"8:25 error: 'dir-link/secret.yaml' leads out of the folder of the project file"});
}

TEST_CASE("a folder whose name begins like the project's is outside") {
  const TempDir parent;
  parent.write("shop/kforge.yaml", "");
  parent.write("shop-other/a.yaml", config_map);
  std::filesystem::create_directory_symlink(parent.path() + "/shop-other", parent.path() + "/shop/link");
  CHECK(problems_of(with_manifests("[link/a.yaml]"), {.directory = parent.path() + "/shop"}).size() == 1);
}

TEST_CASE("mistakes in a manifest keep the place in that file") {
  const TempDir folder;
  folder.write("a.yaml", "apiVersion: v1\nkind: ConfigMap\nkind: Secret\n");
  CHECK(problems_of(with_manifests("[a.yaml]"), {.directory = folder.path()}) ==
        Problems{"3:1 error: duplicate key 'kind'"});
}

TEST_CASE("very large files are refused") {
  const TempDir folder;
  folder.write("a.yaml", std::string(5 << 20, '#'));
  const Problems found = problems_of(with_manifests("[a.yaml]"), {.directory = folder.path()});
  REQUIRE(found.size() == 1);
  CHECK(found[0].find("is larger than") != std::string::npos);
}

TEST_CASE("realms are exports of that name") {
  const TempDir folder;
  folder.write("shop.json", R"({"realm": "shop", "enabled": true})");
  folder.write("bad.json", "{");
  const Project project = load(with_auth("[{name: shop, file: shop.json}, plain]"), {.directory = folder.path()});
  REQUIRE(project.auth->realms.size() == 2);
  CHECK(project.auth->realms[0].content == R"({"realm": "shop", "enabled": true})");
  CHECK(project.auth->realms[1].name == "plain");
  CHECK(project.auth->realms[1].content.empty());
  CHECK(problems_of(with_auth("[{name: other, file: shop.json}, {name: bad, file: bad.json}]"),
                    {.directory = folder.path()}) ==
        Problems{"6:53 error: 'shop.json' holds the realm 'shop', not 'other'",
                 "6:83 error: 'bad.json' is no realm export: not a JSON object"});
}

TEST_CASE("keys for tokens are public ones") {
  const TempDir folder;
  const std::string pem = "-----BEGIN PUBLIC KEY-----\nMIIB\n-----END PUBLIC KEY-----\n";
  folder.write("good.pem", pem);
  folder.write("private.pem", "-----BEGIN RSA PRIVATE KEY-----\nMIIB\n-----END RSA PRIVATE KEY-----\n");
  folder.write("other.pem", "x");
  const auto text = [](const std::string& keys) {
    return with_service_keys("routes: [{path: /, auth: jwt}]") + "gateway: {kind: kong, jwt: {keys: " + keys + "}}\n";
  };
  CHECK(load(text("[{kid: a, file: good.pem}]"), {.directory = folder.path()}).gateway->jwt_keys.at(0).pem == pem);
  CHECK(problems_of(text("[{kid: a, file: private.pem}, {kid: a, file: other.pem}]"), {.directory = folder.path()}) ==
        Problems{"8:51 error: 'private.pem' holds a private key", "8:71 error: key id 'a' is listed twice",
                 "8:80 error: 'other.pem' holds no public key in PEM form"});
}

}  // namespace
}  // namespace kforge::tests
