// SPDX-License-Identifier: Apache-2.0
#include "project/keys.hpp"
#include "project/rows.hpp"

namespace kforge::project {

const Section& patch_section() {
  static const Section table{
      "patch", "",
      rows(row<Patch>({"kind", "", "Kind of the object", required, "", "Deployment"}, text(formats::kind_name),
                      &Patch::kind),
           row<Patch>({"name", "", "Name of the object, without the hash of a name that has one", required, "",
                       "order-service"},
                      text(formats::object_name), &Patch::name),
           row<Patch>({"namespace", "", "Namespace of the object; any unless given", 0, "", "backend"},
                      text(formats::dns_label), &Patch::name_space),
           row_with<Patch>(
               {"patch", "", "What to change: maps merge, lists merge by their keys, null deletes",
                required | shell_text, "", "{spec: {paused: true}}"},
               {map_of(formats::any_text, {anything()})},
               [](const yaml::Entry& entry, const Field&, Patch& out, Reader&) { out.content = entry.value; }))};
  return table;
}

const Section& manifest_section() {
  static const Section table{
      "manifest", "",
      rows(row<OwnManifest>(
               {"file", "", "A YAML file below the folder of the project file", required, "", "k8s/redis.yaml"},
               text(formats::file_path), &OwnManifest::file),
           row_of_words<OwnManifest>({"stage", "backend", "The stage to apply it in"},
                                     std::vector<std::pair<std::string_view, Tier>>{{"namespaces", Tier::namespaces},
                                                                                    {"database", Tier::database},
                                                                                    {"auth", Tier::auth},
                                                                                    {"backend", Tier::backend},
                                                                                    {"gateway", Tier::gateway}},
                                     &OwnManifest::tier))};
  return table;
}

}  // namespace kforge::project
